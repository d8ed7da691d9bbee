package tunnel

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// route carries requests under one path to its upstreams, or answers them.
type route struct {
	*project.Route
	at     []*listener // where it serves; all that there are if Listen is empty
	access *access     // of its own, nil for the project's
	pool   *pool       // has no upstreams where the route leads to files or elsewhere
	ours   []string    // the request headers that rewrite sets
}

// forwarded are the headers by which a reverse proxy tells the backend whom it speaks for.
var forwarded = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP"}

func newRoute(r *project.Route, h *health) *route {
	rt := &route{Route: r, pool: &pool{}}
	for _, to := range r.To {
		u := newUpstream(to, r.ConnectTimeout)
		u.node = h.node(u)
		u.carryPages(r.ReadTimeout)
		rt.pool.upstreams = append(rt.pool.upstreams, u)
	}
	rt.ours = append(rt.ours, forwarded...)
	for name := range r.SetHeaders {
		rt.ours = append(rt.ours, name)
	}
	return rt
}

// host is the Host that an upstream is to see.
func (rt *route) host(asked string, to *upstream) string {
	switch rt.Route.Host {
	case "", project.HostPreserve:
		return asked
	case project.HostUpstream:
		return to.httpURL.Host
	}
	return rt.Route.Host
}

// path is where a request's path, escaped as it came, is at an upstream.
func (rt *route) path(p string, at *upstream) string {
	below := ""
	if at.network != "unix" {
		below = strings.TrimSuffix(at.url.EscapedPath(), "/")
	}
	// SECURITY: behind the upstream's own path, and without the route's, "/.." leads out of what the route is for.
	if plain := targetPath(p); (below != "" || rt.StripPrefix) && dotted(plain) {
		p = (&url.URL{Path: normalPath(plain)}).EscapedPath()
	}
	if rt.StripPrefix {
		rest, ok := strings.CutPrefix(p, rt.Path)
		if !ok { // it is spelt with escapes, or with segments that lead elsewhere
			rest = (&url.URL{Path: strings.TrimPrefix(normalPath(targetPath(p)), rt.Path)}).EscapedPath()
		}
		p = "/" + strings.TrimPrefix(rest, "/")
	}
	return below + p
}

// rewrite makes a client's request what an upstream is sent, but for Host and target: as it came, with what a reverse
// proxy owes.
func (rt *route) rewrite(h *head, c *client) {
	client, asked := c.addr().String(), h.get("Host")
	if by := h.list("X-Forwarded-For"); by != "" {
		h.set("X-Forwarded-For", by+", "+client)
	} else {
		h.set("X-Forwarded-For", client)
	}
	h.set("X-Forwarded-Proto", c.scheme())
	h.set("X-Forwarded-Host", asked)
	h.set("X-Real-IP", client)
	for _, name := range slices.Sorted(maps.Keys(rt.SetHeaders)) {
		h.set(name, rt.SetHeaders[name])
	}
}

// target is a request target in origin form (RFC 9112 §3.2.1) at an upstream.
func (rt *route) target(target string, at *upstream) string {
	p, query, found := strings.Cut(target, "?")
	p = rt.path(p, at)
	if found {
		p += "?" + query
	}
	return p
}

// targetPath is the path, unescaped, of a request target in origin form. Routes are found by it.
func targetPath(target string) string {
	p, _, _ := strings.Cut(target, "?")
	if plain, err := url.PathUnescape(p); err == nil {
		return plain
	}
	return p
}

// loopbackHost reports whether a Host header names this machine, where an HSTS header would stick to every port.
func loopbackHost(hostport string) bool { return isLoopback(hostOnly(hostport)) }
