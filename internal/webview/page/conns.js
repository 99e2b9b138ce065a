// The table of connections.

import { byId, clock, count, make, setText, size } from './dom.js';
import { List } from './list.js';

const both = (pair) => pair[0] + pair[1];
const found = (c) => c.found[0] + c.found[1] + c.found[2];
// A Unix socket and what is asked of it have a colon between them, as in ws+unix: URLs.
const host = (c) => c.server.startsWith('unix:') ? c.server + ':' : c.url.replace(/^\w+:\/\/|\/$/g, '') || c.host || c.server;
const address = (c) => host(c) + c.target;

// The columns: what is in them, what they are sorted by, and how they are read out where
// that is not their title.
const columns = [
  ['#', 'id', (c) => String(c.id), (c) => c.id, 'Number'],
  ['Began', 'time', (c) => clock(c.start), (c) => c.start],
  ['Client', 'client', (c) => c.client, (c) => c.client],
  ['Server', 'server', address, address],
  ['State', 'state', (c) => word(c), (c) => c.state],
  ['Dialect', 'dialect', (c) => c.dialect, (c) => c.dialect],
  ['Protocol', 'protocol', (c) => c.protocol, (c) => c.protocol],
  ['Deflate', 'deflate', (c) => (c.deflate ? 'on' : ''), (c) => c.deflate],
  ['Msgs →', 'num', (c) => count(c.messages[0]), (c) => c.messages[0], 'Msgs → of the client'],
  ['←', 'num few', (c) => count(c.messages[1]), (c) => c.messages[1], 'Msgs ← of the server'],
  ['Bytes →', 'num', (c) => size(c.bytes[0]), (c) => c.bytes[0], 'Bytes → of the client'],
  ['←', 'num few', (c) => size(c.bytes[1]), (c) => c.bytes[1], 'Bytes ← of the server'],
  ['Rate', 'num', (c) => rate(c), (c) => c.rate || 0],
  ['Findings', 'found', (c) => (found(c) ? '! ' + count(found(c)) : ''), (c) => found(c) + c.found[0] * 1e6],
];

const rate = (c) => (c.rate >= 0.5 ? size(Math.round(c.rate)) + '/s' : '');

// A connection without a WebSocket is known by its answer, also when it is closed.
function word(c) {
  if (c.status && !c.dialect && (c.state === 'http' || c.state === 'closed')) return 'HTTP ' + c.status;
  return c.code ? c.state + ' ' + c.code : c.state;
}

// parts shows an address in two parts: where there is no room for both, the host gives
// way, which is the same in most rows.
function parts(cell, ...texts) {
  if (!cell.firstElementChild) cell.append(make('span', 'host'), make('span', 'path'));
  texts.forEach((text, i) => setText(cell.children[i], text));
}

export class Conns {
  // o: chosen(connection)
  constructor(o) {
    this.o = o;
    this.all = new Map();
    this.shown = [];
    this.cleared = new Set();
    this.sort = { by: 0, down: false };
    this.list = new List(byId('conns-list'), {
      rowHeight: 26, make: () => this.make(), show: (row, i) => this.show(row, i), moved: () => {},
      selected: (i) => o.chosen(this.shown[i]),
    });
    this.head();
    byId('conns-find').addEventListener('input', () => this.arrange());
    setInterval(() => this.rates(), 1000);
  }

  head() {
    columns.forEach(([title, name], i) => {
      const b = make('button', 'cell ' + name, title);
      b.type = 'button';
      b.addEventListener('click', () => {
        this.sort = { by: i, down: this.sort.by === i ? !this.sort.down : name.startsWith('num') || name === 'found' };
        this.arrange();
      });
      byId('conns-head').append(b);
    });
  }

  // take takes connections that are new or have changed, and forgets others.
  take(changed, gone) {
    for (const c of changed) {
      const old = this.all.get(c.id);
      c.rate = old ? old.rate : 0;
      c.counted = old ? old.counted : { at: performance.now(), bytes: both(c.bytes) };
      this.all.set(c.id, c);
    }
    for (const id of gone) {
      this.all.delete(id);
      this.cleared.delete(id);
    }
    this.arrange();
  }

  has(id) { return this.all.has(id) && !this.cleared.has(id); }

  // clearClosed shows those no more that are over.
  clearClosed() {
    for (const c of this.all.values()) if (c.state === 'closed') this.cleared.add(c.id);
    this.arrange();
  }

  // clear forgets all.
  clear() {
    this.all.clear();
    this.cleared.clear();
    this.arrange();
  }

  // rates works out bytes a second, over the seconds since the last time.
  rates() {
    const now = performance.now();
    for (const c of this.all.values()) {
      const bytes = both(c.bytes);
      c.rate = (bytes - c.counted.bytes) / Math.max(0.2, (now - c.counted.at) / 1000);
      c.counted = { at: now, bytes };
    }
    if (columns[this.sort.by][0] === 'Rate') this.arrange();
    else this.list.draw();
  }

  // arrange sorts and searches.
  arrange() {
    const want = byId('conns-find').value.toLowerCase();
    const chosen = this.shown[this.list.at];
    const key = columns[this.sort.by][3];
    const way = this.sort.down ? -1 : 1;
    const all = [...this.all.values()].filter((c) => !this.cleared.has(c.id));
    this.shown = all.filter((c) => !want || columns.some(([, , text]) => text(c).toLowerCase().includes(want)));
    this.shown.sort((a, b) => {
      const x = key(a), y = key(b);
      return (x < y ? -way : x > y ? way : 0) || a.id - b.id;
    });
    [...byId('conns-head').children].forEach((b, i) => {
      b.dataset.order = i !== this.sort.by ? '' : this.sort.down ? 'descending' : 'ascending';
      b.setAttribute('aria-label', (columns[i][4] || columns[i][0]) + (b.dataset.order && ', ' + b.dataset.order));
    });
    const n = this.shown.length;
    setText(byId('conns-count'), n === all.length ? count(n) : count(n) + ' of ' + count(all.length));
    this.list.at = chosen ? this.shown.findIndex((c) => c.id === chosen.id) : -1;
    this.list.bounds(0, n);
    this.list.draw();
  }

  // choose marks a connection; 0 marks none.
  choose(id) {
    this.list.at = this.shown.findIndex((c) => c.id === id);
    this.list.draw();
  }

  make() {
    return make('div', '', ...columns.map(([, name]) => make('span', 'cell ' + name)));
  }

  show(row, i) {
    const c = this.shown[i];
    row.dataset.state = c.state;
    row.dataset.level = c.found[0] ? 'MUST' : c.found[1] ? 'SHOULD' : 'MAY';
    columns.forEach(([, name, text], n) => {
      if (name === 'server') parts(row.children[n], host(c), c.target);
      else setText(row.children[n], text(c));
      if (name === 'server' || name === 'deflate') row.children[n].title = name === 'server' ? address(c) : c.deflate;
    });
  }
}
