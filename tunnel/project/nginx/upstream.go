package nginx

import (
	"net"
	"strings"
)

// upstream is an upstream block.
type upstream struct {
	name    string
	servers []string // host:port, or unix:/path
	from    *directive
}

// upstream reads an upstream block.
func (im *importer) upstream(d *directive) {
	u := &upstream{name: d.arg(0), from: d}
	for _, own := range d.block {
		switch own.name {
		case "server":
			im.member(u, own)
		case "least_conn":
			im.notes.add(Needless, own, "the upstream with the fewest connections gets a request")
		case "keepalive", "keepalive_requests", "keepalive_timeout", "keepalive_time", "zone", "resolver", "resolver_timeout":
			im.notes.add(Needless, own, "connections to backends are kept open and shared")
		case "ip_hash", "hash", "sticky", "random", "least_time":
			im.notes.add(NotCarried, own, "the upstream with the fewest connections gets a request, not always the same one for a client")
		case "check", "check_http_send", "check_http_expect_alive", "health_check":
			im.notes.add(Needless, own, "an upstream that fails is skipped, and tried again later")
		default:
			account(&im.notes, own)
		}
	}
	if _, twice := im.upstreams[u.name]; !twice {
		im.upstreams[u.name] = u
	}
}

// member reads a server of an upstream block.
func (im *importer) member(u *upstream, d *directive) {
	addr := d.arg(0)
	for _, word := range d.args[min(1, len(d.args)):] {
		switch key, _, _ := strings.Cut(word, "="); key {
		case "down":
			im.notes.add(Needless, d, "it is marked as down, and left out")
			return
		case "backup":
			im.notes.add(NotCarried, d, "there are no backups here, it would get its share of the requests; it is left out")
			return
		case "weight":
			im.notes.add(Different, d, "no weights: the upstream with the fewest connections gets a request")
		case "max_conns":
			im.notes.add(NotCarried, d, "the connections to an upstream have no bound of their own")
		case "max_fails", "fail_timeout", "slow_start":
			im.notes.add(Needless, d, "an upstream that fails is skipped, and tried again later")
		}
	}
	if addr == "" {
		return
	}
	if !strings.HasPrefix(addr, "unix:") && !hasPort(addr) {
		addr = net.JoinHostPort(strings.Trim(addr, "[]"), "80") // whatever the scheme
	}
	u.servers = append(u.servers, addr)
}

// hasPort reports whether there is a port behind a host.
func hasPort(authority string) bool {
	return strings.Contains(authority[strings.LastIndexByte(authority, ']')+1:], ":")
}
