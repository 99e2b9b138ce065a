const details = JSON.parse($('#details').textContent);
const table = $('#matrix'), panel = $('#panel');
const text = $('#text'), grouping = $('#group'), differ = $('#differ'), unfold = $('#unfold');
const chips = $$('.chip');
const rows = $$('tr[data-i]', table).map(element => ({
  element, home: element.parentElement, detail: details.cases[element.dataset.i],
  keys: new Set($$('td', element).map(td => td.className)),
}));
const homes = new Map($$('tbody[data-rule]', table).map(body => [body.dataset.rule, body]));
const opened = new Set(); // the groups that were opened by hand

// why returns the comment of the baseline on a known failure.
const why = (column, outcome) => details.targets[column].known?.[outcome.known];

// said returns what a search goes through.
function said(row) {
  row.said ??= [row.element.id, $('th', row.element).title, row.detail.rule, ...row.detail.aliases || [],
    ...Object.entries(row.detail.outcomes || {}).flatMap(([i, o]) => [o.seen, o.reason, o.known, why(i, o), ...o.rules || []])].join(' ').toLowerCase();
  return row.said;
}

// differs reports whether targets that could be asked came to different verdicts.
function differs(row) {
  row.differs ??= new Set($$('td', row.element).map(td => td.textContent.trim()).filter(v => v && v !== 'skip' && v !== 'error')).size > 1;
  return row.differs;
}

function filter() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const keys = chips.filter(c => c.getAttribute('aria-pressed') === 'true').map(c => c.dataset.key);
  const filtered = words.length > 0 || keys.length > 0 || differ.checked;
  const alive = new Set();
  let shown = 0;
  for (const row of rows) {
    const show = (!keys.length || keys.some(k => row.keys.has(k))) && (!differ.checked || differs(row)) && words.every(w => said(row).includes(w));
    row.element.hidden = !show;
    if (show) {
      shown++;
      alive.add(row.element.parentElement);
    }
  }
  const all = unfold.getAttribute('aria-pressed') === 'true';
  for (const body of $$('tbody', table)) {
    body.hidden = !alive.has(body);
    setOpen(body, filtered || all || opened.has(body));
  }
  $('#shown').textContent = filtered ? `${shown} of ${rows.length} cases` : '';
  for (const b of $$('[data-reset]')) b.hidden = !filtered;
  $('#none').hidden = shown > 0;
  table.parentElement.hidden = shown === 0;
}

function setOpen(body, open) {
  body.classList.toggle('open', open);
  $('button', body).setAttribute('aria-expanded', String(open));
}

function reset() {
  for (const c of chips) c.setAttribute('aria-pressed', 'false');
  text.value = '';
  differ.checked = false;
  filter();
}

// regroup moves the rows to where they are by suite or by rule.
function regroup() {
  const byRule = grouping.value === 'rule';
  for (const row of rows) {
    const to = byRule ? homes.get(row.element.dataset.rule) : row.home;
    to.append(row.element);
    $('th', row.element).textContent = byRule ? row.element.id : row.element.id.replace(row.home.dataset.suite + '/', '');
  }
  filter();
}

for (const c of chips) {
  c.addEventListener('click', () => {
    c.setAttribute('aria-pressed', String(c.getAttribute('aria-pressed') !== 'true'));
    filter();
  });
}
grouping.addEventListener('change', regroup);
$('#filters').addEventListener('input', event => { if (event.target !== grouping) filter(); });
$('#filters').addEventListener('submit', event => event.preventDefault());
for (const b of $$('[data-reset]')) b.addEventListener('click', reset);
unfold.addEventListener('click', () => {
  const on = unfold.getAttribute('aria-pressed') !== 'true';
  unfold.setAttribute('aria-pressed', String(on));
  unfold.textContent = on ? 'Fold all' : 'Unfold all';
  opened.clear();
  filter();
});

// fold opens or closes a group by hand.
function fold(body) {
  const open = !body.classList.contains('open');
  if (open) opened.add(body); else opened.delete(body);
  setOpen(body, open);
}

table.addEventListener('click', event => {
  const cell = event.target.closest('td, th');
  if (!cell) return;
  if (cell.closest('.group')) return fold(cell.closest('tbody'));
  if (cell.matches('td')) select(cell, true);
});

// A cell that has the focus can be gone on from by the arrow keys.
let current = null;

// select gives the focus to a cell, and shows its details if asked to or if
// some are shown already.
function select(cell, open) {
  if (current) {
    current.tabIndex = -1;
    current.removeAttribute('aria-selected');
  }
  current = cell;
  cell.tabIndex = 0;
  cell.setAttribute('aria-selected', 'true');
  cell.focus({preventScroll: true});
  reveal(cell);
  if (open || !panel.hidden) describe(cell);
}

// reveal scrolls a cell out from under the names that stay in sight, and the panel.
function reveal(cell) {
  const pane = table.parentElement, box = cell.getBoundingClientRect(), room = pane.getBoundingClientRect();
  const top = room.top + table.tHead.offsetHeight, left = room.left + table.tHead.rows[0].cells[0].offsetWidth;
  if (box.top < top) pane.scrollTop -= top - box.top;
  if (box.bottom > room.bottom) pane.scrollTop += box.bottom - room.bottom;
  if (box.left < left) pane.scrollLeft -= left - box.left;
  if (box.right > room.right) pane.scrollLeft += box.right - room.right;
  const now = cell.getBoundingClientRect(), floor = panel.hidden ? innerHeight : panel.getBoundingClientRect().top;
  if (now.top < 0) scrollBy(0, now.top - 8);
  if (now.bottom > floor) scrollBy(0, now.bottom - floor + 8);
}

