import jakarta.websocket.DeploymentException;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/**
 * An echo server on an embedded Tomcat, whose permessage-deflate is on by itself.
 * Messages are sent back in the parts in which they come: for whole ones every
 * connection would have to set aside a buffer for the largest.
 */
class Main {
    @ServerEndpoint("/")
    public static class Echo {
        @OnMessage
        public void text(Session session, String part, boolean last) throws IOException {
            session.getBasicRemote().sendText(part, last);
        }

        @OnMessage
        public void binary(Session session, ByteBuffer part, boolean last) throws IOException {
            session.getBasicRemote().sendBinary(part, last);
        }
    }

    public static void main(String[] args) throws LifecycleException {
        String[] address = args[0].split(":");
        Logger.getLogger("").setLevel(Level.OFF);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir") + "/wsprobe-tomcat");
        tomcat.setPort(Integer.parseInt(address[1]));
        tomcat.getConnector().setProperty("address", address[0]);

        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        context.addServletContainerInitializer((classes, servlets) -> {
            new WsSci().onStartup(Set.of(), servlets);
            Object container = servlets.getAttribute(ServerContainer.class.getName());
            try {
                ((ServerContainer) container).addEndpoint(Echo.class);
            } catch (DeploymentException e) {
                throw new IllegalStateException(e);
            }
        }, null);
        tomcat.start();
        tomcat.getServer().await(); // SIGTERM ends the process
    }
}
