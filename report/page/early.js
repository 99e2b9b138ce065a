'use strict';
document.documentElement.classList.add('js');
try {
  const theme = localStorage.getItem('wsprobe-theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch (_) { /* no storage for this page: the system's colours, then */ }
