package nginx

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/project"
)

// sameAs reports whether two routes do the same for their requests.
func (r *route) sameAs(o *route) bool {
	return slices.Equal(r.to, o.to) && r.root == o.root && r.fallback == o.fallback && r.redirect == o.redirect &&
		(r.strip == o.strip && (!r.strip || r.path == o.path)) && r.host == o.host && r.connect.equal(o.connect) &&
		r.read.equal(o.read) && r.send.equal(o.send) && slices.Equal(r.headers, o.headers) && r.auth.equal(o.auth) &&
		r.access.equal(o.access) && r.cors.equal(o.cors) && (r.shut == "") == (o.shut == "")
}

func (t *timeout) equal(o *timeout) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.span == o.span
}

func (a *auth) equal(o *auth) bool {
	if a == nil || o == nil {
		return a == o
	}
	return a.file.arg(0) == o.file.arg(0)
}

func (a *access) equal(o *access) bool {
	if a == nil || o == nil {
		return a == o
	}
	return slices.Equal(a.allow, o.allow) && slices.Equal(a.deny, o.deny)
}

// free reports whether nginx lets anybody use a route without a look at who it is.
func (r *route) free() bool { return r.redirect != "" || r.shut != "" }

// compose writes the project files.
func (im *importer) compose() {
	for _, s := range im.sets {
		c := &composer{im: im, set: s, top: &table{}}
		if f, ok := c.file(); ok {
			im.result.Files = append(im.result.Files, f)
		}
	}
}

// composer writes the project file of a set.
type composer struct {
	*set
	im     *importer
	doc    document
	top    *table
	access *access // of all routes
	ruled  bool    // access counts for all of them
}

// file returns the project file, and whether there is one. What a project file cannot say, in spite of all care, is
// taken out until it can be read, and is a note.
func (c *composer) file() (File, bool) {
	c.head()
	c.tables()
	for range 1000 {
		text := c.doc.write()
		p, err := project.Parse(filepath.Join(c.im.Out, c.name+".toml"), text)
		if err == nil {
			c.doc.outro = c.unsaid()
			text = c.doc.write()
			return File{p, text, c.notes.sorted()}, true
		}
		problems, ok := err.(project.Errors)
		if !ok || !c.give(problems[0]) {
			c.notes.add(NotCarried, c.servers[0].from, "it gives no project: "+fault(err))
			break
		}
	}
	for _, n := range c.notes {
		c.im.notes.merge(n)
	}
	return File{}, false
}

// give takes out what a problem is about.
func (c *composer) give(p project.Problem) bool {
	e, t := c.doc.drop(p.Line)
	if e == nil {
		return false
	}
	from := e.from
	if from == nil && t.route != nil {
		from = t.route.from
	}
	if from == nil {
		from = c.servers[0].from
	}
	kind, why := NotCarried, withoutPlace(p)
	switch {
	case slices.Contains([]string{"allow", "deny", "user", "password_env", "listen"}, e.key), t.route != nil && t.route.shut != "":
		kind = Careful
	case slices.Contains([]string{"to", "root", "redirect"}, e.key):
		shut := *t.route
		shut.shut = "what the location leads to cannot be carried"
		c.doc.tables = append(c.doc.tables, c.table(&shut, false))
		c.notes.shut(from, why)
		return true
	}
	c.notes.add(kind, from, why)
	return true
}

// unsaid are the comments at the end of the file, about what is not in it.
func (c *composer) unsaid() (list []string) {
	for _, n := range c.notes.sorted() {
		if n.Kind != Careful && n.Kind != NotCarried {
			continue
		}
		if len(list) == 0 {
			list = append(list, "Not carried over:")
		}
		mark := ""
		if n.Kind == Careful {
			mark = "CAREFUL, "
		}
		list = append(list, "  "+c.im.places(n.Places)+" "+mark+n.Directive, "    "+n.Why)
	}
	return list
}

// at is where a directive stands, as comments name it.
func (c *composer) at(d *directive) string { return c.im.at(d) }

