// The page of the chat, in plain ES5: it runs in browsers of 2011 too, whose
// WebSockets speak hixie-76. What is said is in PROTOCOL.md. Everything that
// others wrote goes into the page as text, never as markup.
(function () {
  'use strict';

  var KEEP = 500; // lines in the log
  var LONGEST_WAIT = 30; // seconds between two attempts to connect

  var me = null; // {room, nick} once the form was sent
  var socket = null;
  var inRoom = false; // the server has said "joined"
  var wasInRoom = false; // so a nick that is taken may be our own old connection
  var attempts = 0; // failed in a row
  var timer = null;
  var people = [];
  var waiting = []; // said by us and not heard yet
  var lastSpeaker = null;

  function $(id) { return document.getElementById(id); }

  function show(element, yes) {
    if (yes) element.removeAttribute('hidden'); else element.setAttribute('hidden', '');
  }

  function setText(element, text) { element.textContent = text; }

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) setText(element, text);
    return element;
  }

  // Connection

  function connect() {
    clearTimeout(timer);
    state('wait', 'Connecting…');
    var Socket = window.WebSocket || window.MozWebSocket;
    var scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
    var mine = socket = new Socket(scheme + location.host + '/chat', 'chat');
    mine.onopen = function () { send({type: 'join', room: me.room, nick: me.nick, ref: 'join'}); };
    mine.onmessage = function (event) { if (mine === socket) receive(JSON.parse(event.data)); };
    mine.onclose = function (event) { if (mine === socket) lost(event); };
  }

  function send(message) { socket.send(JSON.stringify(message)); }

  function disconnect() {
    var old = socket;
    clearTimeout(timer);
    socket = null;
    inRoom = false;
    if (old) old.close();
  }

  // lost waits a random time that grows with every failure, and tries again.
  function lost(event) {
    if (inRoom) notice('Connection lost' + (event && event.reason ? ': ' + event.reason : ''));
    disconnect();
    if (!wasInRoom) return lobby('The server does not answer. Try again.');
    restore();
    attempts++;
    var most = Math.min(LONGEST_WAIT, Math.pow(2, attempts));
    retry(Math.ceil(most / 2 + Math.random() * most / 2));
  }

  function retry(seconds) {
    if (seconds === 0) return connect();
    state('off', 'Offline, again in ' + seconds + ' s');
    timer = setTimeout(function () { retry(seconds - 1); }, 1000);
  }

  // restore puts back into the field what nobody heard.
  function restore() {
    if (!waiting.length) return;
    $('text').value = waiting.concat($('text').value || []).join('\n');
    waiting = [];
    grow();
  }

  function state(kind, word) {
    $('state').className = 'state ' + kind;
    setText($('state-word'), word);
    show($('again'), kind === 'off');
    $('send').disabled = kind !== 'on';
  }

  // Messages of the server

  var handlers = {
    joined: function (m) {
      if (m.ref === 'join') return arrived(m);
      people.push(m.nick);
      listPeople();
      notice(m.nick + ' joined');
    },
    left: function (m) {
      people = people.filter(function (nick) { return nick !== m.nick; });
      listPeople();
      notice(m.nick + ' left');
    },
    people: function (m) {
      people = m.nicks;
      listPeople();
    },
    said: function (m) {
      if (m.ref === 'say') waiting.shift();
      line(m);
    },
    error: function (m) {
      if (m.ref !== 'join') return complain(m);
      if (m.code === 'nick-taken' && wasInRoom) return lost();
      disconnect();
      lobby(m.text);
    }
  };

  function receive(message) {
    var known = Object.prototype.hasOwnProperty.call(handlers, message.type);
    if (known) handlers[message.type](message);
  }

  function arrived(m) {
    var again = wasInRoom;
    inRoom = wasInRoom = true;
    attempts = 0;
    me = {room: m.room, nick: m.nick};
    remember();
    send({type: 'who'});
    lobby(null);
    setText($('title'), m.room);
    setText($('error'), '');
    document.title = m.room + ' · Chat';
    state('on', 'Online');
    notice(again ? 'You are back' : 'You joined as ' + m.nick);
    $('text').focus();
  }

  function complain(m) {
    waiting.shift();
    setText($('error'), m.text);
  }

  // The log

  function line(m) {
    var own = m.nick === me.nick;
    var first = m.nick !== lastSpeaker;
    var item = make('li', 'message' + (own ? ' own' : '') + (first ? ' first' : ''));
    var who = make('p', 'who');
    var name = make('b', '', own ? 'You' : m.nick);
    who.appendChild(name);
    var time = make('time', '', clock(m.time));
    time.setAttribute('datetime', m.time);
    who.appendChild(time);
    tint(name, m.nick);
    item.appendChild(who);
    item.appendChild(make('p', 'said', m.text));
    append(item);
    lastSpeaker = m.nick;
  }

  function notice(text) {
    append(make('li', 'notice', text));
    lastSpeaker = null;
  }

  // append keeps the end in sight, unless one has scrolled up to read.
  function append(item) {
    var log = $('log');
    var atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    log.appendChild(item);
    while (log.childNodes.length > KEEP) log.removeChild(log.firstChild);
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  function clock(time) {
    var t = new Date(time);
    function two(n) { return (n < 10 ? '0' : '') + n; }
    return isNaN(t) ? '' : two(t.getHours()) + ':' + two(t.getMinutes());
  }

  // tint gives everyone a colour of their own.
  function tint(element, nick) {
    var hue = 0;
    for (var i = 0; i < nick.length; i++) hue = (hue * 31 + nick.charCodeAt(i)) % 360;
    if (element.style.setProperty) element.style.setProperty('--hue', hue, '');
  }

  function listPeople() {
    var list = $('people');
    list.textContent = '';
    people.sort();
    people.forEach(function (nick) {
      var item = make('li', nick === me.nick ? 'me' : '');
      var face = make('span', 'face', nick.charAt(0).toUpperCase());
      face.setAttribute('aria-hidden', 'true');
      tint(face, nick);
      item.appendChild(face);
      item.appendChild(make('span', 'name', nick));
      list.appendChild(item);
    });
    setText($('people-title'), people.length + (people.length === 1 ? ' person' : ' people'));
  }

  // The forms

  // lobby shows the form, with what is wrong; null shows the chat.
  function lobby(error) {
    show($('lobby'), error !== null);
    show($('chat'), error === null);
    setText($('join-error'), error || '');
    $('enter').disabled = false;
  }

  function tidy(s) { return s.replace(/\s+/g, ' ').replace(/^ | $/g, ''); }

  function join() {
    me = {room: tidy($('room').value), nick: tidy($('nick').value)};
    wasInRoom = false;
    attempts = 0;
    $('enter').disabled = true;
    connect();
  }

  function say() {
    var text = $('text').value.replace(/^\s*\n|\s+$/g, '');
    if (!inRoom || !text) return;
    setText($('error'), '');
    waiting.push(text);
    send({type: 'say', text: text, ref: 'say'});
    $('text').value = '';
    grow();
  }

  function leave() {
    disconnect();
    waiting = [];
    people = [];
    wasInRoom = false;
    $('log').textContent = '';
    document.title = 'Chat';
    lobby('');
    $('nick').focus();
  }

  // grow makes the field as high as its text; the style sheet sets an end to it.
  function grow() {
    var field = $('text');
    field.style.height = 'auto';
    field.style.height = field.scrollHeight + 2 + 'px';
  }

  // remember makes the address lead back here.
  function remember() {
    var query = '?room=' + encodeURIComponent(me.room) + '&nick=' + encodeURIComponent(me.nick);
    if (window.history && history.replaceState) history.replaceState(null, '', query);
  }

  function fromAddress(name) {
    var found = new RegExp('[?&]' + name + '=([^&]*)').exec(location.search);
    try {
      return found ? decodeURIComponent(found[1].replace(/\+/g, ' ')) : '';
    } catch (e) {
      return '';
    }
  }

  function on(id, event, handler) {
    $(id).addEventListener(event, function (e) {
      if (event === 'submit') e.preventDefault();
      handler(e);
    }, false);
  }

  on('join', 'submit', join);
  on('say', 'submit', say);
  on('leave', 'click', leave);
  on('again', 'click', connect);
  on('text', 'input', grow);
  on('text', 'keydown', function (e) {
    if (e.keyCode !== 13 || e.shiftKey || e.isComposing) return; // Shift+Enter is a new line
    e.preventDefault();
    say();
  });
  window.addEventListener('online', function () { if (me && !socket) connect(); }, false);

  if (fromAddress('room')) $('room').value = fromAddress('room');
  $('nick').value = fromAddress('nick');
  if ($('nick').value && fromAddress('room')) join(); else $('nick').focus();
}());
