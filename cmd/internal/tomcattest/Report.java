import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

@WebServlet("/report/*")
public class Report extends HttpServlet {
	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setContentType("text/plain;charset=UTF-8");
		response.getWriter().printf("%s %s%nsecure: %s%nfrom: %s%nbody: %s%n", request.getMethod(), request.getRequestURL(),
			request.isSecure(), request.getRemoteAddr(), new String(request.getInputStream().readAllBytes(), "UTF-8"));
	}
}