// head writes the keys above the tables.
func (c *composer) head() {
	c.doc.intro = []string{"From " + filepath.Base(c.im.topFile) + ", by culvert import nginx. The comments name its lines."}
	c.doc.tables = append(c.doc.tables, c.top)
	c.top.text("name", c.name, nil)
	if len(c.im.sets) > 1 {
		c.top.text("group", c.im.base(), nil)
	}
	c.top.list("listen", c.listens, c.listenFrom()).note = c.listenNote()
	hosts, from := c.hosts()
	if e := c.top.list("hosts", hosts, from); from != nil {
		e.note = c.at(from) + " server_name"
	}
	if c.secure != nil {
		c.top.boolean("redirect_http", true, c.secure.from).note = c.at(c.secure.from) + " " + c.secure.from.name
	}
	backlog := 0
	var backlogFrom *directive
	for _, sv := range slices.Concat(c.servers, c.senders) {
		for _, l := range sv.listens {
			if l.backlog > backlog && l.backlog <= 65535 {
				backlog, backlogFrom = l.backlog, l.from
			}
		}
	}
	if backlog > 0 {
		c.top.set("backlog", fmt.Sprint(backlog), backlogFrom).note = c.at(backlogFrom) + " listen"
	}
	c.everyAccess()
	c.doorNotes()
}

func (c *composer) listenFrom() *directive {
	for _, sv := range slices.Concat(c.servers, c.senders) {
		for _, l := range sv.listens {
			return l.from
		}
	}
	return nil
}

// listenNote names the lines of all listen directives.
func (c *composer) listenNote() string {
	var places []Place
	for _, sv := range slices.Concat(c.servers, c.senders) {
		for _, l := range sv.listens {
			if !slices.Contains(places, l.from.at) {
				places = append(places, l.from.at)
			}
		}
	}
	slices.SortStableFunc(places, func(a, b Place) int {
		if a.File != b.File {
			return 0
		}
		return a.Line - b.Line
	})
	if len(places) > 6 {
		return c.im.places(places[:6]) + ", … listen"
	}
	return c.im.places(places) + " listen"
}

// hosts are the names by which the project is found.
func (c *composer) hosts() (hosts []string, from *directive) {
	for _, name := range c.names {
		if why := refusedTop("hosts", "["+project.Quote(name)+"]"); why != "" {
			c.notes.add(NotCarried, c.namedAt(name), why)
			continue
		}
		hosts = append(hosts, name)
		c.signed(name)
	}
	if len(hosts) > 0 {
		from = c.namedAt(hosts[0])
	}
	switch {
	case c.localhost && len(hosts) == 0:
		return nil, nil // the default
	case c.localhost && !slices.Contains(hosts, "localhost"):
		hosts = append(hosts, "localhost")
	case !c.localhost && len(hosts) == 0:
		hosts = []string{strings.ToLower(c.name) + ".localhost"}
	}
	return hosts, from
}

// namedAt is the directive that gives the set a name.
func (c *composer) namedAt(name string) *directive {
	for _, sv := range slices.Concat(c.servers, c.senders) {
		if slices.Contains(sv.names, name) && sv.named != nil {
			return sv.named
		}
	}
	return c.servers[0].from
}

// signed notes names that the local CA does not sign.
func (c *composer) signed(name string) {
	d := c.namedAt(name)
	if addr, err := netip.ParseAddr(name); err == nil {
		if !addr.IsLoopback() {
			c.notes.add(Different, d, "the local CA signs no addresses of a network: culvert trust --name "+name+
				" has a second one sign this; and nobody comes here by it unless it is in listen")
		}
		return
	}
	for _, domain := range []string{"localhost", "test", "internal", "home.arpa"} {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			return
		}
	}
	c.notes.add(Different, d, "the local CA signs only names that mean this machine: culvert trust --name "+name+
		" has a second one sign this, and culvert hosts --add "+name+" leads it here")
}