// make builds an element; whatever is in it is text.
function make(name, className, ...children) {
  const e = document.createElement(name);
  if (className) e.className = className;
  e.append(...children.filter(c => c != null && c !== ''));
  return e;
}

const verdict = v => make('span', 'verdict ' + v, v);

// describe fills the panel with what is known of a cell.
function describe(cell) {
  const row = cell.parentElement, column = cell.cellIndex - 1;
  if (row.matches('.group') || cell.className === 'none') return hide();
  const target = details.targets[column], c = details.cases[row.dataset.i];
  const o = c.outcomes?.[column] || {}, word = cell.textContent.trim();
  const close = make('button', 'quiet close', 'Close');
  close.type = 'button';
  close.addEventListener('click', hide);
  const lacks = word === 'skip' ? (c.needs || []).filter(n => !target.have?.includes(n)).join(', ') : '';
  panel.replaceChildren(
    make('header', '', verdict(word), o.known ? make('span', 'known', 'known') : '', make('h2', '', row.id), make('span', '', target.name)),
    close, make('p', 'about', $('th', row).title),
    facts({
      'known': o.known && [why(column, o), make('code', '', o.known)].filter(Boolean),
      'wanted': o.wanted, 'seen': o.seen, 'reason': o.reason, 'lacks': lacks,
    }),
    ...(o.rules || [c.rule]).filter(Boolean).map(id => rule(id)),
    facts({'file': c.place, 'also known as': c.aliases?.join(', ')}),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  document.documentElement.classList.add('panelled');
  reveal(cell);
  try { history.replaceState(null, '', '#' + encodeURIComponent(row.id + '@' + target.name)); } catch (_) { /* some browsers refuse it to files */ }
}

function facts(pairs) {
  const list = make('dl', '');
  for (const [name, value] of Object.entries(pairs)) {
    if (value) list.append(make('dt', '', name), make('dd', '', ...[value].flat().flatMap((v, i) => i ? [' ', v] : [v])));
  }
  return list;
}

function rule(id) {
  const r = details.rules[id] || {};
  return make('section', 'rule', make('h3', '', make('code', '', id), make('span', 'level', r.level), make('cite', '', r.source)),
    r.quote ? make('blockquote', '', r.quote) : '');
}

function hide() {
  panel.hidden = true;
  document.documentElement.classList.remove('panelled');
  if (current) current.focus({preventScroll: true});
}

// move goes to another cell that can be seen, by rows or by columns.
function move(down, right) {
  const visible = $$('tbody:not([hidden])', table).flatMap(body => $$(body.matches('.open') ? 'tr:not([hidden])' : 'tr.group', body));
  if (!visible.length) return false;
  const at = current ? visible.indexOf(current.parentElement) : -1;
  if (at < 0) return select(visible[0].cells[1]), true;
  const row = visible[Math.min(Math.max(at + down, 0), visible.length - 1)];
  select(row.cells[Math.min(Math.max(current.cellIndex + right, 1), row.cells.length - 1)]);
  return true;
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') return leave();
  if (obey(event)) event.preventDefault();
});

// leave closes what Escape closes: the panel, then the filter.
function leave() {
  if (!panel.hidden) return hide();
  reset();
  if (document.activeElement === text) text.blur();
}

// obey does what a key says and reports whether it said anything.
function obey(event) {
  if (event.target === text && event.key === 'Enter') return move(0, 0);
  if (typing(event)) return false;
  if (event.key === '/') {
    text.focus();
    text.select();
    return true;
  }
  if (event.key === 'Enter' && event.target === current) {
    if (current.closest('.group')) fold(current.closest('tbody')); else describe(current);
    return true;
  }
  const onCell = event.target === current;
  const step = {
    j: [1, 0], k: [-1, 0], ArrowDown: onCell && [1, 0], ArrowUp: onCell && [-1, 0], ArrowLeft: onCell && [0, -1], ArrowRight: onCell && [0, 1],
  }[event.key];
  return step && move(...step);
}

// The address names the cell that was opened last.
function follow() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch (_) { /* as it stands */ }
  const at = id.lastIndexOf('@'), row = at > 0 && document.getElementById(id.slice(0, at));
  const column = details.targets.findIndex(t => t.name === id.slice(at + 1));
  if (!row || !row.matches('tr') || column < 0) return;
  opened.add(row.parentElement);
  if (row.hidden) reset(); else setOpen(row.parentElement, true);
  row.scrollIntoView({block: 'center'});
  select(row.cells[column + 1], true);
}
addEventListener('hashchange', follow);

table.setAttribute('role', 'grid');
addEventListener('beforeprint', () => { for (const body of $$('tbody', table)) if (!body.hidden) setOpen(body, true); });
filter();
current = $('tbody:not([hidden]) td', table);
if (current) current.tabIndex = 0;
addEventListener('load', follow);
