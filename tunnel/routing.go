package tunnel

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// sortRoutes brings routes into the order in which they are tried: exact ones, then longest path first; of two with one
// path, the one that serves at some addresses alone.
func sortRoutes(routes []*route) {
	order := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(routes, func(a, b *route) int {
		return cmp.Or(
			cmp.Compare(order(a.Exact), order(b.Exact)),
			cmp.Compare(len(b.Path), len(a.Path)),
			cmp.Compare(order(len(a.Listen) > 0), order(len(b.Listen) > 0)),
		)
	})
}

// bind tells the routes that serve at some addresses alone which listeners those are. at has the listeners by the
// address as the project spells it, which are two where a free port was asked for.
func (s *service) bind(at map[string][]*listener) {
	for _, ls := range at {
		s.on443 = s.on443 || slices.ContainsFunc(ls, func(l *listener) bool { return l.port() == 443 })
	}
	for _, r := range s.routes {
		for _, addr := range r.Listen {
			r.at = append(r.at, at[addr]...)
		}
	}
}

// route returns the first of the routes, which are sorted, that serves a path at a listener, or nil.
func (s *service) route(l *listener, p string) *route {
	p = normalPath(p)
	for _, r := range s.routes {
		if r.serves(l) && r.Takes(p) {
			return r
		}
	}
	return nil
}

// serves reports whether the route is there for what arrives at a listener.
func (rt *route) serves(l *listener) bool { return len(rt.Listen) == 0 || slices.Contains(rt.at, l) }

// normalPath is a decoded path without empty, "." and ".." segments (RFC 3986 §5.2.4), by which nginx finds a location,
// too. Browsers send no others.
//
// SECURITY: most servers resolve such segments. Were routes found by a path as it came, /open/../closed would be let in
// by a route /open that asks for no password.
func normalPath(p string) string {
	if !strings.HasPrefix(p, "/") || !strings.Contains(p, "//") && !strings.Contains(p, "/.") {
		return p
	}
	clean := path.Clean(p)
	last := p[strings.LastIndexByte(p, '/')+1:]
	if (last == "" || last == "." || last == "..") && clean != "/" {
		clean += "/"
	}
	return clean
}

// dotted reports whether a decoded path has a segment "." or "..".
func dotted(p string) bool {
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// noRoute says which paths there are.
func (s *service) noRoute(l *listener, p string) string {
	var paths []string
	for _, r := range s.routes {
		if r.serves(l) && !slices.Contains(paths, r.Path) {
			paths = append(paths, r.Path)
		}
	}
	if len(paths) == 0 {
		return fmt.Sprintf("project %s has no route at %s (add a [[route]] to the project file, or the address to a route's listen)",
			s.project.Name, l.addr)
	}
	return fmt.Sprintf("project %s has no route for %.80q; it has %s (add a [[route]] to the project file)",
		s.project.Name, p, strings.Join(paths, ", "))
}
