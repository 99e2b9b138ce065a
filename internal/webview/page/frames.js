// The list of what passed: rows that are fetched as they come into sight.

import { byId, count, make, setText } from './dom.js';
import { List } from './list.js';

const block = 100; // rows that are fetched at a time
const mostKept = 5000; // rows

export class Frames {
  // o: live, opened(row)
  constructor(o) {
    this.o = o;
    this.rows = new Map();
    this.asked = new Set();
    this.generation = 0;
    this.follow = true;
    this.all = true;
    this.lowest = 0;
    this.list = new List(byId('frames-list'), {
      rowHeight: 24, make: () => this.make(), show: (row, i) => this.show(row, i),
      selected: (i) => this.opened(i), moved: () => this.moved(),
    });
  }

  // reset forgets what was fetched: another view begins.
  reset(all) {
    this.generation++;
    this.rows.clear();
    this.asked.clear();
    this.all = all;
    this.list.at = -1;
    this.list.first = this.list.end = this.list.top = 0;
    this.list.layout();
  }

  // bounds says which rows there are, of how many a filter picked them, and whether those
  // before were cleared away.
  bounds(first, end, of, cleared) {
    this.lowest = first;
    this.grow();
    this.list.bounds(first > 0 && !cleared ? first - 1 : first, end); // the row before the first tells what is gone
    if (this.follow) this.list.scrollTo(this.list.last);
    setText(byId('frames-count'), count(end - first) + (of === undefined || cleared ? '' : ' of ' + count(of)));
  }

  // grow asks anew for what was lost last, which becomes more as long as nothing follows.
  grow() {
    const last = this.list.end - 1;
    const r = this.rows.get(last);
    if (r && r.kind === 'lost') this.fetch(last - last % block);
  }

  moved() {
    this.setFollow(this.list.atEnd);
  }

  setFollow(on) {
    this.follow = on;
    byId('tail').setAttribute('aria-pressed', on);
    if (on) this.list.scrollTo(this.list.last);
  }

  async opened(i) {
    if (!this.rows.has(i)) await this.fetch(i - i % block);
    if (this.list.at === i && this.rows.has(i)) this.o.opened(this.rows.get(i));
  }

  // fetch gets the rows of a block.
  async fetch(from) {
    if (this.asked.has(from)) return;
    this.asked.add(from);
    const generation = this.generation;
    const end = Math.min(from + block, this.list.end);
    try {
      const a = await this.o.live.ask('rows', { from, n: block });
      if (generation !== this.generation) return;
      for (const r of a.rows || []) this.rows.set(r.i, r);
      for (let i = from; i < end; i++) if (!this.rows.has(i)) this.rows.set(i, { i, kind: 'lost', text: 'no longer kept' });
      this.prune(from);
      this.list.draw();
    } catch {
      // told elsewhere: the connection is gone
    } finally {
      if (generation === this.generation) this.asked.delete(from);
    }
  }

  prune(near) {
    if (this.rows.size <= mostKept) return;
    for (const i of this.rows.keys()) if (Math.abs(i - near) > mostKept / 4) this.rows.delete(i);
  }

  make() {
    const cells = ['time', 'dir', 'conn', 'op', 'bits', 'len', 'name', 'text', 'badge'];
    return make('div', '', ...cells.map((name) => make('span', 'cell ' + name)));
  }

  show(row, i) {
    const r = i < this.lowest ? { kind: 'lost', text: '… ' + count(this.lowest) + ' earlier rows are no longer kept' } : this.rows.get(i);
    const cells = row.children;
    if (!r) {
      row.dataset.kind = 'waits';
      for (const c of cells) setText(c, '');
      setText(cells[7], '…');
      this.fetch(i - i % block);
      return;
    }
    const frame = r.kind === 'frame' || r.kind === 'message';
    row.dataset.kind = r.kind;
    row.dataset.op = r.op || '';
    row.dataset.side = r.side;
    row.dataset.level = r.level || '';
    setText(cells[0], r.kind === 'lost' ? '' : r.t.toFixed(3));
    setText(cells[1], ['open', 'closed', 'note', 'lost'].includes(r.kind) ? '' : r.side === 0 ? '→' : '←');
    setText(cells[2], this.all && r.conn ? '#' + r.conn : '');
    setText(cells[3], frame ? r.op : r.kind === 'end' ? 'tcp' : r.kind);
    setText(cells[4], r.bits || '');
    setText(cells[5], frame || r.kind === 'bytes' ? count(r.len) : '');
    setText(cells[6], r.name || '');
    setText(cells[7], said(r));
    cells[7].classList.toggle('hex', Boolean(r.bytes));
    cells[7].classList.toggle('gone', Boolean(r.gone));
    setText(cells[8], r.found ? '! ' + r.found.join(' ') : '');
  }
}

// said is what a row says in words.
function said(r) {
  if (r.kind === 'open') return r.text || 'connected';
  if (r.kind === 'closed') return 'connection gone';
  return r.text || '';
}
