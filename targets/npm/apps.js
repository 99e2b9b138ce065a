// Programs that speak a protocol on top of WebSocket:
//   node apps.js serve            socket.io, GraphQL and STOMP on one port, which it prints
//   node apps.js talk HOST:PORT   one client of each, one after the other
//   node apps.js mqtt HOST:PORT   a client of an MQTT broker
const http = require('node:http');
const { once } = require('node:events');
const WebSocket = require('ws');

async function serve() {
  const { Server } = require('socket.io');
  const { GraphQLSchema, GraphQLObjectType, GraphQLString } = require('graphql');
  const { useServer } = require('graphql-ws/use/ws');
  const server = http.createServer();
  const io = new Server(server, { destroyUpgrade: false });
  io.of('/chat').on('connection', (s) => s.on('message', (m, bytes, done) => done('got', m.a)));
  const graph = new WebSocket.WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
  const fields = { hello: { type: GraphQLString, resolve: () => 'world' } };
  useServer({ schema: new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) }) }, graph);
  const stomp = new WebSocket.WebSocketServer({ noServer: true, handleProtocols: () => 'v12.stomp' });
  stomp.on('connection', (ws) => ws.on('message', (p) => {
    const text = p.toString();
    if (text.startsWith('CONNECT')) ws.send('CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0');
    if (text.startsWith('SEND')) ws.send('MESSAGE\nsubscription:sub-0\nmessage-id:1\ndestination:/queue/a\n\nhi\0');
    const receipt = /\nreceipt:(.*)\n/.exec(text);
    if (receipt) ws.send(`RECEIPT\nreceipt-id:${receipt[1]}\n\n\0`);
  }));
  server.on('upgrade', (req, socket, head) => {
    const to = { '/graphql': graph, '/stomp': stomp }[req.url];
    if (to) to.handleUpgrade(req, socket, head, (ws) => to.emit('connection', ws, req));
  });
  server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${server.address().port}`));
}

async function talk(at) {
  const io = require('socket.io-client')(`http://${at}/chat`, { transports: ['websocket'] });
  await once(io, 'connect');
  await io.emitWithAck('message', { a: 1 }, Buffer.from([1, 2, 3]));
  io.disconnect();

  const graph = require('graphql-ws').createClient({ url: `ws://${at}/graphql`, webSocketImpl: WebSocket });
  for await (const _ of graph.iterate({ query: 'query Greeting { hello }', operationName: 'Greeting' }));
  await graph.dispose();

  const { Client } = require('@stomp/stompjs');
  await new Promise((done) => {
    const c = new Client({ brokerURL: `ws://${at}/stomp`, webSocketFactory: () => new WebSocket(`ws://${at}/stomp`, ['v12.stomp']), heartbeatIncoming: 0, heartbeatOutgoing: 0 });
    c.onConnect = () => {
      c.subscribe('/queue/a', () => c.deactivate());
      c.publish({ destination: '/queue/a', body: '{"n":1}' });
    };
    c.onDisconnect = done;
    c.activate();
  });
  process.exit(0);
}

async function mqtt(at) {
  for (const protocolVersion of [4, 5]) {
    const c = await require('mqtt').connectAsync(`ws://${at}/`, { protocolVersion });
    await c.subscribeAsync('a/#');
    const came = once(c, 'message');
    await c.publishAsync('a/b', '{"n":1}', { qos: 1 });
    await came;
    await c.endAsync();
  }
  process.exit(0);
}

const [verb, at] = process.argv.slice(2);
({ serve, talk, mqtt })[verb](at);
