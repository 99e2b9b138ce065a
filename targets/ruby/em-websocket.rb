# An echo server on em-websocket, which speaks hixie-75, hixie-76 and hybi-05 to
# 08 beside RFC 6455. It has no permessage-deflate.
require "em-websocket"

host, port = ARGV[0].split(":")
EM::WebSocket.max_frame_size = 32 << 20

EM.run do
  trap("TERM") { EM.stop }
  EM::WebSocket.run(host: host, port: Integer(port)) do |socket|
    socket.onmessage do |text|
      # In the hixie dialects a text comes unchecked, and cannot be sent so.
      text.valid_encoding? ? socket.send_text(text) : socket.close
    end
    socket.onbinary { |bytes| socket.send_binary(bytes) }
  end
end
