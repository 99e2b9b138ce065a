// Elements are made with what a peer sent as text nodes only: nothing of it is
// ever read as markup.

// make makes an element of a tag, a class and what is in it.
export function make(tag, className, ...children) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== ''));
  return e;
}

export const byId = (id) => document.getElementById(id);

// setText changes a text where it differs, which spares the browser a layout.
export function setText(e, text) {
  if (e.textContent !== text) e.textContent = text;
}

// visible writes what cannot be seen, or turns the text around it, as an escape.
// Tabs and line ends stay.
export function visible(text) {
  return text.replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, (c) => '\\u{' + c.codePointAt(0).toString(16) + '}');
}

export function size(n) {
  if (n < 1000) return n + ' B';
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    n /= 1000;
    if (n < 999.5) return (n < 9.95 ? n.toFixed(1) : n.toFixed(0)) + ' ' + unit;
  }
  return n.toFixed(0) + ' PB';
}

export const count = (n) => n.toLocaleString('en').replaceAll(',', '\u202f');

const two = (n, digits = 2) => String(n).padStart(digits, '0');

// moment writes a time of the browser's time zone, and which that is.
export function moment(microseconds) {
  const d = new Date(microseconds / 1000);
  const east = -d.getTimezoneOffset();
  const zone = (east < 0 ? '-' : '+') + two(Math.trunc(Math.abs(east) / 60)) + ':' + two(Math.abs(east) % 60);
  return d.getFullYear() + '-' + two(d.getMonth() + 1) + '-' + two(d.getDate()) + ' ' + clock(Math.floor(microseconds / 1000)) + two(microseconds % 1000, 3) + ' ' + zone;
}

export function clock(milliseconds) {
  const d = new Date(milliseconds);
  return two(d.getHours()) + ':' + two(d.getMinutes()) + ':' + two(d.getSeconds()) + '.' + two(d.getMilliseconds(), 3);
}
