package welcome

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// address is a backend as it stands in a project file: scheme, host and port, or the path of a unix socket. It has no
// path: the tunnel carries every path to the same one of the backend.
type address struct {
	to   string
	name string // for the project
}

// parseAddress reads what people type or paste for a backend: a URL, host:port, or only a port. cause is the key of
// the words for what is wrong with it, "" for nothing.
func parseAddress(text string) (a address, cause string) {
	text = strings.Trim(strings.TrimSpace(text), `"'<>`)
	if text == "" {
		return a, "empty"
	}
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(path, "/") {
			return a, "unix"
		}
		return address{text, nameFor(strings.TrimSuffix(path[1+strings.LastIndexByte(path, '/'):], ".sock"), "")}, ""
	}
	scheme, rest, ok := strings.Cut(text, "://")
	switch scheme = strings.ToLower(scheme); {
	case !ok:
		scheme, rest = "ws", text
	case scheme != "ws" && scheme != "wss" && scheme != "http" && scheme != "https":
		return a, "scheme"
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if strings.Contains(rest, "@") {
		return a, "password"
	}
	host, port, cause := hostPort(rest, ok)
	if cause != "" {
		return a, cause
	}
	u := url.URL{Scheme: scheme, Host: host}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	}
	return address{u.String(), nameFor(host, port)}, ""
}

// hostPort reads "host:port", "port" and ":port", and the host alone where a scheme tells the port.
func hostPort(s string, scheme bool) (host, port, cause string) {
	s = strings.ToLower(s)
	switch addr, err := netip.ParseAddr(strings.Trim(s, "[]")); {
	case s == "":
		return "", "", "host"
	case strings.Trim(s, "0123456789") == "" && !scheme:
		host, port = "127.0.0.1", s
	case err == nil: // without a port
		host = addr.Unmap().String()
	case !strings.Contains(s, ":"):
		host = s
	default:
		if host, port, err = net.SplitHostPort(s); err != nil || port == "" {
			return "", "", "hostPort"
		}
		if host == "" || host == "*" {
			host = "127.0.0.1"
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		host = reachable(addr)
	} else if !isName(host) {
		return "", "", "host"
	}
	if port == "" && !scheme {
		return "", "", "port"
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
		return "", "", "portNumber"
	}
	return host, port, ""
}

// reachable returns where a server is that says to listen on addr: on all addresses is on this machine too.
func reachable(addr netip.Addr) string {
	switch addr = addr.Unmap(); {
	case !addr.IsUnspecified():
		return addr.String()
	case addr.Is4():
		return "127.0.0.1"
	default:
		return "::1"
	}
}

// isName reports whether s, in lower case, may be a host's name (RFC 1123 §2.1, and "_").
func isName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" ||
			strings.Trim(label, "-") != label {
			return false
		}
	}
	return len(s) <= 253
}

// nameFor makes a project's name from a backend's host and port: "chat" of chat.example.test, "backend-8083" of this
// machine's port 8083.
func nameFor(host, port string) string {
	label, _, _ := strings.Cut(host, ".")
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		label = ""
	}
	if name := projectName(label); name != "" {
		return name
	}
	if port == "" {
		return "backend"
	}
	return "backend-" + port
}

// projectName makes of a folder's or a host's name one that a project may have and a browser knows as NAME.localhost:
// letters, digits and dashes, or "" if nothing is left.
func projectName(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := b.String()
	return strings.Trim(name[:min(len(name), 60)], "-")
}

// free returns name, or name-2 and so on where that is taken.
func free(name string, taken func(string) bool) string {
	try := name
	for i := 2; taken(try); i++ {
		try = name + "-" + strconv.Itoa(i)
	}
	return try
}
