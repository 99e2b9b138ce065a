# An echo server on em-websocket, which speaks hixie-75, hixie-76 and hybi-05 to
# 08 beside RFC 6455. It has no permessage-deflate.
require "em-websocket"

host, port = ARGV[0].split(":")
EM::WebSocket.max_frame_size = 32 << 20

# A message that came before the connection was failed is handed over after that,
# and to answer it then is an error, which would end the process.
def unless_closing
  yield
rescue EM::WebSocket::WebSocketError
  nil
end

EM.run do
  trap("TERM") { EM.stop }
  EM::WebSocket.run(host: host, port: Integer(port)) do |socket|
    socket.onmessage do |text|
      # In the hixie dialects a text comes unchecked, and cannot be sent so.
      unless_closing { text.valid_encoding? ? socket.send_text(text) : socket.close }
    end
    socket.onbinary { |bytes| unless_closing { socket.send_binary(bytes) } }
  end
end
