import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

@ServerEndpoint("/echo")
public class Echo {
	@OnMessage
	public String echo(String message) { return "Tomcat says " + message; }
}
