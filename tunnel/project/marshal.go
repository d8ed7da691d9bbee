package project

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// New returns the project of `culvert add --name name --to to --listen listen…`, which has no file; without listen it
// gets a free port. What is wrong comes as [Errors] without file and line, whose keys are name, listen and route.to.
func New(name, to string, listen []string) (*Project, error) {
	var w writer
	w.text("name", name)
	w.list("listen", listen)
	w.header("[[route]]")
	w.list("to", []string{to})
	p, err := Parse("", w.bytes())
	if problems, ok := err.(Errors); ok {
		for i := range problems {
			problems[i].Line, problems[i].Column = 0, 0
		}
	}
	return p, err
}

// Marshal returns p as the text of a project file that [Parse] reads as p again, in any folder. Keys that have their
// default are left out.
func (p *Project) Marshal() []byte {
	var w writer
	w.text("name", p.Name)
	w.text("description", p.Description)
	w.text("group", p.Group)
	if !slices.Equal(p.Listen, []string{DefaultListen}) {
		w.list("listen", p.Listen)
	}
	if !slices.Equal(p.Hosts, defaultHosts(p.Name)) {
		w.list("hosts", p.Hosts)
	}
	w.boolean("redirect_http", p.RedirectHTTP)
	w.duration("idle_timeout", p.IdleTimeout, 0)
	w.count("max_connections", p.MaxConnections)
	w.count("backlog", p.Backlog)
	if !slices.Equal(p.Allow, defaultAllow()) {
		w.list("allow", Ranges(p.Allow))
	}
	w.list("deny", Ranges(p.Deny))
	w.auth(p.Auth)
	w.certificate(p.Certificate)
	w.cors(p.CORS)
	for _, r := range p.Routes {
		w.route(r)
	}
	return w.bytes()
}

// writer writes TOML. Its methods write nothing for a zero value, the default of most keys.
type writer struct{ b strings.Builder }

func (w *writer) bytes() []byte { return []byte(w.b.String()) }

func (w *writer) header(h string) { fmt.Fprintf(&w.b, "\n%s\n", h) }

func (w *writer) text(key, s string) {
	if s != "" {
		fmt.Fprintf(&w.b, "%s = %s\n", key, Quote(s))
	}
}

func (w *writer) list(key string, items []string) {
	if len(items) == 0 {
		return
	}
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = Quote(s)
	}
	fmt.Fprintf(&w.b, "%s = [%s]\n", key, strings.Join(quoted, ", "))
}

func (w *writer) boolean(key string, is bool) {
	if is {
		fmt.Fprintf(&w.b, "%s = true\n", key)
	}
}

func (w *writer) count(key string, n int) {
	if n != 0 {
		fmt.Fprintf(&w.b, "%s = %d\n", key, n)
	}
}

// duration writes d without zero parts at its end ("5m", not "5m0s"), unless it is the default.
func (w *writer) duration(key string, d, byDefault time.Duration) {
	if d == byDefault {
		return
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	w.text(key, s)
}

func (w *writer) auth(a *Auth) {
	if a != nil {
		w.header("[auth]")
		w.text("user", a.User)
		w.text("password_env", a.PasswordEnv)
	}
}

func (w *writer) certificate(c *Certificate) {
	if c != nil {
		w.header("[certificate]")
		w.text("file", c.File)
		w.text("key", c.Key)
		w.text("alias", c.Alias)
		w.text("password_env", c.PasswordEnv)
	}
}

func (w *writer) cors(c *CORS) {
	if c != nil {
		w.header("[cors]")
		w.list("origins", c.Origins)
		w.list("methods", c.Methods)
		w.list("headers", c.Headers)
		w.boolean("credentials", c.Credentials)
	}
}

func (w *writer) route(r Route) {
	w.header("[[route]]")
	w.text("path", r.Path)
	w.boolean("exact", r.Exact)
	w.list("listen", r.Listen)
	w.list("to", upstreams(r.To))
	w.text("root", r.Root)
	w.text("fallback", r.Fallback)
	w.text("redirect", r.Redirect)
	w.boolean("strip_prefix", r.StripPrefix)
	if r.Host != HostPreserve {
		w.text("host", r.Host)
	}
	w.duration("connect_timeout", r.ConnectTimeout, DefaultConnectTimeout)
	w.duration("read_timeout", r.ReadTimeout, 0)
	w.duration("send_timeout", r.SendTimeout, 0)
	if len(r.SetHeaders) > 0 {
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(r.SetHeaders)) {
			pairs = append(pairs, Quote(name)+" = "+Quote(r.SetHeaders[name]))
		}
		fmt.Fprintf(&w.b, "set_headers = { %s }\n", strings.Join(pairs, ", "))
	}
	if r.Open {
		w.b.WriteString("auth = false\n")
	}
	w.list("allow", Ranges(r.Allow))
	w.list("deny", Ranges(r.Deny))
}

// upstreams returns URLs as the file has them. A socket's path stands there as it is, without URL escapes.
func upstreams(urls []*url.URL) []string {
	var out []string
	for _, u := range urls {
		if u.Scheme == "unix" {
			out = append(out, "unix:"+u.Path)
		} else {
			out = append(out, u.String())
		}
	}
	return out
}

// Quote returns s as a TOML basic string. What is no UTF-8 stays as it is, for [Parse] to refuse.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
