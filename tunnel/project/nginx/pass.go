package nginx

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// target is the URL of a proxy_pass.
type target struct {
	scheme string
	host   string // host[:port], or unix:/path
	uri    string // what stands in the place of the location's path
	hasURI bool
}

// readTarget takes the URL of a proxy_pass apart, or says why it cannot be carried.
func readTarget(s string) (t target, fault string) {
	var rest string
	var ok bool
	if t.scheme, rest, ok = strings.Cut(s, "://"); !ok {
		if strings.Contains(s, "$") {
			return t, "there are no variables here; write the address of the backend"
		}
		return t, "it is no URL"
	}
	t.scheme = strings.ToLower(t.scheme)
	if host, whole := strings.CutSuffix(rest, "$request_uri"); whole && !strings.ContainsAny(host, "/") {
		rest = host // the request's own path, as without any
	}
	switch {
	case t.scheme != "http" && t.scheme != "https":
		return t, "it is no URL of http or https"
	case strings.Contains(rest, "$"):
		return t, "there are no variables here; write the address of the backend"
	case strings.HasPrefix(rest, "unix:"):
		socket, uri, found := strings.Cut(strings.TrimPrefix(rest, "unix:"), ":")
		t.host, t.uri, t.hasURI = "unix:"+socket, uri, found && uri != ""
	default:
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			t.host, t.uri, t.hasURI = rest[:i], rest[i:], true
		} else {
			t.host = rest
		}
	}
	if strings.ContainsAny(t.uri, "?#") {
		return t, "the backend's address has no query here"
	}
	if t.hasURI && !strings.HasPrefix(t.uri, "/") {
		return t, "the backend's path does not begin with /"
	}
	return t, ""
}

// pass reads a location that leads to a backend.
func (sv *server) pass(r *route, d *directive, s *scope) {
	t, fault := readTarget(d.arg(0))
	if fault != "" {
		sv.close(r, d, fault)
		return
	}
	prefix, differs, fault := t.mapped(r)
	if fault != "" {
		sv.close(r, d, fault)
		return
	}
	if differs != "" {
		sv.notes.add(Different, d, differs)
	}
	if !sv.backends(r, d, t, prefix) {
		return
	}
	sv.header(r, d, t, s)
	sv.times(r, d, s)
	if v := s.get("proxy_next_upstream"); v != nil {
		sv.nextUpstream(v)
	}
	sv.locations(r, d, s)
	if t.scheme == "https" {
		sv.verified(r, d, s)
	}
}

// mapped finds what to put before a request's path so that the backend sees what nginx sends it: the uri with what
// follows the location's path behind it.
func (t target) mapped(r *route) (prefix, differs, fault string) {
	if !t.hasURI {
		return "", "", ""
	}
	if p, ok := strings.CutSuffix(t.uri, r.path); ok { // the path comes again
		return t.before(p)
	}
	slash, uriSlash := strings.HasSuffix(r.path, "/"), strings.HasSuffix(t.uri, "/")
	r.strip = r.path != "/"
	prefix, differs, fault = t.before(strings.TrimSuffix(t.uri, "/"))
	if fault != "" {
		return prefix, differs, fault
	}
	here := prefix + "/" // stands here for the location's path, as nginx has t.uri there
	switch {
	case r.exact && !uriSlash:
		return "", "", fmt.Sprintf("nginx asks the backend for %s, and %s is all that this file could say", t.uri, here)
	case r.exact, slash && uriSlash:
	case slash:
		differs = fmt.Sprintf("nginx puts what follows %s right behind %s, as in %sfoo; here that is %sfoo", r.path, t.uri, t.uri, here)
	case uriSlash:
		differs = fmt.Sprintf("nginx makes %s/foo into %s/foo, with two slashes; here that is %sfoo", r.path, t.uri, here)
	default:
		differs = fmt.Sprintf("%s/foo becomes %s/foo as in nginx; but nginx makes %s alone into %s, and here that is %s", r.path, t.uri, r.path, t.uri, here)
	}
	return prefix, differs, ""
}

