# An echo server on Mojolicious with its permessage-deflate switched on.
use Mojolicious::Lite -signatures;
use Mojo::Server::Daemon;

websocket '/*any' => {any => ''} => sub ($c) {
  $c->tx->with_compression;
  $c->tx->max_websocket_size(32 << 20);
  $c->on(text   => sub ($c, $bytes) { $c->send({text   => $bytes}) });
  $c->on(binary => sub ($c, $bytes) { $c->send({binary => $bytes}) });
};

app->log->level('fatal');
my $daemon = Mojo::Server::Daemon->new(app => app, listen => ["http://$ARGV[0]"], silent => 1);
$daemon->run; # ends on SIGTERM