// doorNotes notes what is different about who finds the project.
func (c *composer) doorNotes() {
	for _, sv := range c.servers {
		for _, l := range sv.listens {
			if l.isDefault {
				c.notes.add(Different, l.from, "nginx gives the default server what is for names that no server has; here that is answered 421")
			}
		}
	}
	if !c.localhost && !slices.Contains(c.names, "localhost") {
		c.notes.add(Different, c.servers[0].from, "localhost leads to another project at the same address; this one is found by its own names")
	}
}

// everyAccess writes allow and deny above the tables if they are the same for all routes.
func (c *composer) everyAccess() {
	c.ruled = true
	first := true
	for _, r := range c.routes {
		if r.free() {
			continue
		}
		if first {
			c.access, first = r.access, false
		}
		c.ruled = c.ruled && r.access.equal(c.access)
	}
	if c.ruled && c.access != nil {
		deny := c.access.deny
		if len(c.access.allow) == 0 { // the default of allow holds these
			deny = append(slices.Clone(deny), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
		}
		at := c.at(c.access.from) + " " + c.access.from.name
		c.top.list("allow", project.Ranges(c.access.allow), c.access.from).note = at
		c.top.list("deny", project.Ranges(deny), c.access.from).note = at
	}
}

// tables writes all tables.
func (c *composer) tables() {
	env := ""
	if a := c.asked(); a != nil {
		env = envName(c.name)
		t := &table{header: "[auth]", above: []string{c.at(a.from) + " " + a.from.String()}}
		t.text("user", c.user(a), a.from)
		t.text("password_env", env, a.from)
		c.doc.tables = append(c.doc.tables, t)
	}
	c.certificate()
	c.crossOrigin()
	for _, r := range c.routes {
		c.doc.tables = append(c.doc.tables, c.table(r, env != ""))
	}
}

// asked returns whom the project asks for a password.
func (c *composer) asked() (first *auth) {
	for _, r := range c.routes {
		switch {
		case r.auth == nil || r.free():
		case first == nil:
			first = r.auth
		case !r.auth.equal(first):
			c.notes.add(Careful, r.auth.from, fmt.Sprintf("a project has one user, here the one of line %d; "+
				"who has that password comes in here, too", first.from.at.Line))
		}
	}
	return first
}

// user is who is asked for a password.
func (c *composer) user(a *auth) string {
	c.notes.add(Different, a.from, "nginx keeps a hash of the password, from which it cannot be had: set the variable that password_env names")
	if len(a.users) == 0 {
		c.notes.add(Different, a.file, "the users in it cannot be read here; the project file names one, dev")
		return "dev"
	}
	if len(a.users) > 1 {
		c.notes.add(NotCarried, a.file, "there is one user, "+a.users[0]+"; the others are left out: "+strings.Join(a.users[1:], ", "))
	}
	return a.users[0]
}

// envName is the variable of a project's password.
func envName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(name))
	if name[0] >= '0' && name[0] <= '9' {
		name = "_" + name
	}
	return name + "_PASSWORD"
}

// certificate writes the configuration's own certificate, as a comment.
func (c *composer) certificate() {
	for _, sv := range c.servers {
		cert, key := sv.scope.get("ssl_certificate"), sv.scope.get("ssl_certificate_key")
		if cert == nil || cert.arg(0) == "" || strings.Contains(cert.arg(0), "$") {
			continue
		}
		t := &table{header: "[certificate]", off: true, above: []string{
			c.at(cert) + " ssl_certificate: the local CA's is served instead. Without # this one is:",
		}}
		t.text("file", c.im.confPath(cert.arg(0)), cert)
		if key != nil && key.arg(0) != cert.arg(0) {
			t.text("key", c.im.confPath(key.arg(0)), key)
		}
		c.doc.tables = append(c.doc.tables, t)
		return
	}
}

// confPath is a path that nginx has relative to the folder of its configuration.
func (im *importer) confPath(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return im.relative(filepath.Join(filepath.Dir(im.topFile), path))
}

