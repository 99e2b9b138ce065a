// An echo server on Deno, which has no compression and no limit to a message.
const [hostname, port] = Deno.args[0].split(':');

Deno.serve({ hostname, port: Number(port), onListen() {} }, (request) => {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return new Response(null, { status: 426, headers: { Upgrade: 'websocket', Connection: 'Upgrade' } });
  }
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = (event) => socket.send(event.data);
  socket.onerror = () => {}; // Deno has closed the connection by then
  return response;
});
