'use strict';

// Listens where the command line says, at HOST:PORT or at the path of a Unix socket,
// and stops at once when told to.
module.exports = function listen(server) {
  const [host, port] = process.argv[2].split(':');
  process.on('SIGTERM', () => process.exit(0));
  if (port) server.listen(Number(port), host);
  else server.listen(host);
};
