import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.log.Log;
import org.eclipse.jetty.util.log.StdErrLog;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketError;
import org.eclipse.jetty.websocket.api.annotations.OnWebSocketMessage;
import org.eclipse.jetty.websocket.api.annotations.WebSocket;
import org.eclipse.jetty.websocket.server.WebSocketHandler;
import org.eclipse.jetty.websocket.servlet.WebSocketServletFactory;

/** An echo server on Jetty 9.4, whose permessage-deflate is on by itself. */
class Main {
    @WebSocket(maxTextMessageSize = 32 << 20, maxBinaryMessageSize = 32 << 20)
    public static class Echo {
        @OnWebSocketMessage
        public void text(Session session, String text) throws IOException {
            session.getRemote().sendString(text);
        }

        @OnWebSocketMessage
        public void binary(Session session, byte[] bytes, int offset, int length) throws IOException {
            session.getRemote().sendBytes(ByteBuffer.wrap(bytes, offset, length));
        }

        @OnWebSocketError
        public void error(Throwable cause) {
            // The library has said why, in its Close frame.
        }
    }

    public static void main(String[] args) throws Exception {
        String[] address = args[0].split(":");
        StdErrLog quiet = new StdErrLog();
        quiet.setLevel(StdErrLog.LEVEL_OFF);
        Log.setLog(quiet);
        Server server = new Server(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
        server.setHandler(new WebSocketHandler() {
            @Override
            public void configure(WebSocketServletFactory factory) {
                factory.register(Echo.class);
            }
        });
        server.start();
        server.join(); // SIGTERM ends the process
    }
}
