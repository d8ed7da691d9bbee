package nginx

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// scope is a block in the blocks around it.
type scope struct {
	outer *scope
	own   []*directive
}

// get returns the directive that counts in the scope: of the innermost block that has one.
func (s *scope) get(name string) *directive {
	if list := s.list(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// list returns the directives that count in the scope: nginx takes those of a block only if an inner one has none.
func (s *scope) list(names ...string) (list []*directive) {
	for ; s != nil && len(list) == 0; s = s.outer {
		list = s.inner(names...)
	}
	return list
}

// inner returns the directives of the innermost block alone.
func (s *scope) inner(names ...string) (list []*directive) {
	for _, d := range s.own {
		if slices.Contains(names, d.name) {
			list = append(list, d)
		}
	}
	return list
}

// one returns the directive of that name in the innermost block, or nil.
func (s *scope) one(name string) *directive {
	if list := s.inner(name); len(list) > 0 {
		return list[0]
	}
	return nil
}

// listen is an address of a server.
type listen struct {
	addr      string // "127.0.0.1:443"
	tls       bool
	isDefault bool
	backlog   int
	from      *directive
}

// server is a server block.
type server struct {
	im       *importer
	from     *directive
	scope    *scope
	listens  []listen
	names    []string // host names and addresses that a project may have, lower case
	anyName  string   // the first of all, also one that is none, for the project's name
	nameless bool
	named    *directive // the server_name
	routes   []*route
	shut     bool      // it is there to answer nobody
	secure   *redirect // it sends plain http to https
	only     bool      // and that is all it does
	notes    notebook
}

// redirect is a rule that sends plain http to https.
type redirect struct {
	from *directive
	host string // "" for the one that was asked for
	port string
}

// keepsName reports whether clients are sent to the name that they asked for.
func (r *redirect) keepsName() bool {
	return r.host != "" && r.host != "$server_name" && strings.HasPrefix(r.host, "$")
}

// httpLevel are the directives that, beside servers, stand in a file for http.
var httpLevel = named("server upstream map geo split_clients limit_req_zone limit_conn_zone log_format proxy_cache_path types init_by_lua_block init_worker_by_lua_block lua_shared_dict lua_package_path")

// serverOnly are the directives of a server that may not stand in http.
var serverOnly = named("listen server_name location rewrite return if set try_files proxy_pass alias internal")

// top reads a configuration: what is in http, and what stands outside of all blocks as it does in a file for http or server.
func (im *importer) top(tree []*directive) {
	var bare []*directive
	whole := false
	for _, d := range tree {
		switch {
		case d.name == "http" && d.opens:
			im.http(d.block, true)
			whole = true
		default:
			bare = append(bare, d)
		}
	}
	im.http(bare, whole)
}

// http reads the directives of a http block, or, unless that is there as well, of a file for one or for a server.
func (im *importer) http(list []*directive, whole bool) {
	has := func(names map[string]bool) bool {
		return slices.ContainsFunc(list, func(d *directive) bool { return names[d.name] })
	}
	servers := slices.ContainsFunc(list, func(d *directive) bool { return d.name == "server" && d.opens })
	if !whole && !servers && has(serverOnly) {
		list = bareServer(list)
	}
	s := &scope{own: list}
	for _, d := range list {
		switch {
		case d.name == "upstream" && d.opens:
			im.upstream(d)
		case d.name == "map" && d.arg(0) == "$http_origin":
			im.origins[d.arg(1)] = d
		}
	}
	for _, d := range list {
		switch {
		case d.name == "server" && d.opens:
			im.found = true
			im.server(d, s)
		case d.name == "upstream":
		case d.name == "map":
			im.mapping(d)
		case serverOnly[d.name]:
			im.notes.add(NotCarried, d, "it stands outside of a server: put it into the one that it is for")
		default:
			account(&im.notes, d)
		}
	}
	im.insecure(&im.notes, s)
}

// bareServer puts what a file has for inside of a server into one.
func bareServer(list []*directive) []*directive {
	var outer, inner []*directive
	for _, d := range list {
		if httpLevel[d.name] {
			outer = append(outer, d)
		} else {
			inner = append(inner, d)
		}
	}
	at := inner[0].at
	return append(outer, &directive{name: "server", block: inner, opens: true, at: at})
}

// mapping notes what becomes of a map block.
func (im *importer) mapping(d *directive) {
	if strings.EqualFold(d.arg(0), "$http_upgrade") {
		im.notes.add(Needless, d, "the tunnel carries Upgrade and Connection itself")
		return
	}
	if d.arg(0) == "$http_origin" {
		im.notes.add(Needless, d, "[cors] has the origins that it allows")
		return
	}
	im.notes.add(NotCarried, d, "there are no variables here; what uses it is listed where it does")
}

// server reads a server block.
func (im *importer) server(d *directive, http *scope) {
	sv := &server{im: im, from: d, scope: &scope{http, d.block}}
	for _, l := range sv.scope.inner("listen") {
		sv.listen(l)
	}
	if len(sv.scope.inner("listen")) == 0 {
		at := &directive{name: "listen", args: []string{"80"}, at: d.at}
		sv.listens = append(sv.listens, listen{addr: "127.0.0.1:80", from: at})
		sv.notes.add(Different, at, "there is no listen: nginx then takes port 80, or 8000 where a user starts it; here it is 80")
	}
	sv.serverNames()
	sv.sslOn()
	sv.all()
	sv.tls()
	sv.insecure()
	for _, own := range d.block {
		if own.name != "if" && own.name != "error_page" { // rules has read them
			account(&sv.notes, own)
		}
	}
	im.servers = append(im.servers, sv)
}

// insecure notes what http says of protocols and ciphers.
func (im *importer) insecure(b *notebook, s *scope) {
	for _, d := range s.inner("ssl_protocols") {
		protocols(b, d)
	}
	for _, d := range s.inner("ssl_ciphers") {
		ciphers(b, d)
	}
}

func (sv *server) insecure() { sv.im.insecure(&sv.notes, sv.scope) }

// listen reads an address. Those that are not this machine's alone become its loopback address.
func (sv *server) listen(d *directive) {
	l := listen{from: d}
	address := d.arg(0)
	for _, word := range d.args[min(1, len(d.args)):] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "ssl", "quic":
			l.tls = true
		case "default_server", "default":
			l.isDefault = true
		case "backlog":
			l.backlog, _ = strconv.Atoi(value)
		case "proxy_protocol":
			sv.notes.add(Careful, d, "the PROXY protocol is not read here: a balancer in front would be taken for the client")
		}
	}
	switch {
	case strings.HasPrefix(address, "unix:"):
		sv.notes.add(NotCarried, d, "Culvert listens on IP addresses, not on a socket in a folder")
		return
	case slices.Contains(d.args, "quic"):
		sv.notes.add(NotCarried, d, "HTTP/3 is not spoken here")
		return
	}
	host, port, ok := splitListen(address)
	first, last, ranged := strings.Cut(port, "-")
	if !ranged {
		last = first
	}
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if !ok || err1 != nil || err2 != nil || from == 0 || to < from || to-from > 64 {
		sv.notes.add(NotCarried, d, "Culvert does not understand the address")
		return
	}
	addrs, beyond := loopback(host)
	if beyond {
		sv.notes.add(Different, d, "nginx lets every machine of the network in here, Culvert only this one: "+
			"it listens on loopback; for others write the address, such as 0.0.0.0, in listen and who may come in allow")
	}
	if slices.Contains(d.args, "ipv6only=off") && host == "::" {
		addrs = append(addrs, netip.MustParseAddr("127.0.0.1"))
	}
	if from < 1024 {
		sv.notes.add(Different, d, "ports below 1024 belong to root on Linux, and Culvert does not run as root: "+
			"culvert doctor tells the ways, or choose one from 1024 up, such as 8443")
	}
	for port := from; port <= to; port++ {
		for _, a := range addrs {
			l.addr = netip.AddrPortFrom(a, uint16(port)).String()
			if !slices.ContainsFunc(sv.listens, func(o listen) bool { return o.addr == l.addr }) {
				sv.listens = append(sv.listens, l)
			}
		}
	}
}

