package nginx

import (
	"regexp"
	"strconv"
	"time"
)

var spanPart = regexp.MustCompile(`^(\d{1,12})(ms|[smhdwMy])?\s*`)

// units are those of nginx (https://nginx.org/en/docs/syntax.html). A number without one is in seconds.
var units = map[string]time.Duration{
	"ms": time.Millisecond, "": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "M": 30 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

// span reads a span of time as nginx writes it: 20, 1m30s, 500ms.
func span(s string) (total time.Duration, ok bool) {
	const most = 100 * 365 * 24 * time.Hour
	for s != "" {
		m := spanPart.FindStringSubmatch(s)
		if m == nil {
			return 0, false
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n > int64(most/units[m[2]]) {
			return 0, false
		}
		total += time.Duration(n) * units[m[2]]
		s, ok = s[len(m[0]):], true
	}
	return total, ok && total <= most
}

// times reads the timeouts of a location that leads to a backend.
func (sv *server) times(r *route, pass *directive, s *scope) {
	missing := false
	for _, of := range []struct {
		name string
		to   **timeout
	}{
		{"proxy_connect_timeout", &r.connect}, {"proxy_read_timeout", &r.read}, {"proxy_send_timeout", &r.send},
	} {
		d := s.get(of.name)
		if d == nil {
			missing = missing || of.name == "proxy_read_timeout"
			continue
		}
		t, ok := span(d.arg(0))
		if !ok {
			sv.notes.add(NotCarried, d, "Culvert does not understand the span of time")
			continue
		}
		*of.to = &timeout{t, d}
	}
	if missing {
		sv.notes.add(Different, pass, "without proxy_read_timeout nginx cuts a socket that is silent for 60 s; here it stays open (read_timeout bounds it)")
	}
}
