package nginx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// everyPath are the regular expressions of rewrite that fit every path.
var everyPath = []string{"^(.*)$", "^(.*)", "(.*)", "^/(.*)$", "^/(.*)", "/(.*)", "^", "^.*$", "^.*", ".*", "^/.*$", "^(.+)$", "^/(.+)$", "^(/.*)$", "^/"}

// wholeRequest are the ends of a URL by which it has the path of the request, with or without its query.
var wholeRequest = []string{"$request_uri", "$uri", "$uri$is_args$args", "$document_uri", "$1", "/$1", "$1$is_args$args", "/$1$is_args$args", "$request_uri?"}

var beforePath = regexp.MustCompile(`^(https?|\$scheme)://([^/?#:]+)(:\d+|:\$server_port)?/?$`)

// away is a URL that takes the path of the request along.
type away struct {
	scheme string
	host   string // with or without variables
	port   string // "" if it is the scheme's own
}

// takeAlong reads a URL with the path of the request at its end.
func takeAlong(url string) (a away, ok bool) {
	url = strings.NewReplacer("${", "$", "}", "").Replace(url)
	for _, tail := range wholeRequest {
		head, found := strings.CutSuffix(url, tail)
		if !found {
			continue
		}
		m := beforePath.FindStringSubmatch(head)
		if m == nil {
			continue
		}
		return away{m[1], m[2], strings.TrimPrefix(m[3], ":")}, true
	}
	return away{}, false
}

// secures reports whether a is the server itself, by https.
func (sv *server) secures(a away) bool {
	asked := a.host == "$host" || a.host == "$http_host" || a.host == "$server_name" || a.host == "$hostname"
	return a.scheme == "https" && (asked || slices.Contains(sv.names, strings.ToLower(a.host)))
}

// rules reads what a server does with all requests before it looks for a location.
func (sv *server) rules() {
	for _, d := range sv.scope.own {
		switch d.name {
		case "return":
			sv.securesAll(d, returned(d))
		case "rewrite":
			if slices.Contains(everyPath, d.arg(0)) && sv.securesAll(d, d.arg(1)) || elsewhere(d) {
				continue
			}
			sv.notes.add(NotCarried, d, "paths are not rewritten; a redirect has a route of its own")
		case "if":
			sv.condition(d, sv.scope)
		case "error_page":
			if slices.Contains(d.args, "497") {
				sv.secure = &redirect{from: d}
			} else {
				sv.notes.add(NotCarried, d, "the pages of errors are those of the backend, or Culvert's own")
			}
		case "location":
			m, path := matcher(d)
			s := &scope{own: d.block}
			if r := s.one("return"); r != nil && path == "/" && m != "=" {
				sv.securesAll(r, returned(r))
			} else if r := s.one("rewrite"); r != nil && path == "/" && m != "=" && slices.Contains(everyPath, r.arg(0)) {
				sv.securesAll(r, r.arg(1))
			}
		}
	}
}

// elsewhere reports whether a rewrite sends the requests for all paths to another server.
func elsewhere(d *directive) bool {
	_, ok := takeAlong(d.arg(1))
	return ok && slices.Contains(everyPath, d.arg(0))
}

// returned is where a return sends clients, "" if nowhere.
func returned(d *directive) string {
	switch code := d.arg(0); {
	case slices.Contains([]string{"301", "302", "303", "307", "308"}, code):
		return d.arg(1)
	case strings.Contains(code, "://"):
		return code
	}
	return ""
}

// securesAll notes that a server does nothing but send clients to https, if that is where url leads.
func (sv *server) securesAll(d *directive, url string) bool {
	a, ok := takeAlong(url)
	if !ok || !sv.secures(a) || sv.secured() {
		return false
	}
	sv.secure, sv.only = &redirect{from: d, host: a.host, port: a.port}, true
	return true
}

var plainHTTP = regexp.MustCompile(`^(\$scheme (=|~\*?) \^?http\$?|\$scheme != https|\$https (= ?|!= on)|\$https|\$server_port (=|~) 80|\$ssl_protocol = ?)$`)

// whoAsks are the conditions about who a client is: those whom they do not let pass are sent elsewhere, to a login for example.
var whoAsks = regexp.MustCompile(`^\$(cookie_|http_cookie|http_authorization|http_referer|http_x_|invalid_referer|remote_|realip_|ssl_client_|geoip|arg_)`)