// splitListen takes an address of listen apart.
func splitListen(s string) (host, port string, ok bool) {
	switch i := strings.LastIndexByte(s, ':'); {
	case s == "":
		return "", "", false
	case strings.Trim(s, "0123456789-") == "":
		return "*", s, true
	case strings.HasSuffix(s, "]"), i < 0:
		return strings.Trim(s, "[]"), "80", true
	default:
		return strings.Trim(s[:i], "[]"), s[i+1:], true
	}
}

// loopback returns the addresses of this machine that stand for one of listen, and whether that is reached by others.
func loopback(host string) (list []netip.Addr, beyond bool) {
	if host == "localhost" {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, false
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && addr.IsLoopback():
		return []netip.Addr{addr.Unmap()}, false
	case err == nil && addr.Is6():
		return []netip.Addr{netip.IPv6Loopback()}, true
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, true
}

var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// serverNames reads the names by which a server is found.
func (sv *server) serverNames() {
	for _, d := range sv.scope.inner("server_name") {
		if sv.named == nil {
			sv.named = d
		}
		for _, name := range d.args {
			sv.serverName(d, strings.ToLower(name))
		}
	}
	sv.nameless = len(sv.names) == 0
}

func (sv *server) serverName(d *directive, name string) {
	bare := strings.TrimSuffix(name, ".")
	_, noAddress := netip.ParseAddr(strings.Trim(bare, "[]"))
	host, port, hasPort := strings.Cut(bare, ":")
	switch {
	case name == "" || name == "_":
		return
	case strings.HasPrefix(name, "~"):
		sv.notes.add(NotCarried, d, name+": no regular expressions, browsers need each name in the certificate, so write each in hosts")
	case strings.ContainsAny(name, "*") || strings.HasPrefix(name, "."):
		sv.notes.add(NotCarried, d, name+": no wildcards, browsers refuse them for local names, so write each name in hosts")
		bare = strings.Trim(bare, "*.")
		if strings.HasPrefix(name, ".") {
			sv.addName(bare) // it stands for the name itself, too
		}
		if sv.anyName == "" {
			sv.anyName = bare
		}
	case noAddress != nil && hasPort && hostName.MatchString(host):
		sv.notes.add(Different, d, "a server_name has no port, so nginx never finds the server by "+name+
			" and it answered as the default one; here it is found by "+host+", and the port "+port+" belongs to listen")
		sv.addName(host)
	case noAddress == nil:
		sv.addName(strings.Trim(bare, "[]"))
	case strings.Contains(name, "$"):
		sv.notes.add(NotCarried, d, "there are no variables here; write the name in hosts")
	case !hostName.MatchString(bare):
		sv.notes.add(NotCarried, d, fmt.Sprintf("%q is no name that browsers send; write it as they do, beginning with xn--", name))
	default:
		sv.addName(bare)
	}
}

func (sv *server) addName(name string) {
	if !hostName.MatchString(name) {
		if _, err := netip.ParseAddr(name); err != nil {
			return
		}
	}
	if sv.anyName == "" {
		sv.anyName = name
	}
	if !slices.Contains(sv.names, name) {
		sv.names = append(sv.names, name)
	}
}

// secured reports whether any of the server's addresses speaks TLS.
func (sv *server) secured() bool {
	return slices.ContainsFunc(sv.listens, func(l listen) bool { return l.tls })
}

// addresses returns where the server listens.
func (sv *server) addresses() (list []string) {
	for _, l := range sv.listens {
		list = append(list, l.addr)
	}
	return list
}
