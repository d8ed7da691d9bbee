package project

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// parseListen checks an address to listen on and returns it as "IP:port". Without a port, or with port 0, it is a free
// one; "localhost" is 127.0.0.1.
func parseListen(s string) (string, *fault) {
	const each = `write "127.0.0.1:8443" for this machine only, or "0.0.0.0:8443" for every network it is in`
	if strings.Contains(s, "://") {
		return "", &fault{fmt.Sprintf("%q is a URL", s), `write only address and port, as in "127.0.0.1:8443"`}
	}
	if s != "" && strings.Trim(s, "0123456789") == "" {
		return "", &fault{fmt.Sprintf("%q is a port without an address", s), fmt.Sprintf(`write "127.0.0.1:%s"`, s)}
	}
	host, port := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), "0"
	if addr, err := netip.ParseAddr(s); err == nil && addr.Is6() {
		return "", &fault{fmt.Sprintf("%q is an IPv6 address without brackets", s), `write "[::1]:8443"`}
	} else if err != nil && s != "localhost" && !(strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")) {
		if host, port, err = net.SplitHostPort(s); err != nil {
			return "", &fault{fmt.Sprintf("%q is not address:port", s), `write "127.0.0.1:8443"`}
		}
	}
	switch host {
	case "", "*":
		return "", &fault{fmt.Sprintf("%q does not say which address", s), each}
	case "localhost":
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || addr.IsMulticast() {
		return "", &fault{
			fmt.Sprintf("%q is no address of a machine", host),
			`write an IP address, as in "127.0.0.1:8443"; names go into hosts`,
		}
	}
	number, f := parsePort(port)
	if f != nil {
		return "", f
	}
	return netip.AddrPortFrom(addr.Unmap(), number).String(), nil
}

// listened checks one of the addresses at which a route serves: the project listens there.
func (r *reader) listened(s string) (string, *fault) {
	addr, f := parseListen(s)
	if f != nil {
		return "", f
	}
	if !slices.Contains(r.project.Listen, addr) {
		return "", &fault{fmt.Sprintf("%q is not among the addresses that the project listens on", s), "add it to listen above the first [table]"}
	}
	return addr, nil
}

// parsePort checks a port's number.
func parsePort(s string) (uint16, *fault) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, &fault{fmt.Sprintf("%q is no port", s), "ports are numbers up to 65535"}
	}
	return uint16(n), nil
}

// parseHost checks a name by which requests find a project.
func parseHost(s string) (string, *fault) {
	name := strings.ToLower(s)
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	if err == nil && addr.Zone() == "" {
		return addr.Unmap().String(), nil
	}
	switch {
	case strings.Contains(s, "://") || strings.ContainsAny(s, ":/"):
		return "", &fault{fmt.Sprintf("%q is more than a name", s), "write only the name, without https://, port and path"}
	case strings.Contains(s, "*"):
		return "", &fault{fmt.Sprintf("%q is a wildcard, which browsers refuse for local names", s), "write each name"}
	case strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e }):
		return "", &fault{
			fmt.Sprintf("%q has characters that browsers send in another form", s),
			"write the name as it is sent, beginning with xn--",
		}
	case !hostname(name):
		return "", &fault{fmt.Sprintf("%q is no host name", s), "write " + example("hosts")}
	}
	return name, nil
}

// hostname reports whether s, in lower case, is a DNS name: labels of 1 to 63 letters, digits, "-" and "_" that do not
// begin or end with "-", 253 characters in all (RFC 1123 §2.1; "_" as browsers allow it).
func hostname(s string) bool {
	const inner = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, inner) != "" || strings.Trim(label, "-") != label {
			return false
		}
	}
	return len(s) <= 253
}

// defaultHosts returns the hosts of a project that names none. A name that is no label for browsers gets no host.
func defaultHosts(name string) []string {
	hosts := []string{"localhost"}
	if own := strings.ToLower(name) + ".localhost"; hostname(own) {
		hosts = append(hosts, own)
	}
	return hosts
}

// parsePrefix checks a client address or a range of them.
func parsePrefix(s string) (netip.Prefix, *fault) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, &fault{
			fmt.Sprintf("%q is no IP address or range", s),
			`write for example "192.168.1.20", "192.168.1.0/24" or "::1"`,
		}
	case prefix != prefix.Masked():
		return netip.Prefix{}, &fault{
			fmt.Sprintf("%q is an address and a range at once", s),
			fmt.Sprintf("write %q for the range or %q for the address", prefix.Masked(), prefix.Addr()),
		}
	}
	return prefix, nil
}

