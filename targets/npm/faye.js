'use strict';

// An echo server on faye-websocket. Its driver speaks hixie-75 and hixie-76
// beside RFC 6455, without being asked to as of websocket-driver 0.7.4.
const http = require('http');
const deflate = require('permessage-deflate');
const WebSocket = require('faye-websocket');
const listen = require('./listen');

const server = http.createServer((request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
});

server.on('upgrade', (request, socket, body) => {
  if (!WebSocket.isWebSocket(request)) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const connection = new WebSocket(request, socket, body, [], {
    extensions: [deflate],
    maxLength: 32 << 20,
  });
  connection.on('message', (event) => connection.send(event.data));
});

listen(server);