// before returns a path that comes before those of requests. A unix socket's address has none.
func (t target) before(prefix string) (string, string, string) {
	if prefix != "" && strings.HasPrefix(t.host, "unix:") {
		return "", "", "the address of a unix socket has no path here"
	}
	return prefix, "", ""
}

// backends fills in where a route leads, and reports whether it leads anywhere.
func (sv *server) backends(r *route, d *directive, t target, prefix string) bool {
	u := sv.im.upstreams[t.host]
	if u == nil {
		r.to = []string{t.address(t.host, prefix)}
		if name, _, _ := net.SplitHostPort(t.host); strings.Contains(t.host, "_") && name == "" {
			sv.notes.add(Different, d, "there is no upstream of that name in what was read; it is taken as the name of a machine")
		}
		return true
	}
	r.group = u.name
	for _, server := range u.servers {
		addr := t.address(server, prefix)
		if strings.HasPrefix(server, "unix:") && (t.scheme == "https" || prefix != "") {
			sv.close(r, d, "a unix socket carries no TLS and no path here")
			return false
		}
		if !slices.Contains(r.to, addr) {
			r.to = append(r.to, addr)
		}
	}
	if len(r.to) == 0 {
		sv.close(r, d, fmt.Sprintf("the upstream in %s has no server that is carried", sv.im.at(u.from)))
		return false
	}
	return true
}

// address is a backend as the project file has it. A port that the scheme has anyway is left out, as nginx leaves it out
// of the Host that it sends.
func (t target) address(host, prefix string) string {
	if strings.HasPrefix(host, "unix:") {
		return host
	}
	return t.scheme + "://" + t.authority(host) + prefix
}

func (t target) authority(host string) string {
	port := ":80"
	if t.scheme == "https" {
		port = ":443"
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return "[" + host + "]"
	}
	return strings.TrimSuffix(host, port)
}

// locations notes what becomes of an answer's Location. nginx puts the server's address in the place of the backend's.
func (sv *server) locations(r *route, pass *directive, s *scope) {
	switch d := s.get("proxy_redirect"); {
	case d == nil && r.host != "", d != nil && d.arg(0) == "default":
		sv.notes.add(Different, pass, "where the Location of an answer names the backend, nginx puts the server there; here it is passed on as it came, "+
			"and with host = \"preserve\" backends name the server themselves")
	case d != nil && d.arg(0) != "off" && d.arg(0) != "default":
		sv.notes.add(NotCarried, d, "the Location of an answer is passed on as it came")
	}
}

// verified notes what becomes of the checks of a backend's certificate.
func (sv *server) verified(r *route, d *directive, s *scope) {
	near := func(to string) bool {
		u, err := url.Parse(to)
		if err != nil {
			return true
		}
		addr, err := netip.ParseAddr(u.Hostname())
		return u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	}
	far := slices.ContainsFunc(r.to, func(to string) bool { return !near(to) })
	if v := s.get("proxy_ssl_verify"); far && (v == nil || v.arg(0) != "on") {
		sv.notes.add(Different, d, "nginx takes any certificate of the backend; here it has to be one that this system trusts")
	}
}

// nextUpstream notes what becomes of a list of failures after which the next backend is asked.
func (sv *server) nextUpstream(d *directive) {
	var not []string
	for _, word := range d.args {
		if strings.HasPrefix(word, "http_") || word == "non_idempotent" || word == "invalid_header" || word == "off" {
			not = append(not, word)
		}
	}
	if len(not) > 0 {
		sv.notes.add(NotCarried, d, strings.Join(not, ", ")+": the next backend is asked where one cannot be reached and that is safe to repeat; "+
			"an answer that came is passed on")
		return
	}
	sv.notes.add(Needless, d, "the next backend is asked where one cannot be reached and that is safe to repeat")
}
