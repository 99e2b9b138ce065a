'use strict';

// An echo server on ws, with its compression, which is off unless asked for, on.
// With the files of a certificate and its key behind HOST:PORT it speaks TLS.
const fs = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');
const listen = require('./listen');

const [cert, key] = process.argv.slice(3).map((file) => fs.readFileSync(file));
const refuse = (request, response) => {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end();
};
const server = cert ? https.createServer({ cert, key }, refuse) : http.createServer(refuse);
const sockets = new WebSocketServer({ server, perMessageDeflate: true, maxPayload: 32 << 20 });

sockets.on('connection', (socket) => {
  socket.on('error', () => {}); // ws has closed the connection by then
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});

listen(server);
