// The page: what is looked at, and what the keys and buttons do.

import { byId, count, setText, size } from './dom.js';
import { Gone, Live } from './live.js';
import { Conns } from './conns.js';
import { Frames } from './frames.js';
import { hideDetail, showDetail } from './detail.js';

const typing = 250; // milliseconds without a key until what was typed is asked

// good is the filter of what is listed, and of is the connection: a filter with a
// mistake is not. run tells one run of wsproxy from the next. Rows before since were cleared.
const at = { conn: 0, filter: '', search: '', paused: false, news: null, held: null, good: '', of: 0, run: '', since: 0 };

const live = new Live({ open: opened, closed, news });
const conns = new Conns({ chosen: (c) => look(c.id) });
const frames = new Frames({ live, opened: (r) => open(r.seq) });

function opened() {
  document.body.classList.remove('offline');
  say();
  at.held = null;
  conns.clear();
  view();
}

// Why a page gets no connection, by the status of the answer that it gets instead.
const refusals = { 403: 'wsproxy was started anew: open the address that it printed', 503: 'wsproxy shows itself to many pages already: close one' };

async function closed() {
  document.body.classList.add('offline');
  const answer = await fetch('live').catch(() => null);
  if (live.ready) return;
  setText(byId('state'), (answer && refusals[answer.status]) || 'wsproxy has ended, or cannot be reached');
}

// look looks at a connection; 0 is all of them.
function look(id) {
  if (!live.ready) return conns.choose(at.conn);
  if (id === at.conn) return;
  at.conn = id;
  conns.choose(id);
  view();
}

// view asks for what is looked at, filtered and searched.
async function view() {
  setText(byId('frames-of'), at.conn ? 'of #' + at.conn : 'of all connections');
  byId('all').setAttribute('aria-pressed', at.conn === 0);
  const said = byId('filter-said');
  try {
    await live.ask('view', { conn: at.conn, text: at.filter, from: at.since });
    said.hidden = true;
    at.good = at.filter;
  } catch (e) {
    if (e instanceof Gone) return;
    setText(said, 'Filter: ' + e.message);
    said.hidden = false;
    if (at.of === at.conn) return;
    await live.ask('view', { conn: at.conn, text: at.good, from: at.since }); // so that what is listed is what is said
  }
  at.of = at.conn;
  release(); // what is newly looked at is shown as it is now
  frames.reset(at.conn === 0);
  frames.setFollow(!at.paused);
  if (at.search) await ask('search', { text: at.search });
}

// news takes what wsproxy tells.
function news(n) {
  at.news = n;
  if (n.run) begins(n.run);
  if (at.paused && at.held) {
    hold(n);
    return say();
  }
  show(n);
  if (at.paused) at.held = holding(n);
}

// begins forgets what was looked at in another run of wsproxy.
function begins(run) {
  const anew = at.run && at.run !== run;
  at.run = run;
  if (!anew) return;
  hideDetail();
  at.since = 0;
  at.conn = 0;
  view();
}

// holding is what is kept back while the page is paused: of each connection the
// latest, however long that takes.
const holding = (n) => ({ first: n.first, end: n.end, conns: new Map(), gone: new Set() });

function hold(n) {
  for (const c of n.conns || []) at.held.conns.set(c.id, c);
  for (const id of n.gone || []) {
    at.held.conns.delete(id);
    if (conns.all.has(id)) at.held.gone.add(id);
  }
}

// release shows of connections what was held back.
function release() {
  if (at.held) conns.take([...at.held.conns.values()], [...at.held.gone]);
  at.held = null;
}

function show(n) {
  if (n.conns || n.gone) conns.take(n.conns || [], n.gone || []);
  frames.bounds(n.first, n.end, n.of, at.since > 0);
  byId('empty').hidden = n.end > n.first;
  setText(byId('empty'), nothing(n));
  const lost = [n.lost[0] ? count(n.lost[0]) + ' payloads' : '', n.lost[1] ? count(n.lost[1]) + ' frames' : '', n.lost[2] ? count(n.lost[2]) + ' packets' : ''].filter(Boolean).join(', ');
  byId('lost').hidden = !lost;
  setText(byId('lost'), lost && '! not recorded: ' + lost);
  hits(n);
  say();
}

// nothing says why there is nothing to be seen.
function nothing(n) {
  if (n.scanned !== undefined) return n.scanned < n.of ? 'Nothing that fits the filter so far.' : 'Nothing fits the filter.';
  if (at.since > 0) return 'Nothing has passed since this was cleared.';
  return at.conn ? 'Nothing of #' + at.conn + ' is kept.' : 'Nothing has passed yet.';
}