// condition reads an if. Those that are known are the ones for https and for preflights.
func (sv *server) condition(d *directive, s *scope) {
	cond := strings.Join(strings.Fields(strings.NewReplacer("(", " ", ")", " ", `"`, "", "'", "").Replace(strings.Join(d.args, " "))), " ")
	in := &scope{own: d.block}
	url := ""
	if r := in.one("return"); r != nil {
		url = returned(r)
	} else if r := in.one("rewrite"); r != nil && slices.Contains(everyPath, r.arg(0)) {
		url = r.arg(1)
	}
	a, toHTTPS := takeAlong(url)
	toHTTPS = toHTTPS && sv.secures(a)
	name, isHost := strings.CutPrefix(cond, "$host = ")
	only := func(names ...string) bool {
		return !slices.ContainsFunc(d.block, func(own *directive) bool { return !slices.Contains(names, own.name) })
	}
	shuts := slices.ContainsFunc(d.block, func(own *directive) bool {
		refuses := strings.HasPrefix(own.arg(0), "4") || strings.HasPrefix(own.arg(0), "5") || whoAsks.MatchString(cond)
		return own.name == "deny" || own.name == "return" && refuses || own.name == "rewrite" && whoAsks.MatchString(cond)
	})
	answers := in.one("return")
	preflight := answers == nil || strings.HasPrefix(answers.arg(0), "20") && strings.EqualFold(cond, "$request_method = OPTIONS")
	switch {
	case toHTTPS && plainHTTP.MatchString(cond):
		sv.secure = &redirect{from: d, host: a.host, port: a.port}
		if s != sv.scope {
			sv.notes.add(Different, d, "redirect_http sends the requests for all paths to https")
		} else if !sv.secured() { // all of its requests are plain
			sv.only = true
		}
	case toHTTPS && isHost && slices.Contains(sv.names, name) && !sv.secured():
		sv.secure, sv.only = &redirect{from: d, host: a.host, port: a.port}, true
	case strings.HasPrefix(cond, "$request_method =") && only("add_header", "return") && preflight:
		sv.notes.add(Needless, d, "[cors] answers for the backend")
	case shuts:
		sv.notes.add(Careful, d, "there are no conditions here; it kept somebody out, and here nobody does that")
	default:
		sv.notes.add(NotCarried, d, "there are no conditions here")
	}
}

// answer reads the return of a location.
func (sv *server) answer(r *route, d *directive, s *scope) {
	switch code := d.arg(0); {
	case returned(d) != "":
		if sv.send(r, d, returned(d)); r.redirect != "" && code != "307" {
			sv.notes.temporary(d)
		}
	case strings.HasPrefix(code, "4"):
		r.shut = "nginx answers " + code
		r.status = code
	default:
		sv.close(r, d, "an answer with a text of its own is a matter for a backend")
	}
}

// temporary notes that a redirect has another status.
func (b *notebook) temporary(d *directive) {
	b.add(Different, d, "the redirect is a 307, which browsers do not remember and which keeps the method")
}

// send makes a route that sends clients to a URL.
func (sv *server) send(r *route, d *directive, url string) {
	a, ok := takeAlong(url)
	if ok {
		if a.scheme == "$scheme" {
			a.scheme = "https"
			sv.notes.add(Different, d, "it leads to https, however the request came")
		}
		if a.host == "$host" || a.host == "$http_host" {
			a.host = ""
		} else if strings.Contains(a.host, "$") {
			if len(sv.names) == 0 {
				sv.close(r, d, "there are no variables here, and the server has no name")
				return
			}
			a.host = sv.names[0]
		}
		url = a.String()
	} else if i := strings.Index(url, "://"); i >= 0 && !strings.Contains(url[i+3:], "/") {
		url += "/" // nginx does not take the path along
	}
	switch {
	case strings.Contains(url, "$"):
		sv.close(r, d, "there are no variables here")
	case refusedTail("[[route]]\npath = \"/x\"\nredirect = "+project.Quote(url)+"\n") != "":
		sv.close(r, d, fmt.Sprintf("%q is no address that a route takes", url))
	default:
		r.redirect = url
	}
}

// String is a as redirect has it: without a host it is the one that was asked for, and then the port is there.
func (a away) String() string {
	if strings.HasPrefix(a.port, "$") {
		a.port = ""
	}
	if a.port == "" && a.host == "" {
		a.port = map[string]string{"http": "80", "https": "443"}[a.scheme]
	}
	url := a.scheme + "://" + a.host
	if a.port != "" {
		url += ":" + a.port
	}
	return url
}

var prefixRewrite = regexp.MustCompile(`^\^(/[\w/.~-]*?)(/\?|/)?\(\.\*\)\$?$`)

// rewritten reads the rewrite of a location, and reports whether that has settled where it leads. One that only takes
// the location's path off is strip_prefix.
func (sv *server) rewritten(r *route, d *directive, s *scope) bool {
	if elsewhere(d) {
		sv.send(r, d, d.arg(1))
		sv.notes.temporary(d)
		return true
	}
	m := prefixRewrite.FindStringSubmatch(d.arg(0))
	pass := s.one("proxy_pass")
	uri, ok := strings.CutSuffix(d.arg(1), "$1")
	if m == nil || !ok || pass == nil || d.arg(2) != "break" || strings.Contains(uri, "$") || len(s.inner("rewrite")) > 1 ||
		strings.TrimSuffix(m[1], "/") != strings.TrimSuffix(r.path, "/") {
		for _, own := range s.inner("rewrite") {
			sv.notes.add(NotCarried, own, "paths are not rewritten; the route serves them as they come")
		}
		return false
	}
	t, fault := readTarget(pass.arg(0))
	if fault != "" || t.hasURI || !strings.HasSuffix(uri, "/") {
		sv.notes.add(NotCarried, d, "paths are not rewritten; the route serves them as they come")
		return false
	}
	sv.notes.add(Different, d, fmt.Sprintf("strip_prefix stands for it, and also takes %s off where the expression does not fit", r.path))
	rewritten := *pass
	rewritten.args = []string{strings.TrimSuffix(pass.arg(0), "/") + uri}
	path := r.path
	r.path = strings.TrimSuffix(path, "/") + "/" // what the expression leaves out is a path below
	sv.pass(r, &rewritten, s)
	r.path = path
	return true
}
