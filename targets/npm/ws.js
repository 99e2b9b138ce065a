'use strict';

// An echo server on ws, with its compression, which is off unless asked for, on.
const http = require('http');
const { WebSocketServer } = require('ws');
const listen = require('./listen');

const server = http.createServer((request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
});
const sockets = new WebSocketServer({ server, perMessageDeflate: true, maxPayload: 32 << 20 });

sockets.on('connection', (socket) => {
  socket.on('error', () => {}); // ws has closed the connection by then
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});

listen(server);
