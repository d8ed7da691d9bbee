package nginx

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// route is what becomes of a location.
type route struct {
	from  *directive
	path  string
	exact bool

	to        []string
	root      string
	fallback  string
	redirect  string
	strip     bool
	host      string // "" is the default, preserve
	connect   *timeout
	read      *timeout
	send      *timeout
	headers   []header
	auth      *auth // nil: nobody is asked
	access    *access
	cors      *cors
	shut      string // why it serves nobody
	status    string // what nginx answers where it serves nobody, if it says so
	redundant bool   // it does what the route around it does

	group   string       // the upstream block that it leads to
	listens []string     // where it serves
	also    []*directive // the locations of other servers that are the same
}

// timeout is a span with where it is from.
type timeout struct {
	span time.Duration
	from *directive
}

// all reads what a server does: its rules for all requests, its locations, and what answers where there is none.
func (sv *server) all() {
	sv.rules()
	if sv.only {
		for _, d := range sv.scope.inner("location") {
			switch m, path := matcher(d); {
			case strings.Contains(path, "acme-challenge"):
				sv.notes.add(Needless, d, "the local CA signs without a proof over http")
			case path != "/" || m == "=":
				sv.notes.add(NotCarried, d, "all of the server's requests go to https, as all but these did")
			}
		}
		return
	}
	if answer := sv.scope.one("return"); answer != nil {
		sv.whole(answer)
		return
	}
	for _, d := range sv.scope.inner("rewrite") {
		if elsewhere(d) {
			r := &route{from: d, path: "/"}
			sv.rewritten(r, d, sv.scope)
			sv.routes = append(sv.routes, r)
			return
		}
	}
	for _, d := range sv.scope.inner("location") {
		sv.location(d, sv.scope)
	}
	sv.rest()
	sv.settle()
}

// whole reads a return that answers all of a server's requests.
func (sv *server) whole(answer *directive) {
	if code := answer.arg(0); strings.HasPrefix(code, "4") || strings.HasPrefix(code, "5") {
		sv.shut = true
		sv.notes.add(Needless, answer, "the server answered nobody; here a request for a name that no project has is answered 421")
		return
	}
	r := &route{from: answer, path: "/"}
	sv.answer(r, answer, sv.scope)
	sv.routes = append(sv.routes, r)
}

// rest adds what answers where no location does.
func (sv *server) rest() {
	if slices.ContainsFunc(sv.routes, func(r *route) bool { return r.path == "/" && !r.exact }) {
		return
	}
	if slices.ContainsFunc(sv.scope.inner("location"), func(d *directive) bool { return d.arg(0) == "/" }) {
		return
	}
	s := &scope{outer: sv.scope}
	if sv.scope.get("root") == nil {
		if len(sv.routes) > 0 {
			sv.notes.add(Different, sv.from, "paths that no location names were looked for in nginx's own folder html; here they are answered 404")
		}
		return
	}
	r := &route{from: sv.scope.get("root"), path: "/"}
	s.own = append(s.own, sv.scope.inner("try_files")...)
	sv.static(r, s)
	sv.guard(r, s)
	sv.routes = append(sv.routes, r)
}

// matcher takes the words of a location apart: "", "=", "^~", "~", "~*" or "@", and the path.
func matcher(d *directive) (modifier, path string) {
	modifier, path = d.arg(0), d.arg(1)
	if len(d.args) > 1 {
		return modifier, path
	}
	for _, m := range []string{"=", "^~", "~*", "~", "@"} {
		if rest, ok := strings.CutPrefix(modifier, m); ok {
			return m, rest
		}
	}
	return "", modifier
}

// location reads a location, with those in it.
func (sv *server) location(d *directive, outer *scope) {
	s := &scope{outer, d.block}
	modifier, path := matcher(d)
	switch modifier {
	case "~", "~*":
		sv.uncarried(d, s, "a route is a path or what paths begin with, not a regular expression")
		return
	case "@":
		sv.notes.add(NotCarried, d, "there are no named locations; what leads to it is listed where it does")
		return
	case "", "=", "^~":
	default:
		sv.notes.add(NotCarried, d, "Culvert does not understand it")
		return
	}
	if !strings.HasPrefix(path, "/") {
		sv.notes.add(NotCarried, d, "no path of a request begins so")
		return
	}
	r := &route{from: d, path: path, exact: modifier == "="}
	if fault := refusedPath(path); fault != "" {
		sv.uncarried(d, s, fault)
		return
	}
	if slices.ContainsFunc(sv.routes, func(o *route) bool { return o.path == r.path && o.exact == r.exact }) {
		sv.notes.add(NotCarried, d, "the server has that location twice")
		return
	}
	for _, own := range d.block {
		if own.name == "if" {
			sv.condition(own, s)
		} else if own.name != "location" {
			account(&sv.notes, own)
		}
	}
	sv.lead(r, s)
	sv.guard(r, s)
	sv.routes = append(sv.routes, r)
	for _, inner := range s.inner("location") {
		sv.location(inner, s)
	}
}

