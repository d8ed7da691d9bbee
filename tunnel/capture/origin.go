package capture

import (
	"net/netip"
	"net/url"
	"strings"
)

// foreignOrigin returns the Origin (RFC 6454 §7) in the head of a request for the URL asked, if that is another one
// than the URL's own; "" if it is the same, or if there is none, as from a program that is no browser. "null", which a
// browser sends for a page without an origin of its own, such as a file or a sandboxed frame, is foreign.
func foreignOrigin(head []byte, asked string) string {
	own := originOf(asked)
	for _, value := range headerValues(head, "Origin") {
		if o := originOf(value); value != "" && (o == origin{} || o != own) {
			return value
		}
	}
	return ""
}

// origin is what two addresses share if a page at the one may be taken for the owner of the other. The zero value is that
// of no address.
type origin struct{ scheme, host, port string }

// originOf returns the origin of a URL, in one form for those that mean the same: ws is http, names are in lower case, the
// port is given, and all names of this machine are localhost.
func originOf(raw string) origin {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return origin{}
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i] // what follows need not be a valid URL
	}
	u, err := url.Parse("//" + rest)
	if err != nil || u.Hostname() == "" {
		return origin{}
	}
	o := origin{strings.ToLower(scheme), strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()}
	standard := ""
	switch o.scheme {
	case "ws", "http":
		o.scheme, standard = "http", "80"
	case "wss", "https":
		o.scheme, standard = "https", "443"
	}
	if o.port == "" {
		o.port = standard
	}
	if ip, err := netip.ParseAddr(o.host); err == nil {
		o.host = ip.Unmap().String()
	}
	if o.host == "127.0.0.1" || o.host == "::1" || strings.HasSuffix(o.host, ".localhost") {
		o.host = "localhost"
	}
	return o
}