// say says how it stands, in the bar.
function say() {
  const n = at.news;
  document.body.classList.toggle('paused', at.paused);
  let text = 'live';
  if (at.paused) text = 'paused, ' + count(Math.max(0, n && at.held ? n.end - at.held.end : 0)) + ' more since';
  else if (n && n.scanned !== undefined && n.scanned < n.of) text = 'filtering ' + Math.floor(100 * n.scanned / n.of) + ' %';
  setText(byId('state'), text);
  if (n) byId('state').title = count(n.kept[0]) + ' rows and ' + size(n.kept[1]) + ' kept';
}

function hits(n) {
  const box = byId('hits');
  box.hidden = n.hits === undefined || n.hits === null;
  if (box.hidden) return;
  const more = n.searched < n.end ? '…' : '';
  setText(box.firstElementChild, (at.number && n.hits ? count(at.number) + ' of ' : '') + count(n.hits) + more);
  if (n.hits > 0 && at.jump) {
    at.jump = false;
    hit(false, true);
  }
}

// hit goes to the next hit, or to the one before.
async function hit(before, here) {
  if (!at.search) return;
  const i = frames.list.at;
  const from = here ? 0 : before ? Math.max(0, i) : i + 1;
  const a = await ask('hit', { from, before });
  if (a.hit === undefined) return;
  at.number = a.number;
  frames.setFollow(false);
  frames.list.select(a.hit);
  hits(at.news);
}

// ask asks where it is no matter that nobody answers any more.
async function ask(op, more) {
  try {
    return await live.ask(op, more);
  } catch (e) {
    if (!(e instanceof Gone)) throw e;
    return {};
  }
}

async function open(seq) {
  const a = await ask('detail', { seq });
  if (a.detail) showDetail(a.detail, { open, close });
  frames.list.layout();
}

function close() {
  hideDetail();
  byId('frames-list').focus();
}

function pause() {
  at.paused = !at.paused;
  byId('pause').setAttribute('aria-pressed', at.paused);
  setText(byId('pause'), at.paused ? 'Go on' : 'Pause');
  if (at.paused) {
    at.held = at.news && holding(at.news);
  } else if (at.held) {
    release();
    show({ ...at.news, conns: null, gone: null });
  }
  say();
}

// clear clears away what passed so far, and the connections that are over. It is all there
// for another page, or once this one is loaded again.
function clear() {
  if (!at.news || !live.ready) return;
  at.since = at.news.next;
  release();
  conns.clearClosed();
  if (!conns.has(at.conn)) {
    at.conn = 0;
    conns.choose(0);
  }
  hideDetail();
  view();
}

async function search(text) {
  at.search = text;
  at.number = 0;
  at.jump = Boolean(text);
  await ask('search', { text });
}

function filter(text) {
  at.filter = text;
  view();
}

// save has the browser save what is selected.
function save() {
  const q = new URLSearchParams({ conn: at.conn, filter: at.filter, from: at.since, format: byId('format').value });
  const a = document.createElement('a');
  a.href = '/export?' + q;
  a.download = '';
  a.click();
}

// later calls f once nothing was typed for a while, or at once for Enter.
function later(input, f) {
  let timer = 0;
  let last = '';
  const now = () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text !== last) f(last = text);
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(now, typing);
  });
  input.addEventListener('change', now);
  input.addEventListener('keydown', (e) => { if (e.key === 'Enter') now(); });
}

// keys are those that are no movement.
const keys = {
  '/': () => focus('search'), f: () => focus('filter'), p: pause, n: () => hit(false), N: () => hit(true), 0: () => look(0), c: clear,
  t: () => frames.setFollow(!frames.follow), Escape: close, Enter: () => frames.opened(frames.list.at),
};

function focus(id) {
  byId(id).focus();
  byId(id).select();
}

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const field = e.target.closest('input, select');
  if (field) {
    if (e.key === 'Escape' || e.key === 'Enter' && field.id === 'search') byId('frames-list').focus();
    if (e.key === 'Enter' && field.id === 'search') hit(e.shiftKey);
    return;
  }
  if (e.target.closest('button') && (e.key === 'Enter' || e.key === ' ')) return;
  if (e.target.closest('pre') && !['p', 'n', 'N', 'f', 't', '0', '/', 'Escape'].includes(e.key)) return;
  const list = e.target.closest('#conns-list') ? conns.list : frames.list;
  if (list.key(e.key)) e.preventDefault();
  else if (keys[e.key]) {
    e.preventDefault();
    keys[e.key]();
  }
});

async function formats() {
  const all = await (await fetch('formats.json')).json();
  byId('format').append(...all.map((f) => new Option(f, f, f === '.jsonl', f === '.jsonl'))); // which has everything
}

later(byId('filter'), filter);
later(byId('search'), search);
byId('pause').addEventListener('click', pause);
byId('tail').addEventListener('click', () => frames.setFollow(!frames.follow));
byId('all').addEventListener('click', () => look(0));
byId('save').addEventListener('click', save);
byId('clear').addEventListener('click', clear);
byId('before').addEventListener('click', () => hit(true));
byId('after').addEventListener('click', () => hit(false));
formats();
