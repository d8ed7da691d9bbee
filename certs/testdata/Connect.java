import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Connects to the address of the first argument, and has Java check its certificate for the name that is the second. */
public class Connect {
	public static void main(String[] args) throws Exception {
		var end = args[0].lastIndexOf(':');
		var plain = new Socket(args[0].substring(0, end), Integer.parseInt(args[0].substring(end + 1)));
		var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
		try (var socket = (SSLSocket) factory.createSocket(plain, args[1], plain.getPort(), true)) {
			var parameters = socket.getSSLParameters();
			parameters.setEndpointIdentificationAlgorithm("HTTPS");
			socket.setSSLParameters(parameters);
			socket.startHandshake();
			System.out.println("verified");
		}
	}
}
