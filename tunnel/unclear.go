package tunnel

import (
	"fmt"
	"strings"
	"unicode"
)

// unclear reports whether a decoded path, that of a route here, might be another's to a backend, which lets in fewer.
//
// SECURITY: Windows takes "\" for "/", and to the file systems of Windows and macOS "/CLOSED" is "/closed". Tomcat takes
// "/open/..;x/closed" and "/closed;x" for "/closed". A backend that resolves no segments takes "/closed/../open" for what
// is below "/closed".
func (s *service) unclear(l *listener, rt *route, p string) bool {
	if !s.uneven {
		return false
	}
	if strings.Contains(p, `\`) || strings.Contains(p, "/;") || strings.Contains(p, "/.;") || strings.Contains(p, "/..;") {
		return true
	}
	return s.stricter(l, rt, withoutParameters(normalPath(p))) || s.stricter(l, rt, p)
}

// stricter reports whether a path, read by a backend like this, is one of a route that may keep somebody out whom rt lets in.
func (s *service) stricter(l *listener, rt *route, p string) bool {
	for _, r := range s.routes {
		if r.serves(l) && r.resembles(p) {
			return rt != nil && (rt.Open && !r.Open || r.access != rt.access)
		}
	}
	return false
}

// withoutParameters is a path without what follows ";" in its segments (RFC 3986 §3.3).
func withoutParameters(p string) string {
	if !strings.Contains(p, ";") {
		return p
	}
	segments := strings.Split(p, "/")
	for i, segment := range segments {
		segments[i], _, _ = strings.Cut(segment, ";")
	}
	return strings.Join(segments, "/")
}

// resembles is matches where case does not count.
func (rt *route) resembles(p string) bool {
	if rt.Exact {
		return strings.EqualFold(p, rt.Path)
	}
	return strings.HasPrefix(folded(p), folded(rt.Path))
}

// folded is the same for all spellings that differ in case alone, of however many bytes: "ſ" is an "s" to macOS.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		next := unicode.SimpleFold(r)
		for next > r {
			r, next = next, unicode.SimpleFold(next)
		}
		return next // the first of those that are alike
	}, s)
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
