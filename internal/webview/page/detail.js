// One row, opened: what its header says, what it breaks, and its bytes as hex, text
// and JSON, side by side.

import { byId, count, make, moment, visible } from './dom.js';
import { pretty } from './json.js';

const mostHex = 16 << 10; // bytes shown as hex until more is asked for
const levels = { MUST: 'fail', SHOULD: 'non-strict', MAY: 'info' };

// showDetail shows a row. o: open(seq) opens another row, close() closes.
export function showDetail(d, o) {
  const box = byId('detail');
  const subject = d.message && d.message.kept ? d.message : d;
  box.replaceChildren(title(d, o), body(d, subject, o));
  box.hidden = false;
  box.scrollTop = 0;
}

export function hideDetail() {
  byId('detail').hidden = true;
  byId('detail').replaceChildren();
}

function title(d, o) {
  const r = d.row;
  const close = make('button', 'close', '✕');
  close.type = 'button';
  close.title = 'close (Esc)';
  close.setAttribute('aria-label', 'close');
  close.addEventListener('click', o.close);
  const what = r.op && (r.kind === 'frame' || r.kind === 'message') ? r.op + ' ' + r.kind : r.kind;
  const name = make('h2', '', what);
  name.id = 'detail-title';
  const way = r.side === 0 ? 'client → server' : 'server → client';
  return make('div', 'bar', name, make('span', 'count', way), r.conn ? make('span', 'count', '#' + r.conn) : '',
    make('span', 'count', r.t.toFixed(6) + ' s'), close);
}

function body(d, subject, o) {
  const panes = make('div', 'panes');
  panes.append(side(d, o));
  if (!d.kept) panes.append(make('p', 'pane gone', 'Its bytes are no longer kept: newer ones have taken their room.'));
  else if (d.message) panes.append(...both(d, subject));
  else panes.append(...views(d));
  return panes;
}

// both lets one choose between a message and the frame as it was sent.
function both(d, subject) {
  const m = d.message;
  const how = [m.row.bits.includes('inflated') ? 'inflated' : '', m.frames && m.frames.length > 1 ? 'joined from ' + m.frames.length + ' frames' : ''];
  const choices = [[m, 'Message, ' + (how.filter(Boolean).join(', ') || 'whole')], [d, 'Frame, as it was sent']];
  const box = make('div', 'subject');
  const show = (one) => {
    const tabs = choices.map(([which, label]) => {
      const b = make('button', 'tab', label);
      b.type = 'button';
      b.setAttribute('aria-pressed', which === one);
      b.addEventListener('click', () => show(which));
      return b;
    });
    box.replaceChildren(make('p', 'tabs', ...tabs), make('div', 'panes', ...views(one)));
  };
  show(subject);
  return [box];
}

// side is the facts, the findings and the relatives.
function side(d, o) {
  const facts = make('dl', 'facts');
  if (d.when) facts.append(make('dt', '', 'at'), make('dd', '', moment(d.when)));
  for (const [name, value] of d.facts) facts.append(make('dt', '', name), make('dd', '', value));
  if (d.header) facts.append(make('dt', 'wide', 'header'), make('dd', 'wide', d.header));
  const box = make('div', 'pane side');
  const named = d.row.name || (d.message && d.message.row.name);
  if (named) box.append(make('p', 'named', named));
  if (d.note) box.append(make('p', 'note', d.note));
  box.append(...findings(d));
  if (d.message) box.append(...findings(d.message));
  box.append(facts);
  const frames = d.message ? d.message.frames : d.frames;
  if (frames && frames.length > 1) box.append(kin(frames, d.row.seq, o));
  return box;
}

function findings(d) {
  return (d.found || []).map((f, i) => {
    const head = make('p', 'head', make('code', '', f.rule), make('b', 'level ' + levels[f.level], f.level), make('cite', '', f.document + ' §' + f.section));
    return make('div', 'finding ' + levels[f.level], make('p', 'seen', f.detail), head, make('blockquote', '', f.quote), make('p', 'about', d.about[i]));
  });
}

// kin are the frames of a message.
function kin(frames, seq, o) {
  const list = make('ol', 'kin');
  for (const f of frames) {
    const b = make('button', 'tab', f.op + ' ' + count(f.len) + (f.bits ? ' ' + f.bits : ''));
    b.type = 'button';
    if (f.seq === seq) b.setAttribute('aria-pressed', 'true');
    b.addEventListener('click', () => o.open(f.seq));
    list.append(make('li', '', b));
  }
  return make('div', 'parts', make('h3', '', 'Frames of this message'), list);
}

// views shows bytes in each way that they can be read.
function views(d) {
  const bytes = Uint8Array.from(atob(d.data || ''), (c) => c.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  const digits = () => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(' ');
  if (d.row.kind === 'request' || d.row.kind === 'response') return [pane('Head', head(d), d.cut, () => text), pane('Hex', hex(bytes), d.cut, digits)];
  if (bytes.length === 0) return [make('p', 'pane none', 'No payload.')];
  const out = [pane('Hex', hex(bytes), d.cut, digits), pane('Text', make('code', 'plain', d.text), d.cut, () => text)];
  const json = pretty(text) || (d.read && pretty(d.read));
  if (json) out.push(pane('JSON', json, d.cut, () => json.textContent));
  else if (d.read) out.push(pane('Read', make('code', 'plain', d.read), d.cut, () => d.read));
  return out;
}

// pane shows bytes in one way, and copies them.
function pane(name, content, cut, copied) {
  const pre = make('pre', '', content);
  pre.tabIndex = 0;
  return make('div', 'pane ' + name.toLowerCase(), make('h3', '', name, cut ? make('span', 'cut', cut) : '', copy(name, copied)), pre);
}

// copy makes a button that copies. Browsers have a clipboard on loopback and over TLS only.
function copy(name, copied) {
  if (!navigator.clipboard) return '';
  const b = make('button', 'copy', 'Copy');
  b.type = 'button';
  b.setAttribute('aria-label', 'Copy ' + name);
  b.addEventListener('click', async () => {
    const done = await navigator.clipboard.writeText(copied()).then(() => 'Copied', () => 'Not allowed');
    b.textContent = done;
    setTimeout(() => { b.textContent = 'Copy'; }, 1500);
  });
  return b;
}

// head shows a head with the names of its fields marked.
function head(d) {
  const out = make('code', 'plain');
  d.text.split('\n').forEach((line, i) => {
    const colon = i > 0 ? line.indexOf(':') : -1;
    if (i > 0) out.append('\n');
    if (colon > 0) out.append(make('span', 'name', line.slice(0, colon)), line.slice(colon));
    else out.append(i === 0 ? make('b', '', line) : line);
  });
  return out;
}

// hex shows sixteen bytes a line, and what they are in ASCII.
function hex(bytes, most = mostHex) {
  const out = make('code', 'dump');
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const digits = part.map((b, i) => b.toString(16).padStart(2, '0') + (i === 7 ? ' ' : '')).join(' ');
    const ascii = part.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');
    lines.push(at.toString(16).padStart(4, '0') + '  ' + digits.padEnd(49) + ' ' + ascii);
  }
  out.append(visible(lines.join('\n')));
  if (bytes.length <= most) return out;
  const more = make('button', 'tab', 'all ' + count(bytes.length) + ' bytes');
  more.type = 'button';
  more.addEventListener('click', () => out.replaceWith(hex(bytes, bytes.length)));
  out.append('\n', more);
  return out;
}