// uncarried notes a location that is left out; it is for care if it kept somebody out or stood before files.
func (sv *server) uncarried(d *directive, s *scope, why string) {
	var shuts func(own *directive) bool
	shuts = func(own *directive) bool {
		return slices.ContainsFunc(own.block, shuts) || own.name == "deny" || own.name == "internal" || own.name == "auth_basic" && own.arg(0) != "off" ||
			guards[own.name] != "" || own.name == "return" && strings.HasPrefix(own.arg(0), "4")
	}
	switch {
	case slices.ContainsFunc(d.block, shuts):
		sv.notes.add(Careful, d, why+"; it kept somebody out, and its requests now go to the route whose path fits")
	case slices.ContainsFunc(d.block, func(own *directive) bool { return own.name == "proxy_pass" || handlers[own.name] != "" }):
		sv.notes.add(Careful, d, why+"; a route that fits its requests and has a root gives out the files themselves, the source of programs among them")
	default:
		sv.notes.add(NotCarried, d, why+"; its requests go to the route whose path fits")
	}
}

// lead finds out where a location leads. nginx asks in this order, too.
func (sv *server) lead(r *route, s *scope) {
	if d := s.one("internal"); d != nil {
		r.shut = "nginx reaches it only by itself"
		sv.notes.add(Needless, d, "there are no internal locations; nobody is served there")
		return
	}
	if d := s.one("return"); d != nil {
		sv.answer(r, d, s)
		return
	}
	if d := s.one("rewrite"); d != nil && sv.rewritten(r, d, s) {
		return
	}
	if d := s.one("proxy_pass"); d != nil {
		for _, files := range s.inner("try_files") {
			sv.notes.add(NotCarried, files, "a route serves files or leads to a backend; this one leads to the backend")
		}
		sv.pass(r, d, s)
		return
	}
	for _, own := range s.own {
		if why := handlers[own.name]; why != "" {
			sv.close(r, own, why)
			return
		}
	}
	sv.static(r, s)
}

// close makes a route that serves nobody of a location that cannot be carried: a wider one would take its requests.
func (sv *server) close(r *route, d *directive, why string) {
	*r = route{from: r.from, path: r.path, exact: r.exact, shut: why}
	sv.notes.shut(d, why)
}

// static reads a location that serves files.
func (sv *server) static(r *route, s *scope) {
	root, alias := s.get("root"), s.one("alias")
	if up := s.get("alias"); alias == nil && root == nil && up != nil {
		sv.close(r, up, "the alias of the location around it would have to be put together anew")
		return
	}
	switch {
	case alias != nil:
		sv.alias(r, alias)
	case root != nil:
		r.root = sv.folder(root)
	default:
		sv.close(r, r.from, "it serves nginx's own folder html, as it names no other")
	}
	if r.root == "" {
		return
	}
	from := root
	if alias != nil {
		from = alias
	}
	sv.notes.add(Different, from, "what has a name that begins with a dot, such as .git and .env, is not served; .well-known is")
	if d := s.get("index"); d != nil && !slices.Contains(d.args, "index.html") {
		sv.notes.add(NotCarried, d, "a folder is answered by its index.html")
	} else if d != nil && len(d.args) > 1 {
		sv.notes.add(Different, d, "a folder is answered by its index.html alone")
	}
	for _, d := range s.inner("try_files") {
		sv.tryFiles(r, d)
	}
	if sv.plain(r.from) {
		r.redundant = true // until settle finds that the route around it does something else
	}
}

// plain reports whether a location says nothing that counts here: nginx takes all from the server.
func (sv *server) plain(d *directive) bool {
	counts := func(own *directive) bool { return needless[own.name] == "" }
	return d.name == "location" && !slices.ContainsFunc(d.block, counts)
}

// alias reads the folder that stands for the location's path.
func (sv *server) alias(r *route, d *directive) {
	r.root, r.strip = sv.folder(d), true
	switch slash := strings.HasSuffix(d.arg(0), "/"); {
	case r.root == "":
	case r.exact:
		sv.close(r, d, "it is one file under another name, and a route serves folders")
	case slash != strings.HasSuffix(r.path, "/"):
		sv.notes.add(Different, d, fmt.Sprintf("nginx puts the path behind %s right behind %s, with or without a slash; here there is one between them", r.path, d.arg(0)))
	}
}

