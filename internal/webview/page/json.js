// JSON, indented and coloured. Numbers, escapes and the order and the doubles of
// names stay as they were sent, which JSON.parse would change.

import { make, visible } from './dom.js';

const token = /\s*(?:("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],]))/y;
const mostTokens = 20000; // shown

// pretty returns an element with the text as JSON, or null where it is none.
export function pretty(text) {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return null;
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return indented(text);
}

function indented(text) {
  const out = make('code', 'json');
  let depth = 0;
  let empty = false; // nothing has come since the last opening bracket
  const line = () => out.append('\n' + '  '.repeat(depth));
  token.lastIndex = 0;
  for (let n = 0, t; (t = token.exec(text)) && token.lastIndex <= text.length; n++) {
    if (n === mostTokens) {
      out.append('\n…');
      break;
    }
    const [, string, colon, number, word, sign] = t;
    const closes = sign === '}' || sign === ']';
    if (closes) {
      depth--;
      if (!empty) line();
    } else if (empty) {
      line();
    }
    empty = sign === '{' || sign === '[';
    if (empty) depth++;
    if (sign) out.append(sign);
    else if (string) out.append(make('span', colon ? 'name' : 'string', visible(string)));
    else out.append(make('span', number ? 'number' : 'word', number || word));
    if (colon) out.append(': ');
    if (sign === ',') line();
  }
  return out;
}
