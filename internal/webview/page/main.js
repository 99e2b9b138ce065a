// The page: what is looked at, and what the keys and buttons do.

import { byId, count, setText, size } from './dom.js';
import { Live } from './live.js';
import { Conns } from './conns.js';
import { Frames } from './frames.js';
import { hideDetail, showDetail } from './detail.js';

const typing = 250; // milliseconds without a key until what was typed is asked

const at = { conn: 0, filter: '', search: '', paused: false, news: null, held: null };

const live = new Live({ open: opened, closed, news });
const conns = new Conns({ chosen: (c) => look(c.id) });
const frames = new Frames({ live, opened: (r) => open(r.seq) });

function opened() {
  document.body.classList.remove('offline');
  say();
  conns.all.clear();
  view();
}

function closed() {
  document.body.classList.add('offline');
  setText(byId('state'), 'wsproxy has ended, or cannot be reached');
}

// look looks at a connection; 0 is all of them.
function look(id) {
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
    await live.ask('view', { conn: at.conn, text: at.filter });
    said.hidden = true;
  } catch (e) {
    setText(said, 'Filter: ' + e.message);
    said.hidden = false;
    return;
  }
  at.held = null; // what is newly looked at is shown as it is now
  frames.reset(at.conn === 0);
  frames.setFollow(!at.paused);
  if (at.search) await live.ask('search', { text: at.search });
}

// news takes what wsproxy tells.
function news(n) {
  at.news = n;
  if (at.paused && at.held) {
    (at.held.conns ||= []).push(...(n.conns || []));
    (at.held.gone ||= []).push(...(n.gone || []));
    return say();
  }
  show(n);
  if (at.paused) at.held = { first: n.first, end: n.end };
}

function show(n) {
  if (n.conns || n.gone) conns.take(n.conns || [], n.gone || []);
  frames.bounds(n.first, n.end);
  const lost = [n.lost[0] ? count(n.lost[0]) + ' payloads' : '', n.lost[1] ? count(n.lost[1]) + ' frames' : '', n.lost[2] ? count(n.lost[2]) + ' packets' : ''].filter(Boolean).join(', ');
  byId('lost').hidden = !lost;
  setText(byId('lost'), lost && '! not recorded: ' + lost);
  hits(n);
  say();
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
  const a = await live.ask('hit', { from, before });
  if (a.hit === undefined) return;
  at.number = a.number;
  frames.setFollow(false);
  frames.list.select(a.hit);
  hits(at.news);
}

async function open(seq) {
  const a = await live.ask('detail', { seq });
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
    at.held = at.news && { first: at.news.first, end: at.news.end };
  } else if (at.held) {
    show({ ...at.news, conns: at.held.conns, gone: at.held.gone });
    at.held = null;
  }
  say();
}

async function search(text) {
  at.search = text;
  at.number = 0;
  at.jump = Boolean(text);
  await live.ask('search', { text });
}

function filter(text) {
  at.filter = text;
  view();
}

// save has the browser save what is selected.
function save() {
  const q = new URLSearchParams({ conn: at.conn, filter: at.filter, format: byId('format').value });
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
  '/': () => focus('search'), f: () => focus('filter'), p: pause, n: () => hit(false), N: () => hit(true), 0: () => look(0),
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
  if (e.target.closest('pre') && !'pnNft0/Escape'.includes(e.key)) return;
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
byId('before').addEventListener('click', () => hit(true));
byId('after').addEventListener('click', () => hit(false));
formats();
