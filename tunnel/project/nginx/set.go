package nginx

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// set are servers that become one project: they have a name in common, or none.
type set struct {
	servers   []*server // those with routes
	senders   []*server // those that only send clients to https
	listens   []string
	names     []string
	routes    []*route
	secure    *redirect // plain http goes to https
	localhost bool
	name      string
	notes     notebook
}

// arrange sorts the servers into sets.
func (im *importer) arrange() {
	im.contest()
	var senders []*server
	for _, sv := range im.servers {
		switch {
		case len(sv.listens) == 0 || !sv.serves() && !sv.only:
			im.drop(sv)
		case sv.only:
			senders = append(senders, sv)
		default:
			im.join(sv)
		}
	}
	for _, sv := range senders {
		im.attach(sv)
	}
	for _, s := range im.sets {
		s.merge(im)
	}
	im.sets = slices.DeleteFunc(im.sets, func(s *set) bool { return len(s.routes) == 0 })
	im.nameSets()
	im.shareLocalhost()
}

// drop keeps the notes of a server that becomes no project.
func (im *importer) drop(sv *server) {
	for _, n := range sv.notes {
		if n.Kind != Different { // nothing of it is here
			im.notes.merge(n)
		}
	}
	switch {
	case sv.shut:
	case sv.serves():
		im.notes.add(NotCarried, sv.from, "no address is left at which it could be served")
	default:
		im.notes.add(NotCarried, sv.from, "nothing in it leads anywhere here")
	}
}

// serves reports whether somebody gets something from a server.
func (sv *server) serves() bool {
	return slices.ContainsFunc(sv.routes, func(r *route) bool { return r.shut == "" })
}

// contest takes names from servers that lose them to an earlier one at the same address, as nginx does.
func (im *importer) contest() {
	type claim struct{ addr, name string }
	first := make(map[claim]*server)
	for _, sv := range im.servers {
		names := sv.names
		if sv.nameless {
			names = []string{""}
		}
		lost := make(map[string]*server) // by name
		for _, name := range names {
			for _, l := range sv.listens {
				c := claim{l.addr, name}
				if first[c] == nil {
					first[c] = sv
				} else if first[c] != sv {
					lost[name] = first[c]
				}
			}
		}
		for _, name := range names {
			winner := lost[name]
			if winner == nil || len(sv.routes) == 0 || len(winner.routes) == 0 {
				continue
			}
			at := sv.named
			if at == nil {
				at = sv.from
			}
			if name == "" {
				sv.listens = slices.DeleteFunc(sv.listens, func(l listen) bool { return first[claim{l.addr, ""}] != sv })
				sv.notes.add(NotCarried, at, "nginx gives its requests to the server in "+im.at(winner.from)+", which has that address, too")
				continue
			}
			sv.notes.add(NotCarried, at, "nginx gives "+name+" to the server in "+im.at(winner.from)+", which has that address, too")
			sv.names = slices.DeleteFunc(slices.Clone(sv.names), func(n string) bool { return n == name })
			if len(sv.names) == 0 {
				sv.listens = nil
			}
		}
	}
}

// kin reports whether two servers have a name in common, or none.
func (sv *server) kin(o *server) bool {
	return sv.nameless && o.nameless ||
		slices.ContainsFunc(sv.names, func(n string) bool { return slices.Contains(o.names, n) })
}

// join puts a server with routes into a set that has its names, and at its addresses nothing yet.
func (im *importer) join(sv *server) {
	for _, s := range im.sets {
		if !slices.ContainsFunc(s.servers, sv.kin) {
			continue
		}
		if slices.ContainsFunc(sv.addresses(), func(a string) bool { return slices.Contains(s.listens, a) }) {
			sv.names = slices.DeleteFunc(slices.Clone(sv.names), func(n string) bool { return slices.Contains(s.names, n) })
			continue
		}
		s.add(sv)
		return
	}
	s := &set{}
	im.sets = append(im.sets, s)
	s.add(sv)
}

func (s *set) add(sv *server) {
	s.servers = append(s.servers, sv)
	s.listens = append(s.listens, sv.addresses()...)
	s.addNames(sv.names)
	if sv.secure != nil {
		s.secure = sv.secure
	}
}

func (s *set) addNames(names []string) {
	for _, n := range names {
		if !slices.Contains(s.names, n) {
			s.names = append(s.names, n)
		}
	}
}

