# An echo server on em-websocket, which speaks hixie-75, hixie-76 and hybi-05 to
# 08 beside RFC 6455. It has no permessage-deflate.
require "em-websocket"

host, port = ARGV[0].split(":")
EM::WebSocket.max_frame_size = 32 << 20

EM.run do
  trap("TERM") { EM.stop }
  EM::WebSocket.run(host: host, port: Integer(port)) do |socket|
    socket.onmessage { |text| socket.send_text(text) }
    socket.onbinary { |bytes| socket.send_binary(bytes) }
  end
end
