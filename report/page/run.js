const cases = $$('.case').map(element => ({element, key: element.dataset.key, rules: element.dataset.rules.split(' ')}));
const suites = $$('.suite');
const chips = $$('.chip');
const text = $('#text'), suite = $('#suite'), rule = $('#rule');
const asWritten = new Map(suites.map(s => [s, s.open]));

// What a case opens to waits as text in a <noscript>, so that a page of
// thousands of cases opens at once, and one without scripts is whole.
const waiting = c => $(':scope > noscript', c);

function fill(element) {
  const text = waiting(element);
  if (!text) return;
  const body = document.createElement('template');
  body.innerHTML = text.textContent;
  text.replaceWith(body.content);
}

const entities = {amp: '&', lt: '<', gt: '>', '#34': '"', '#39': "'", '#43': '+'};

// said returns what a search goes through: everything about a case but the
// events of its conversation and its source.
function said(c) {
  if (c.said !== undefined) return c.said;
  const text = waiting(c.element)?.textContent ?? $('.body', c.element).outerHTML;
  const told = text.replace(/<li(?: class="(?:sent|missed)")?>[^]*?<\/li>|<[^>]*>/g, ' ').replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all);
  return c.said = ($('summary', c.element).textContent + ' ' + told).replace(/\s+/g, ' ').toLowerCase();
}

// A search goes through what was read before anybody searches.
function read(idle, from = 0) {
  let i = from;
  while (i < cases.length && idle.timeRemaining() > 2) said(cases[i++]);
  if (i < cases.length) requestIdleCallback(next => read(next, i));
}
if (window.requestIdleCallback) requestIdleCallback(read);

function pressed() {
  return chips.filter(c => c.getAttribute('aria-pressed') === 'true').map(c => c.dataset.key);
}

function filter() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean), keys = pressed();
  const fits = c => (!keys.length || keys.includes(c.key)) && (!rule.value || c.rules.includes(rule.value)) &&
    words.every(w => said(c).includes(w));
  const filtered = words.length > 0 || keys.length > 0 || suite.value !== '' || rule.value !== '';
  let shown = 0;
  const alive = new Set();
  for (const c of cases) {
    const home = c.element.parentElement;
    const show = (!suite.value || home.dataset.suite === suite.value) && fits(c);
    c.element.hidden = !show;
    if (show) {
      shown++;
      alive.add(home);
    }
  }
  for (const s of suites) {
    s.hidden = !alive.has(s);
    s.open = filtered || asWritten.get(s);
  }
  $('#shown').textContent = filtered ? `${shown} of ${cases.length} cases` : '';
  for (const b of $$('[data-reset]')) b.hidden = !filtered;
  $('#none').hidden = shown > 0 || !filtered;
}

function reset() {
  for (const c of chips) c.setAttribute('aria-pressed', 'false');
  text.value = suite.value = rule.value = '';
  filter();
}

for (const c of chips) {
  c.addEventListener('click', () => {
    c.setAttribute('aria-pressed', String(c.getAttribute('aria-pressed') !== 'true'));
    filter();
  });
}
$('#filters').addEventListener('input', filter);
$('#filters').addEventListener('submit', event => event.preventDefault());
for (const b of $$('[data-reset]')) b.addEventListener('click', reset);

for (const b of $$('[data-pick]')) {
  b.addEventListener('click', () => {
    reset();
    rule.value = b.dataset.pick;
    filter();
    $('#filters').scrollIntoView({block: 'start'});
  });
}

// show opens a case and what it is in.
function show(element) {
  fill(element);
  element.parentElement.open = element.open = true;
  $('summary', element).focus();
  element.scrollIntoView({block: 'start'});
}

// The address names the case that was opened last, so that it can be passed on.
function follow() {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch (_) { /* as it stands */ }
  const element = id && document.getElementById(id);
  if (!element || !element.matches('.case')) return;
  if (element.hidden) reset();
  show(element);
}
addEventListener('hashchange', follow);
$('#cases').addEventListener('toggle', event => {
  const element = event.target;
  if (!element.matches('.case') || !element.open) return;
  fill(element);
  try { history.replaceState(null, '', '#' + encodeURIComponent(element.id)); } catch (_) { /* some browsers refuse it to files */ }
}, true);

// move goes to the next or previous case that can be seen.
function move(by) {
  const heads = $$('.suite[open]:not([hidden]) > .case:not([hidden]) > summary');
  const here = document.activeElement.closest('.case')?.querySelector('summary');
  const next = here ? heads[heads.indexOf(here) + by] : heads[by > 0 ? 0 : heads.length - 1];
  if (!next) return false;
  next.focus({preventScroll: true});
  next.scrollIntoView({block: 'nearest'});
  return true;
}

// leave closes what Escape closes: the case that has the focus, then the filter.
function leave() {
  const open = document.activeElement.closest('.case[open]');
  if (open) {
    open.open = false;
    $('summary', open).focus();
    return;
  }
  reset();
  if (document.activeElement === text) text.blur();
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') return leave();
  if (obey(event)) event.preventDefault();
});

// obey does what a key says and reports whether it said anything.
function obey(event) {
  if (event.target === text && event.key === 'Enter') return move(1);
  if (typing(event)) return false;
  if (event.key === '/') {
    text.focus();
    text.select();
    return true;
  }
  const onCase = event.target.matches('.case > summary');
  const step = {j: 1, k: -1, ArrowDown: onCase && 1, ArrowUp: onCase && -1}[event.key];
  return step && move(step);
}

// A print shows what failed in full, as long as that is a matter of pages.
const printable = 20;
addEventListener('beforeprint', () => {
  const broken = cases.filter(c => !c.element.hidden && 'broken' in c.element.dataset);
  if (broken.length > printable) return;
  for (const c of broken) {
    fill(c.element);
    c.element.open = c.element.parentElement.open = true;
  }
});

filter();
// Not sooner: the browser itself goes where the address says, and takes the focus along.
addEventListener('load', follow);
