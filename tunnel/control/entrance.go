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
		if a := p.at(u, r); a != "" {
			return u, a
		}
	}
	return "", ""
}

// Entrances returns those of p.URLs at which it is route r that serves its path, and not another of the same path that
// serves at some addresses alone.
func (p Project) Entrances(r Route) (urls []string) {
	for _, u := range p.URLs {
		before := func(o Route) bool {
			return len(r.Listen) == 0 && len(o.Listen) > 0 && o.Path == r.Path && o.Exact == r.Exact && p.at(u, o) != ""
		}
		if p.at(u, r) != "" && !slices.ContainsFunc(p.Routes, before) {
			urls = append(urls, u)
		}
	}
	return urls
}

// at returns the first of p.Listen that a URL leads to and route r serves at, "" for none.
func (p Project) at(url string, r Route) string {
	for _, a := range p.Listen {
		if portOf("https://"+a) == portOf(url) && (len(r.Listen) == 0 || slices.Contains(r.Listen, a)) {
			return a
		}
	}
	return ""
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
