package tunnel

import (
	"net/http"
	"net/url"
	"strings"
)

// location is where a route sends a request, whose target is in origin form, "" for "*". A URL without a path gets the
// path and the query of the request, as they came.
func (rt *route) location(target string) string {
	to, err := url.Parse(rt.Redirect)
	if err != nil || to.Host == "" || to.Path != "" || to.RawQuery != "" || to.Fragment != "" || !strings.HasPrefix(target, "/") {
		return rt.Redirect
	}
	return rt.Redirect + target
}

// redirect sends a client elsewhere: with 307, which keeps the method and the body and which browsers do not remember, so
// that a changed project file counts at once (RFC 9110 §15.4.8).
func (rt *route) redirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", rt.location(r.URL.RequestURI()))
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusTemporaryRedirect)
}
