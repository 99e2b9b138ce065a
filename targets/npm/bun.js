// An echo server on Bun, which has uWebSockets inside. Its compression is off
// unless asked for, and its backpressure limit of 1 MiB would drop big echoes.
const [hostname, port] = process.argv[2].split(':');
const maxMessage = 32 << 20;

Bun.serve({
  hostname,
  port: Number(port),
  fetch(request, server) {
    if (server.upgrade(request)) return undefined;
    return new Response(null, { status: 426, headers: { Upgrade: 'websocket', Connection: 'Upgrade' } });
  },
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: maxMessage,
    backpressureLimit: 2 * maxMessage,
    message(socket, message) {
      socket.send(message, true);
    },
  },
});
