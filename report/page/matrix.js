const details = JSON.parse($('#details').textContent);
const table = $('#matrix'), panel = $('#panel');
const text = $('#text'), grouping = $('#group'), differ = $('#differ'), unfold = $('#unfold');
const chips = $$('.chip');
const rows = []; // by their numbers, which are not the order of the page
for (const element of $$('tr[data-i]', table)) {
  const i = +element.dataset.i;
  rows[i] = {element, detail: details.cases[i], keys: new Set($$('td', element).map(td => td.className))};
}
// A group has the lines of its rows by their numbers. Those of a suite are in
// the page; those of a rule are made when somebody wants to see them.
const groups = $$('tbody', table).map(body => ({
  body, rule: body.dataset.rule, lines: new Map(),
  rows: body.dataset.rows?.split(' ').map(Number) ?? $$('tr[data-i]', body).map(tr => +tr.dataset.i),
}));
const groupOf = new Map(groups.map(g => [g.body, g]));
for (const g of groups) if (g.rule === undefined) for (const i of g.rows) g.lines.set(i, rows[i].element);
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

// More rows than that stay folded when a filter leaves them.
const manyRows = 400;

function filter() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const keys = chips.filter(c => c.getAttribute('aria-pressed') === 'true').map(c => c.dataset.key);
  const filtered = words.length > 0 || keys.length > 0 || differ.checked;
  const fits = rows.map(row => (!keys.length || keys.some(k => row.keys.has(k))) && (!differ.checked || differs(row)) && words.every(w => said(row).includes(w)));
  const shown = fits.filter(Boolean).length;
  const all = unfold.getAttribute('aria-pressed') === 'true' || filtered && shown <= manyRows;
  for (const g of groups) {
    g.body.hidden = (g.rule === undefined) === (grouping.value !== 'suite') || !g.rows.some(i => fits[i]);
    setOpen(g, !g.body.hidden && (all || opened.has(g)));
    for (const [i, line] of g.lines) line.hidden = !fits[i];
  }
  $('#shown').textContent = filtered ? `${shown} of ${rows.length} cases` : '';
  for (const b of $$('[data-reset]')) b.hidden = !filtered;
  $('#none').hidden = shown > 0;
  table.parentElement.hidden = shown === 0;
}

function setOpen(g, open) {
  if (open) for (const i of g.rows) {
    if (g.lines.has(i)) continue;
    g.lines.set(i, ruleLine(rows[i], g.rule));
    g.body.append(g.lines.get(i));
  }
  g.body.classList.toggle('open', open);
  $('button', g.body).setAttribute('aria-expanded', String(open));
}

// ruleLine makes the line of a case as it stands below a rule: what its outcomes
// say of that rule alone.
function ruleLine(row, id) {
  const line = row.element.cloneNode(true);
  line.removeAttribute('id');
  line.cells[0].textContent = row.element.id;
  row.element.querySelectorAll('td').forEach((td, column) => {
    const cell = line.cells[column + 1], key = ruleKey(row, td, column, id);
    cell.className = key;
    cell.textContent = key === 'known' ? td.textContent : key === 'none' ? '' : key;
  });
  return line;
}

// ruleKey returns what an outcome says of one rule. A case that failed for
// another one says nothing: it ended there.
function ruleKey(row, td, column, id) {
  const o = row.detail.outcomes?.[column], level = details.rules[id]?.level, word = td.textContent.trim();
  if (o?.rules?.includes(id)) {
    if (level === 'MUST' && o.known) return 'known';
    return {MUST: 'fail', SHOULD: 'non-strict', MAY: 'info'}[level] || td.className;
  }
  return {fail: 'none', info: 'pass', 'non-strict': 'pass'}[word] || td.className;
}

function reset() {
  for (const c of chips) c.setAttribute('aria-pressed', 'false');
  text.value = '';
  differ.checked = false;
  filter();
}

// regroup puts the rules in order, and shows the groups that were asked for.
function regroup() {
  const byBreakers = (a, b) => b.body.dataset.breakers - a.body.dataset.breakers || a.rule.localeCompare(b.rule);
  const byName = (a, b) => groups.indexOf(a) - groups.indexOf(b);
  const list = groups.filter(g => g.rule !== undefined).sort(grouping.value === 'broken' ? byBreakers : byName);
  table.append(...list.map(g => g.body));
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
  const g = groupOf.get(body), open = !body.classList.contains('open');
  if (open) opened.add(g); else opened.delete(g);
  if (open) filter(); else setOpen(g, false);
}

table.addEventListener('click', event => {
  const cell = event.target.closest('td, th');
  if (!cell) return;
  if (cell.closest('.group')) return fold(cell.closest('tbody'));
  if (cell.matches('td')) select(cell, true);
});

// The head of the column that is pointed at stands out, as the row's does.
table.addEventListener('mouseover', event => {
  const cell = event.target.closest('td');
  const heads = table.tHead.rows[0].cells;
  $('.here', table.tHead)?.classList.remove('here');
  if (cell) heads[cell.cellIndex].classList.add('here');
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
  if (row.matches('.group')) return hide();
  const target = details.targets[column], c = details.cases[row.dataset.i];
  const o = c.outcomes?.[column] || {}, {id, cells} = rows[row.dataset.i].element, word = cells[column + 1].textContent.trim();
  if (!word) return hide();
  const close = make('button', 'quiet close', 'Close');
  close.type = 'button';
  close.addEventListener('click', hide);
  const lacks = word === 'skip' ? (c.needs || []).filter(n => !target.have?.includes(n)).join(', ') : '';
  panel.replaceChildren(
    make('header', '', verdict(word), o.known ? make('span', 'known', 'known') : '', make('h2', '', id), make('span', '', target.name)),
    close, make('p', 'about', cells[0].title),
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
  try { history.replaceState(null, '', '#' + encodeURIComponent(id + '@' + target.name)); } catch (_) { /* some browsers refuse it to files */ }
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
    r.quote ? make('blockquote', '', r.quote) : '', r.room ? make('p', 'room', make('b', '', 'left open'), ' ', r.room) : '');
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
  grouping.value = 'suite';
  opened.add(groupOf.get(row.parentElement));
  if (row.hidden) reset(); else filter();
  row.scrollIntoView({block: 'center'});
  select(row.cells[column + 1], true);
}
addEventListener('hashchange', follow);

table.setAttribute('role', 'grid');
filter();
current = $('tbody:not([hidden]) td', table);
if (current) current.tabIndex = 0;
addEventListener('load', follow);
