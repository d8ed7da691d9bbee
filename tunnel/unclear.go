package tunnel

import (
	"fmt"
	"strings"
)

// unclear reports whether a decoded path, that of a route here, might be another's to a backend, where the routes do not let
// in the same.
//
// SECURITY: Windows takes "\" for "/", Tomcat resolves "/open/..;x/closed" to "/closed", and to the file systems of Windows
// and macOS "/CLOSED" is "/closed".
func (s *service) unclear(l *listener, rt *route, p string) bool {
	if !s.uneven {
		return false
	}
	if strings.Contains(p, `\`) || strings.Contains(p, "/;") || strings.Contains(p, "/.;") || strings.Contains(p, "/..;") {
		return true
	}
	p = normalPath(p)
	for _, r := range s.routes {
		if r.serves(l) && r.resembles(p) {
			return rt == nil || r.Open != rt.Open || r.access != rt.access
		}
	}
	return false
}

// resembles is matches where case does not count.
func (rt *route) resembles(p string) bool {
	if rt.Exact || len(p) < len(rt.Path) {
		return strings.EqualFold(p, rt.Path)
	}
	return strings.EqualFold(p[:len(rt.Path)], rt.Path)
}

func unclearPath(p string) string {
	return fmt.Sprintf("the path %.80q may mean another to the backend, and the routes differ in whom they let in (spell it as the route does)", p)
}

// differ reports whether a project's routes differ in whom they let in.
func (s *service) differ() bool {
	for _, r := range s.routes {
		if r.access != nil || r.Open && s.auth != nil {
			return true
		}
	}
	return false
}
