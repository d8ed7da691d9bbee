package tunnel

import (
	"fmt"
	"net/http"
	"strings"

	"culvert/tunnel/capture"
)

// What the tunnel answers itself comes in this order: whether the client may connect, whether the page of another origin
// may ask (browsers send that question without a password), whether it must come over https (so that no password is asked
// for in plain text), who it is, and what is here.

// answered answers a page's request that goes to no backend, which it reports. What went wrong is put on record in x.
func (s *service) answered(w *meter, r *http.Request, c *client, rt *route, x *capture.Exchange) bool {
	cross := s.cors.crossing(r, c.scheme())
	if cross != nil {
		w.before = cross.mark
	}
	decline := func(status int, why string) bool {
		x.Err = why
		refusePage(w, status, why)
		return true
	}
	if why := s.denied(c, rt); why != "" {
		return decline(http.StatusForbidden, why)
	}
	if cross.preflight(r) {
		w.before = nil // it has no headers but ours
		x.Err = cross.answer(w, r)
		return true
	}
	if c.tls == nil && s.project.RedirectHTTP {
		target := r.URL.RequestURI()
		if !strings.HasPrefix(target, "/") {
			target = "/" // SECURITY: of "a:.elsewhere" it is ".elsewhere", and would go on with the host's name
		}
		http.Redirect(w, r, "https://"+s.secureHost(r.Host, c.listener.port())+target, http.StatusTemporaryRedirect)
		return true
	}
	if s.unclear(c.listener, rt, r.URL.Path) {
		return decline(http.StatusBadRequest, unclearPath(r.URL.Path))
	}
	if !s.auth.admits(rt, r.Header.Get("Authorization")) {
		w.Header().Set("WWW-Authenticate", s.auth.challenge)
		return decline(http.StatusUnauthorized, s.auth.why(s.project))
	}
	switch {
	case rt == nil:
		return decline(http.StatusNotFound, s.noRoute(c.listener, r.URL.Path))
	case rt.Redirect != "":
		x.Upstream = rt.Redirect
		rt.redirect(w, r)
		return true
	case rt.Root != "":
		x.Upstream = rt.Root
		x.Err = rt.files(w, r)
		if x.Err == "" && (s.ctx.Err() != nil || r.Context().Err() != nil) {
			x.Err = s.broken(r)
		}
		return true
	}
	s.auth.withhold(r.Header)
	return false
}

// declined returns what answers a handshake that goes to no backend, nil for one that does. WebSockets have no part in CORS,
// and are carried over plain ws even where pages go to https.
func (hs *handshake) declined(path, target string) (answer func()) {
	s, rt := hs.service, hs.route
	decline := func(status int, why string, lines ...string) func() {
		return func() { hs.refuse(status, why, capture.ByRefusal, lines...) }
	}
	if why := s.denied(hs.client, rt); why != "" {
		return decline(http.StatusForbidden, why)
	}
	if s.unclear(hs.client.listener, rt, path) {
		return decline(http.StatusBadRequest, unclearPath(path))
	}
	if !s.auth.admits(rt, hs.asked.get("Authorization")) {
		return decline(http.StatusUnauthorized, s.auth.why(s.project), "WWW-Authenticate: "+s.auth.challenge)
	}
	switch {
	case rt == nil:
		return decline(http.StatusNotFound, s.noRoute(hs.client.listener, path))
	case rt.Redirect != "":
		to := rt.location(hs.asked.get("Host"), target)
		return decline(http.StatusTemporaryRedirect, fmt.Sprintf(
			"route %s leads to %s, and browsers do not follow that with a socket (open it there)", rt.Path, to), "Location: "+to)
	case rt.Root != "":
		return decline(http.StatusNotFound, fmt.Sprintf(
			"route %s serves files, not sockets (correct the socket's path, or add a [[route]] with to for it)", rt.Path))
	}
	return nil
}
