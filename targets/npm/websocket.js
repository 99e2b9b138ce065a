'use strict';

// An echo server on websocket, the library also known as WebSocket-Node. It has
// no permessage-deflate; it speaks hybi-08 beside RFC 6455.
const http = require('http');
const WebSocketServer = require('websocket').server;
const listen = require('./listen');

const maxMessage = 32 << 20;

const httpServer = http.createServer((request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
});
// What goes wrong with a connection that it has refused, the library leaves to
// us: with no listener it would end the process.
httpServer.on('upgrade', (request, socket) => socket.on('error', () => {}));

const server = new WebSocketServer({
  httpServer,
  autoAcceptConnections: false,
  maxReceivedFrameSize: maxMessage,
  maxReceivedMessageSize: maxMessage,
});

server.on('request', (request) => {
  const connection = request.accept(null, request.origin);
  connection.on('message', (message) => {
    if (message.type === 'utf8') connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});

listen(httpServer);