// secured reports whether the set speaks TLS anywhere.
func (s *set) secured() bool { return slices.ContainsFunc(s.servers, (*server).secured) }

// attach puts a server that only sends clients to https to those that they come to.
func (im *importer) attach(sv *server) {
	var to []*set
	for _, s := range im.sets {
		if s.secured() && slices.ContainsFunc(s.servers, sv.kin) {
			to = append(to, s)
		}
	}
	if len(to) == 0 && sv.nameless { // it is there for all of them
		for _, s := range im.sets {
			if s.secured() {
				to = append(to, s)
			}
		}
	}
	for _, s := range to {
		s.senders = append(s.senders, sv)
	}
	if len(to) > 0 {
		return
	}
	r := &route{from: sv.secure.from, path: "/"}
	host := strings.ToLower(sv.secure.host)
	if strings.HasPrefix(host, "$") {
		host = ""
	}
	if host == "" && len(sv.names) > 0 {
		host = sv.names[0]
	}
	if host == "" {
		sv.notes.add(NotCarried, sv.secure.from, "it leads to https at the name that was asked for, and no server in what was read speaks TLS")
		im.drop(sv)
		return
	}
	sv.send(r, sv.secure.from, away{"https", host, sv.secure.port}.String()+"$request_uri")
	sv.notes.add(Different, sv.secure.from, "no server in what was read has that name and speaks TLS; the route leads there all the same")
	sv.routes, sv.only, sv.secure = []*route{r}, false, nil
	im.join(sv)
}

// merge makes the routes of the set from those of its servers: what is the same at several addresses is one route.
func (s *set) merge(im *importer) {
	at := make(map[*server][]string)
	for _, sv := range s.servers {
		at[sv] = sv.addresses()
	}
	plain := func(sv *server) bool { return !sv.secured() && sv.secure == nil }
	for _, sender := range s.senders {
		if slices.ContainsFunc(s.servers, plain) || s.at(sender.secure) != nil && !sender.secures443() {
			s.redirectRoute(sender)
			continue
		}
		s.secure = sender.secure
		target := s.target(sender)
		for _, addr := range sender.addresses() {
			if !slices.Contains(s.listens, addr) {
				s.listens = append(s.listens, addr)
				at[target] = append(at[target], addr)
			}
		}
		s.adopt(im, sender)
	}
	if s.secure != nil && slices.ContainsFunc(s.servers, plain) {
		s.notes.add(NotCarried, s.secure.from, "redirect_http would send the plain http of all of the project's ports to https, and one of them serves it")
		s.secure = nil
	}
	if s.secure != nil {
		s.notes.temporary(s.secure.from)
		if !s.standardPorts() {
			s.notes.add(Different, s.secure.from, "http on a port is sent to https on that same port, which speaks both")
		}
	}
	for _, sv := range s.servers {
		for _, r := range sv.routes {
			s.route(r, at[sv])
		}
		for _, n := range sv.notes {
			s.notes.merge(n)
		}
	}
	slices.SortFunc(s.listens, compareAddr)
	for _, r := range s.routes {
		slices.SortFunc(r.listens, compareAddr)
		if slices.Equal(r.listens, s.listens) {
			r.listens = nil
		}
	}
}

// adopt takes over what a sender has besides its rule.
func (s *set) adopt(im *importer, sender *server) {
	for _, n := range sender.notes {
		s.notes.merge(n)
	}
	for _, name := range sender.names {
		if !slices.ContainsFunc(im.sets, func(o *set) bool { return slices.Contains(o.names, name) }) {
			s.addNames([]string{name})
		}
	}
}

// target is the server that clients come to whom a sender sends to https.
func (s *set) target(sender *server) *server {
	if sv := s.at(sender.secure); sv != nil {
		return sv
	}
	return s.servers[slices.IndexFunc(s.servers, (*server).secured)]
}

// at is the server that speaks TLS on the port of a redirect, or nil.
func (s *set) at(r *redirect) *server {
	port := r.port
	if port == "" || strings.HasPrefix(port, "$") {
		port = "443"
	}
	for _, sv := range s.servers {
		for _, l := range sv.listens {
			if l.tls && strings.HasSuffix(l.addr, ":"+port) {
				return sv
			}
		}
	}
	return nil
}

