package control

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// Entrance returns the first of p.URLs at which route r serves, and the one of p.Listen that it leads to; "" where p is not
// on.
func (p Project) Entrance(r Route) (url, addr string) {
	for _, u := range p.URLs {
		for _, a := range p.Listen {
			if portOf("https://"+a) == portOf(u) && (len(r.Listen) == 0 || slices.Contains(r.Listen, a)) {
				return u, a
			}
		}
	}
	return "", ""
}

// Serving returns the route that serves a decoded path: of those that fit it the exact one, or else that with the longest
// path. Of two with one path it is the one that serves at all addresses.
func (p Project) Serving(path string) (best Route, ok bool) {
	for _, r := range p.Routes {
		if r.Exact && path != r.Path || !strings.HasPrefix(path, r.Path) {
			continue
		}
		better := len(r.Path) > len(best.Path) || len(r.Path) == len(best.Path) && (r.Exact && !best.Exact || len(r.Listen) == 0 && r.Exact == best.Exact)
		if !ok || better {
			best, ok = r, true
		}
	}
	return best, ok
}

// portOf returns the port of an https URL, which may be implied.
func portOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	if _, port, err := net.SplitHostPort(u.Host); err == nil {
		return port
	}
	return "443"
}
