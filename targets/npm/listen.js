'use strict';

// Listens where the command line says, and stops at once when told to.
module.exports = function listen(server) {
  const [host, port] = process.argv[2].split(':');
  process.on('SIGTERM', () => process.exit(0));
  server.listen(Number(port), host);
};