// standardPorts reports whether the set has no other ports than those of http and https.
func (s *set) standardPorts() bool {
	return !slices.ContainsFunc(s.listens, func(addr string) bool {
		return !strings.HasSuffix(addr, ":80") && !strings.HasSuffix(addr, ":443")
	})
}

// secures443 reports whether a sender does what redirect_http does: it keeps the name, and sends from port 80 to 443.
func (sv *server) secures443() bool {
	return sv.secure.keepsName() && (sv.secure.port == "" || sv.secure.port == "443") &&
		!slices.ContainsFunc(sv.addresses(), func(addr string) bool { return !strings.HasSuffix(addr, ":80") })
}

// redirectRoute makes a route of a sender, at its addresses alone.
func (s *set) redirectRoute(sender *server) {
	host := sender.secure.host
	switch {
	case sender.secure.keepsName():
		host = ""
	case strings.HasPrefix(host, "$"): // nginx's first name
		host = "localhost"
		if names := append(slices.Clone(sender.names), s.names...); len(names) > 0 {
			host = names[0]
		}
	}
	s.notes.temporary(sender.secure.from)
	var addrs []string
	for _, addr := range sender.addresses() {
		if !slices.Contains(s.listens, addr) {
			s.listens = append(s.listens, addr)
			addrs = append(addrs, addr)
		}
	}
	if len(addrs) > 0 {
		s.routes = append(s.routes, &route{
			from: sender.secure.from, path: "/", redirect: away{"https", host, sender.secure.port}.String(), listens: addrs,
		})
	}
	for _, n := range sender.notes {
		s.notes.merge(n)
	}
}

// route adds a route that serves at addresses, to an equal one if there is one.
func (s *set) route(r *route, addrs []string) {
	for _, o := range s.routes {
		if o.path == r.path && o.exact == r.exact && o.sameAs(r) {
			o.listens = append(o.listens, addrs...)
			o.also = append(o.also, r.from)
			return
		}
	}
	r.listens = slices.Clone(addrs)
	s.routes = append(s.routes, r)
}

// compareAddr orders addresses by port, then IPv4 before IPv6.
func compareAddr(a, b string) int {
	key := func(s string) int {
		_, port, _ := splitListen(s)
		n, _ := strconv.Atoi(port)
		if n *= 2; strings.HasPrefix(s, "[") {
			n++
		}
		return n
	}
	if d := key(a) - key(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// nameSets gives each set its project's name.
func (im *importer) nameSets() {
	taken := make(map[string]bool)
	for _, s := range im.sets {
		name := ""
		for _, sv := range s.servers {
			if name = sv.anyName; len(sv.names) > 0 {
				name = sv.names[0]
			}
			if name != "" && name != "localhost" {
				break
			}
			name = ""
		}
		for i := 0; name == "" && i < len(s.routes); i++ {
			name = s.routes[i].group
		}
		if name == "" {
			name = im.base()
		}
		name = projectName(name)
		for n, free := 2, name; ; n++ {
			if !taken[strings.ToLower(free)] {
				name = free
				break
			}
			free = name + "-" + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		s.name = name
	}
}

// base is the name of the first file without its ending.
func (im *importer) base() string {
	base := filepath.Base(im.topFile)
	return projectName(strings.TrimSuffix(base, filepath.Ext(base)))
}

// projectName makes a name that a project may have.
func projectName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r)) {
			return r
		}
		return '-'
	}, s)
	s = strings.Trim(s, ".-")
	if len(s) > 200 {
		s = s[:200]
	}
	if s == "" {
		return "nginx"
	}
	return s
}

// shareLocalhost decides which of the projects at one address is found by localhost: the one of the server that nginx
// takes by default there, or else the first.
func (im *importer) shareLocalhost() {
	taken := make(map[string]bool)
	give := func(s *set) {
		if slices.ContainsFunc(s.listens, func(a string) bool { return taken[a] }) {
			return
		}
		s.localhost = true
		for _, a := range s.listens {
			taken[a] = true
		}
	}
	for _, s := range im.sets {
		if slices.Contains(s.names, "localhost") {
			give(s)
		}
	}
	byDefault := func(l listen) bool { return l.isDefault }
	for _, s := range im.sets {
		if !s.localhost && slices.ContainsFunc(s.servers, func(sv *server) bool { return slices.ContainsFunc(sv.listens, byDefault) }) {
			give(s)
		}
	}
	for _, s := range im.sets {
		if !s.localhost {
			give(s)
		}
	}
}
