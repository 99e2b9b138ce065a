'use strict';
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

// Colours: as the system has them, light, dark.
(() => {
  const button = $('#theme'), root = document.documentElement;
  const names = {'': 'Auto', light: 'Light', dark: 'Dark'};
  const label = () => {
    const name = names[root.dataset.theme || ''];
    button.textContent = '◐ ' + name;
    button.setAttribute('aria-label', 'Colours: ' + (name === 'Auto' ? 'as the system has them' : name.toLowerCase()));
  };
  button.addEventListener('click', () => {
    const order = Object.keys(names);
    const next = order[(order.indexOf(root.dataset.theme || '') + 1) % order.length];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    try { localStorage.setItem('wsprobe-theme', next); } catch (_) { /* for this page only, then */ }
    label();
  });
  label();
})();

// copy puts a text on the clipboard, the old way where the new one is refused.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (_) {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const done = await copy($('code', button.parentElement).textContent);
  button.textContent = done ? 'Copied' : 'Not copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
});

// typing reports whether a key belongs to a field rather than to the page.
const typing = event => event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea');
