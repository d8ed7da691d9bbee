package tunnel

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// location is where a route sends a request for target, in origin form ("" for "*"), at asked, its Host, which is one of
// the project's. What a URL lacks it gets of the request: the host, and the path with the query as they came.
func (rt *route) location(asked, target string) string {
	to, err := url.Parse(rt.Redirect)
	if err != nil || to.Host == "" {
		return rt.Redirect
	}
	if to.Hostname() == "" {
		to.Host = withPort(hostOnly(asked), to.Scheme, to.Port())
	}
	if to.Path != "" || to.RawQuery != "" || to.Fragment != "" || !strings.HasPrefix(target, "/") {
		return to.String()
	}
	return to.String() + target
}

// secureHost is the Host at which a plain http request that came to a port is served by https: the same, as each port speaks
// both, but the standard ports go together.
func (s *service) secureHost(asked string, port int) string {
	if port != 80 || !s.on443 {
		return asked
	}
	return withPort(hostOnly(asked), "https", "443")
}

// withPort is a URL's authority, without the port that its scheme implies.
func withPort(host, scheme, port string) string {
	authority := net.JoinHostPort(host, port)
	if port == standardPort[scheme] {
		authority = strings.TrimSuffix(authority, ":"+port)
	}
	return authority
}

// standardPort is the port that a URL of the scheme leaves out.
var standardPort = map[string]string{"http": "80", "https": "443"}

// redirect sends a client elsewhere: with 307, which keeps the method and the body and which browsers do not remember, so
// that a changed project file counts at once (RFC 9110 §15.4.8).
func (rt *route) redirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", rt.location(r.Host, r.URL.RequestURI()))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusTemporaryRedirect)
}