// crossOrigin writes [cors] if it is the same for all routes and lets somebody do something; else as a comment.
func (c *composer) crossOrigin() {
	var all *cors
	differs, first := false, true
	for _, r := range c.routes {
		if r.free() {
			continue
		}
		differs = differs || !first && !r.cors.equal(all)
		first = false
		if all == nil {
			all = r.cors
		}
	}
	if all == nil {
		return
	}
	t := &table{header: "[cors]", above: []string{c.at(all.from) + " " + all.from.name}}
	origins, credentials := all.origins, all.credentials
	why := ""
	switch {
	case all.reflected && credentials:
		origins = []string{"https://localhost:5173"}
		why = "every page of the Internet could act in the user's name; name the origins that may"
	case all.reflected:
		origins = []string{"*"}
	case len(origins) == 0:
		origins = []string{"https://localhost:5173"}
		why = "without Access-Control-Allow-Origin browsers allow nothing; name the origins that may"
	case credentials && slices.Contains(origins, "*"):
		why, credentials = "browsers allow no credentials where every origin may; name the origins that may", true
		origins = []string{"https://localhost:5173"}
	}
	if differs && why == "" {
		why = "in the project file it is for all routes, and here it would be for more than in nginx; without # it is"
	}
	if why != "" {
		t.off = true
		t.above = append(t.above, "TODO "+why)
		c.notes.add(NotCarried, all.from, "[cors] is in the file as a comment: "+why)
	}
	t.list("origins", origins, all.from)
	t.list("methods", all.methods, all.from)
	t.list("headers", all.headers, all.from)
	t.boolean("credentials", credentials, all.from)
	c.doc.tables = append(c.doc.tables, t)
}

// table writes a route.
func (c *composer) table(r *route, asks bool) *table {
	t := &table{header: "[[route]]", route: r, above: []string{c.at(r.from) + " " + r.from.String()}}
	for _, d := range r.also {
		t.above = append(t.above, c.at(d)+" "+d.String())
	}
	t.text("path", r.path, r.from)
	t.boolean("exact", r.exact, r.from)
	t.list("listen", r.listens, r.from)
	if r.shut != "" {
		t.text("redirect", "/", r.from).note = "a route has to lead somewhere; " + r.shut
		t.list("deny", project.Ranges(everybody), r.from)
		return t
	}
	t.list("to", r.to, r.from)
	t.text("root", r.root, r.from)
	t.text("fallback", r.fallback, r.from)
	t.text("redirect", r.redirect, r.from)
	t.boolean("strip_prefix", r.strip, r.from)
	t.text("host", r.host, r.from)
	c.timeout(t, "connect_timeout", r.connect)
	c.timeout(t, "read_timeout", r.read)
	c.timeout(t, "send_timeout", r.send)
	if len(r.headers) > 0 {
		var pairs []string
		for _, h := range r.headers {
			pairs = append(pairs, project.Quote(h.name)+" = "+project.Quote(h.value))
		}
		t.set("set_headers", "{ "+strings.Join(pairs, ", ")+" }", r.from)
	}
	if asks && r.auth == nil {
		t.set("auth", "false", r.from)
	}
	if !c.ruled && r.access != nil && !r.free() {
		at := c.at(r.access.from) + " " + r.access.from.name
		t.list("allow", project.Ranges(r.access.allow), r.access.from).note = at
		t.list("deny", project.Ranges(r.access.deny), r.access.from).note = at
	}
	return t
}

// timeout writes a span of time, with its line if that is not within the location.
func (c *composer) timeout(t *table, key string, of *timeout) {
	if of == nil {
		return
	}
	e := t.text(key, spanText(of.span), of.from)
	if !slices.Contains(t.route.from.block, of.from) {
		e.note = c.at(of.from) + " " + of.from.name
	}
}

// spanText writes a span without zero parts at its end: 1m, not 1m0s; up to two minutes in seconds, as nginx users do.
func spanText(d time.Duration) string {
	if d%time.Second == 0 && d <= 2*time.Hour && (d < 2*time.Minute || d%time.Minute != 0) {
		return fmt.Sprintf("%ds", int(d/time.Second))
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