// folder returns the folder of root or alias, as the project file is to have it; "" if it cannot.
func (sv *server) folder(d *directive) string {
	dir := d.arg(0)
	if strings.Contains(dir, "$") {
		sv.notes.add(NotCarried, d, "there are no variables here")
		return ""
	}
	if !filepath.IsAbs(dir) {
		prefix := sv.im.prefix()
		sv.notes.add(Different, d, "nginx has it relative to its prefix, which the file does not say; it is taken as relative to "+
			prefix+" (--prefix tells another)")
		dir = filepath.Join(prefix, dir)
	}
	return sv.im.relative(dir)
}

// prefix is the folder that nginx takes paths as relative to: the one above conf, by default, or that of the file.
func (im *importer) prefix() string {
	if im.Prefix != "" {
		return im.Prefix
	}
	dir := filepath.Dir(im.topFile)
	if filepath.Base(dir) == "conf" {
		return filepath.Dir(dir)
	}
	return dir
}

// relative is a path as a file in the folder Out is to have it: relative to it if it is below.
func (im *importer) relative(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(im.Out, abs); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(abs)
}

// tryFiles reads what answers where there is no such file.
func (sv *server) tryFiles(r *route, d *directive) {
	if len(d.args) == 0 {
		return
	}
	args := d.args
	if n := len(args); n > 1 && args[n-1] == "=404" && strings.HasPrefix(args[n-2], "/") {
		args = args[:n-1] // a fallback that is not there is a 404
	}
	for _, a := range args[:len(args)-1] {
		if a != "$uri" && a != "$uri/" && a != "$uri/index.html" {
			sv.notes.add(NotCarried, d, "only the path itself and the index.html of a folder are looked for, and then fallback")
			return
		}
	}
	last, query, _ := strings.Cut(args[len(args)-1], "?")
	switch {
	case last == "=404":
		sv.notes.add(Needless, d, "that is what a route with a root does")
	case strings.HasPrefix(last, "="):
		sv.notes.add(Different, d, "a file that is not there is answered 404")
	case strings.HasPrefix(last, "@"):
		sv.notes.add(NotCarried, d, "a route serves files or leads to a backend; this one serves the files, and answers 404 where there is none")
	case strings.ContainsAny(last, "$"), query != "" && query != "$args" && query != "$query_string":
		sv.notes.add(NotCarried, d, "there are no variables here")
	case r.strip, !strings.HasPrefix(last, "/"):
		sv.notes.add(NotCarried, d, "fallback is a file below root, which this may not be")
	case !strings.Contains(filepath.Base(last), ".") || strings.HasSuffix(last, ".php"):
		sv.notes.add(NotCarried, d, "fallback is a file, and this leads to another location")
	default:
		r.fallback = strings.TrimPrefix(last, "/")
		sv.notes.add(Different, d, "fallback answers who asks for a page; a script or an image that is not there is a 404")
		if at := sv.found(last); at != nil && at != r.from {
			sv.notes.add(Different, d, fmt.Sprintf("nginx then asks the location in line %d; here it is the file below this root", at.at.Line))
		}
	}
}

// found returns the location that nginx takes for a path, without regular expressions; nil if there is none.
func (sv *server) found(path string) (best *directive) {
	longest := -1
	for _, d := range sv.scope.inner("location") {
		switch m, p := matcher(d); {
		case m == "=" && p == path:
			return d
		case (m == "" || m == "^~") && strings.HasPrefix(path, p) && len(p) > longest:
			best, longest = d, len(p)
		}
	}
	return best
}

// settle leaves out the empty locations that the route around them stands for, and those that serve nobody where there is
// no route around them.
func (sv *server) settle() {
	kept := sv.routes[:0:0]
	for _, r := range sv.routes {
		around := sv.around(r)
		if r.redundant && around != nil && r.sameAs(around) {
			sv.notes.add(Needless, r.from, "the route "+around.path+" serves it, too")
			continue
		}
		status := "404"
		if r.shut == "" || sv.covered(r) {
			kept, status = append(kept, r), "403"
		}
		if r.status != "" && r.status != status {
			sv.notes.add(Different, r.from, "nginx answers "+r.status+", and here it is a "+status)
		}
	}
	sv.routes = kept
}

// covered reports whether somebody would be served a route's path were it not there.
func (sv *server) covered(r *route) bool {
	return slices.ContainsFunc(sv.routes, func(o *route) bool {
		return o.shut == "" && !o.exact && strings.HasPrefix(r.path, o.path) && o != r
	})
}

// around returns the route that would take a route's requests were it not there.
func (sv *server) around(r *route) (best *route) {
	for _, o := range sv.routes {
		if o != r && !o.exact && strings.HasPrefix(r.path, o.path) && (best == nil || len(o.path) > len(best.path)) {
			best = o
		}
	}
	return best
}