// defaultAllow returns the client addresses that may connect where a project names none: this machine's own.
func defaultAllow() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// upstream checks the address that a route leads to: not to the tunnel itself, or requests would run in a circle.
func (r *reader) upstream(s string) (*url.URL, *fault) {
	if rest, ok := strings.CutPrefix(s, "unix:"); ok {
		return r.socket(rest)
	}
	if !strings.Contains(s, "://") {
		return nil, &fault{
			fmt.Sprintf("%q has no scheme", s),
			`write for example "ws://127.0.0.1:8080"; ws wss http https unix are carried`,
		}
	}
	u, err := url.Parse(s)
	if err != nil {
		// SECURITY: the error's own text quotes the URL, and with it a password.
		return nil, &fault{"is no URL", "write " + example("to")}
	}
	switch {
	case !slices.Contains([]string{"ws", "wss", "http", "https"}, u.Scheme):
		return nil, &fault{fmt.Sprintf("%q is not carried", u.Scheme), "use ws, wss, http, https or unix"}
	case u.User != nil:
		return nil, &fault{"holds a user or a password, which everyone who has the file would see", "take it out"}
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, &fault{"has a query or a fragment", "take it out: requests bring their own query"}
	}
	if f := checkAuthority(u.Host); f != nil {
		return nil, f
	}
	if u.Port() == "0" {
		return nil, &fault{"has port 0", "write the port that the server listens on"}
	}
	if u.Path != "" {
		if _, f := parsePath(u.Path); f != nil {
			return nil, f
		}
	}
	u.Host = strings.ToLower(u.Host)
	if i := slices.IndexFunc(r.project.Listen, func(l string) bool { return reaches(u, l) }); i >= 0 {
		return nil, &fault{
			fmt.Sprintf("%q is the tunnel's own address %s", s, r.project.Listen[i]),
			"name the address of your server",
		}
	}
	return u, nil
}

// checkAuthority checks host[:port], an IPv6 address in brackets.
func checkAuthority(s string) *fault {
	u := url.URL{Host: s}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	_, err := netip.ParseAddr(host)
	switch {
	case host == "":
		return &fault{"names no host", `write for example "127.0.0.1:8080"`}
	case err != nil && !hostname(host) || strings.Contains(host, ":") && !strings.HasPrefix(s, "["):
		return &fault{fmt.Sprintf("%q is no host", host), `write a name or an IP address, as in "127.0.0.1:8080"`}
	case strings.HasSuffix(s, ":"):
		return &fault{"ends in a colon", "write the port behind it"}
	case port != "":
		_, f := parsePort(port)
		return f
	}
	return nil
}

// maxSocketPath is what fits into a sockaddr_un on Linux, the most generous of our systems.
const maxSocketPath = 107

// socket checks the path of a unix socket, as it follows "unix:".
func (r *reader) socket(s string) (*url.URL, *fault) {
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		if !strings.HasPrefix(rest, "/") {
			return nil, &fault{
				"has two slashes, where a host would follow",
				`write "unix:/path/to.sock" or "unix:relative.sock"`,
			}
		}
		s = rest
	}
	file, f := r.path(s)
	switch {
	case s == "":
		return nil, &fault{"names no socket", `write "unix:/path/to.sock" or "unix:relative.sock"`}
	case f != nil:
		return nil, f
	case len(file) > maxSocketPath:
		return nil, &fault{
			fmt.Sprintf("the path has %d characters", len(file)),
			fmt.Sprintf("a socket's has at most %d: put it elsewhere", maxSocketPath),
		}
	}
	return &url.URL{Scheme: "unix", Path: filepath.ToSlash(file)}, nil
}

// parseRouteHost checks what a route sends as Host.
func parseRouteHost(s string) (string, *fault) {
	words := []string{HostPreserve, HostUpstream}
	if slices.Contains(words, s) {
		return s, nil
	}
	if near := nearest(s, words); near != "" && !strings.ContainsAny(s, ".:0123456789") {
		return "", &fault{fmt.Sprintf("%q is neither preserve nor upstream", s), fmt.Sprintf("did you mean %s?", near)}
	}
	if f := checkAuthority(s); f != nil {
		return "", &fault{f.what, `write "preserve", "upstream" or a host`}
	}
	return s, nil
}

// parseOrigin checks an origin (RFC 6454 §6.2): scheme, host and port.
func parseOrigin(s string) (string, *fault) {
	if s == "*" {
		return s, nil
	}
	scheme, authority, _ := strings.Cut(strings.ToLower(s), "://")
	if scheme != "http" && scheme != "https" || checkAuthority(authority) != nil {
		return "", &fault{
			fmt.Sprintf("%q is no origin", s),
			`write scheme, host and port, as in "https://localhost:5173", or "*"`,
		}
	}
	return scheme + "://" + authority, nil
}

// reaches reports whether dialling u would end at a tunnel that listens on address listen.
func reaches(u *url.URL, listen string) bool {
	at, err := netip.ParseAddrPort(listen)
	if err != nil || at.Port() == 0 || u.Scheme == "unix" {
		return false
	}
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "wss" || u.Scheme == "https" {
			port = "443"
		}
	}
	if port != strconv.Itoa(int(at.Port())) {
		return false
	}
	if u.Hostname() == "localhost" {
		return at.Addr().IsLoopback() || at.Addr().IsUnspecified()
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && (addr == at.Addr() || addr.IsLoopback() && at.Addr().IsUnspecified())
}
