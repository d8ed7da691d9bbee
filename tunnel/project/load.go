package project

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// Load reads and checks the project file at path file. What is wrong in the file comes as [Errors]; a file that cannot
// be read is the error of package os.
func Load(file string) (*Project, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read the project file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the project file: %w", err)
	}
	return Parse(file, data)
}

// Parse checks data, the text of the project file whose path is name. What is wrong in it comes as [Errors]. The file
// itself is not looked at; with name "" there is none, and relative paths are relative to the working folder.
func Parse(name string, data []byte) (*Project, error) {
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("cannot tell the folder of %s: %w", name, err)
	}
	d := read(name, data)
	r := &reader{document: d, dir: dir, project: &Project{}}
	if name != "" {
		r.project.File = filepath.Join(dir, filepath.Base(name))
	}
	r.read()
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	return r.project, nil
}

// reader turns a document into a project. Every method reports what is wrong and goes on.
type reader struct {
	*document
	dir     string // what relative paths are relative to
	project *Project
	lines   []int // of the routes
}

// read fills r.project from the document's top-level keys.
func (r *reader) read() {
	p := r.project
	s := scope{reader: r, table: &r.root}
	s.known(names("")...)
	s.require("name")
	text(s, "name", &p.Name, parseName)
	text(s, "description", &p.Description, parseLine)
	text(s, "group", &p.Group, parseGroup)
	list(s, "listen", &p.Listen, parseListen)
	list(s, "hosts", &p.Hosts, parseHost)
	s.boolean("redirect_http", &p.RedirectHTTP)
	text(s, "idle_timeout", &p.IdleTimeout, parseDuration)
	s.count("max_connections", 1<<31-1, &p.MaxConnections)
	s.count("backlog", 65535, &p.Backlog)
	list(s, "allow", &p.Allow, parsePrefix)
	list(s, "deny", &p.Deny, parsePrefix)
	r.auth(s)
	r.certificate(s)
	r.cors(s)
	r.routes(s)
	p.fill()
}

// fill puts the defaults where nothing was given.
func (p *Project) fill() {
	if len(p.Listen) == 0 {
		p.Listen = []string{DefaultListen}
	}
	if len(p.Hosts) == 0 {
		p.Hosts = defaultHosts(p.Name)
	}
	if len(p.Allow) == 0 {
		p.Allow = defaultAllow()
	}
}

func (r *reader) auth(top scope) {
	s, ok := top.sub("auth")
	if !ok {
		return
	}
	a := &Auth{}
	r.project.Auth = a
	s.known(names("auth")...)
	s.require("user")
	s.require("password_env")
	text(s, "user", &a.User, parseUser)
	text(s, "password_env", &a.PasswordEnv, parseEnv)
}

func (r *reader) certificate(top scope) {
	s, ok := top.sub("certificate")
	if !ok {
		return
	}
	c := &Certificate{}
	r.project.Certificate = c
	s.known(names("certificate")...)
	s.require("file")
	text(s, "file", &c.File, r.path)
	text(s, "key", &c.Key, r.path)
	text(s, "alias", &c.Alias, parseFilled)
	text(s, "password_env", &c.PasswordEnv, parseEnv)
}

func (r *reader) cors(top scope) {
	s, ok := top.sub("cors")
	if !ok {
		return
	}
	c := &CORS{}
	r.project.CORS = c
	s.known(names("cors")...)
	s.require("origins")
	list(s, "origins", &c.Origins, parseOrigin)
	list(s, "methods", &c.Methods, parseMethod)
	list(s, "headers", &c.Headers, parseHeaderName)
	s.boolean("credentials", &c.Credentials)
	if e := s.table.index["credentials"]; e != nil && c.Credentials && slices.Contains(c.Origins, "*") {
		// SECURITY: every page of the Internet could speak in the user's name.
		r.report(e.offset, "cors.credentials", "would let pages of every origin act in your name", "name the origins, or take the line out")
	}
}

// routes reads the [[route]] tables.
func (r *reader) routes(top scope) {
	top.require("route")
	e := top.table.index["route"]
	if e == nil {
		return
	}
	items := e.value.items
	if e.value.kind != kindTables && (e.value.kind != kindList || len(items) == 0) {
		r.report(e.offset, "route", "is "+e.value.kind.String()+", not a list of tables", "write "+example("route"))
		return
	}
	for _, v := range items {
		if v.kind != kindTable {
			r.report(v.offset, "route", "holds "+v.kind.String()+", not a table", "write "+example("route"))
			continue
		}
		s := scope{reader: r, name: "route.", table: v.table, offset: v.offset}
		route := r.route(s)
		at := s.offset
		if e := s.table.index["path"]; e != nil {
			at = e.value.offset
		}
		r.unique(route, at)
		r.project.Routes = append(r.project.Routes, route)
		r.lines = append(r.lines, r.position(at).line)
	}
}

// unique reports a route, whose path is at offset at, that serves just what one before it does.
func (r *reader) unique(route Route, at int) {
	for i, other := range r.project.Routes {
		shared := func(addr string) bool { return slices.Contains(other.Listen, addr) }
		everywhere := len(route.Listen) == 0 && len(other.Listen) == 0
		if route.Path == "" || other.Path != route.Path || other.Exact != route.Exact ||
			!everywhere && !slices.ContainsFunc(route.Listen, shared) {
			continue
		}
		r.report(at, "route.path", fmt.Sprintf("%q is the path of the route in line %d too", route.Path, r.lines[i]),
			"give each route its own path; several upstreams of one path go into one list")
		return
	}
}

// route reads one [[route]] table. Its path is empty where that is wrong.
func (r *reader) route(s scope) Route {
	route := Route{Host: HostPreserve, ConnectTimeout: DefaultConnectTimeout}
	s.known(names("route")...)
	if s.table.index["path"] == nil {
		route.Path = "/"
	}
	text(s, "path", &route.Path, parsePath)
	s.boolean("exact", &route.Exact)
	list(s, "listen", &route.Listen, r.listened)
	list(s, "to", &route.To, r.upstream)
	text(s, "root", &route.Root, r.path)
	text(s, "fallback", &route.Fallback, parseFallback)
	text(s, "redirect", &route.Redirect, parseRedirect)
	s.boolean("strip_prefix", &route.StripPrefix)
	text(s, "host", &route.Host, parseRouteHost)
	text(s, "connect_timeout", &route.ConnectTimeout, parseDuration)
	text(s, "read_timeout", &route.ReadTimeout, parseDuration)
	text(s, "send_timeout", &route.SendTimeout, parseDuration)
	r.setHeaders(s, &route)
	asks := true
	s.boolean("auth", &asks)
	route.Open = !asks
	list(s, "allow", &route.Allow, parsePrefix)
	list(s, "deny", &route.Deny, parsePrefix)
	r.target(s)
	return route
}

// target checks that a route leads somewhere, and to one kind of thing.
func (r *reader) target(s scope) {
	var leads string
	for _, key := range []string{"to", "root", "redirect"} {
		e := s.table.index[key]
		switch {
		case e == nil:
		case leads == "":
			leads = key
		default:
			r.report(e.offset, "route."+key, fmt.Sprintf("a route has either %s or %s", leads, key),
				"make it a second [[route]] with its own path")
			return
		}
	}
	if leads == "" {
		s.require("to")
		return
	}
	forwarding := []string{"host", "connect_timeout", "read_timeout", "send_timeout", "set_headers"}
	useless, why := []string{"fallback"}, "means nothing where no root serves files"
	switch leads {
	case "root":
		useless, why = forwarding, "means nothing where root serves files"
	case "redirect":
		useless, why = append(forwarding, "fallback", "strip_prefix"), "means nothing where clients are sent elsewhere"
	}
	for _, key := range useless {
		if e := s.table.index[key]; e != nil {
			r.report(e.offset, "route."+key, why, "take the line out")
		}
	}
}

// setHeaders reads the table set_headers of a route. The names come out in their canonical form.
func (r *reader) setHeaders(route scope, to *Route) {
	s, ok := route.sub("set_headers")
	if !ok {
		return
	}
	to.SetHeaders = make(map[string]string)
	lines := make(map[string]int)
	for _, e := range s.table.entries {
		name, f := parseSetHeader(e.name)
		switch {
		case f != nil:
			r.report(e.offset, s.name+shown(e.name), f.what, f.fix)
		case lines[name] > 0:
			r.report(e.offset, s.name+shown(e.name),
				fmt.Sprintf("is already there in line %d: case does not matter in header names", lines[name]),
				"keep one of the two")
		default:
			var line string
			text(s, e.name, &line, parseHeaderValue)
			to.SetHeaders[name] = line
			lines[name] = r.position(e.offset).line
		}
	}
}
