package tunnel

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// cors answers for a project what pages of other origins may ask for (the Fetch standard, §3.3). nil leaves that to the
// backends.
type cors struct {
	*project.CORS
	name    string // of the project
	any     bool   // every origin
	origins []string
}

// newCORS returns what a project says of other origins, or nil.
func newCORS(p *project.Project) *cors {
	if p.CORS == nil {
		return nil
	}
	c := &cors{CORS: p.CORS, name: p.Name, any: slices.Contains(p.CORS.Origins, "*")}
	for _, o := range p.CORS.Origins {
		c.origins = append(c.origins, serialOrigin(o))
	}
	return c
}

// serialOrigin is an origin as browsers send it: in lower case, without the port that its scheme has anyway.
func serialOrigin(o string) string {
	o = strings.ToLower(o)
	if strings.HasPrefix(o, "https://") {
		return strings.TrimSuffix(o, ":443")
	}
	return strings.TrimSuffix(o, ":80")
}

// crossing is a request as CORS sees it.
type crossing struct {
	*cors
	origin string // "" where the page and what it asks for have one origin, or it is no page that asks
}

// crossing looks at a request, which came in that scheme.
func (c *cors) crossing(r *http.Request, scheme string) *crossing {
	if c == nil {
		return nil
	}
	x := &crossing{cors: c, origin: r.Header.Get("Origin")}
	if x.origin == serialOrigin(scheme+"://"+r.Host) {
		x.origin = ""
	}
	return x
}

// allowed reports whether a page of the origin may ask for anything.
func (x *crossing) allowed() bool { return x.any || slices.Contains(x.origins, x.origin) }

// mark makes the headers of an answer, whoever gave it, those of this project.
//
// Access-Control-Expose-Headers stays as an allowed origin's backend gave it: there is no key for it, and it is a list,
// of which two do not contradict each other as two of Access-Control-Allow-Origin do, which browsers refuse.
func (x *crossing) mark(h http.Header) {
	if !x.any && !varies(h, "Origin") {
		h.Add("Vary", "Origin") // also where none was sent: a cache must not give that answer to others
	}
	if x.origin == "" {
		return
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") && !(name == "Access-Control-Expose-Headers" && x.allowed()) {
			delete(h, name)
		}
	}
	switch {
	case x.any: // credentials are never allowed then
		h.Set("Access-Control-Allow-Origin", "*")
	case x.allowed():
		h.Set("Access-Control-Allow-Origin", x.origin)
		if x.Credentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
}

// varies reports whether an answer says that it depends on a request header.
func varies(h http.Header, name string) bool {
	for v := range strings.SplitSeq(strings.Join(h["Vary"], ","), ",") {
		if v = strings.TrimSpace(v); v == "*" || strings.EqualFold(v, name) {
			return true
		}
	}
	return false
}

// preflight reports whether the request is a browser's question whether a page may make another one.
func (x *crossing) preflight(r *http.Request) bool {
	return x != nil && x.origin != "" && r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

// answer answers a preflight, and says why the page may not, "" if it may. What is allowed is named in any case, so that
// the browser's console can say which method or header is missing.
//
// There is no Access-Control-Max-Age: browsers then remember the answer for five seconds, and a changed project file
// counts at once. Access-Control-Allow-Private-Network belongs to a proposal that was given up for a permission that the
// browser asks its user for (Local Network Access).
func (x *crossing) answer(w http.ResponseWriter, r *http.Request) (why string) {
	h := w.Header()
	x.mark(h)
	h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	if !x.allowed() {
		why = fmt.Sprintf("project %s allows no pages of %.80s (add it to origins in [cors] of the project file)", x.name, x.origin)
		refusePage(w, http.StatusForbidden, why)
		return why
	}
	if len(x.Methods) > 0 {
		h.Set("Access-Control-Allow-Methods", strings.Join(x.Methods, ", "))
	}
	if len(x.Headers) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(x.Headers, ", "))
	}
	w.WriteHeader(http.StatusNoContent)
	if method := r.Header.Get("Access-Control-Request-Method"); !x.allowsMethod(method) {
		return fmt.Sprintf("project %s does not allow pages of %s the method %.40q (add it to methods in [cors] of the project file)",
			x.name, x.origin, method)
	}
	for name := range strings.SplitSeq(strings.Join(r.Header["Access-Control-Request-Headers"], ","), ",") {
		if name = strings.TrimSpace(name); name != "" && !x.allowsHeader(name) {
			return fmt.Sprintf("project %s does not allow pages of %s the header %.40q (add it to headers in [cors] of the project file)",
				x.name, x.origin, name)
		}
	}
	return ""
}

// allowsMethod reports whether pages may use a method. Some need no asking, though a header may have made the browser ask.
// A "*" is itself where there are credentials, and a wildcard elsewhere.
func (x *crossing) allowsMethod(m string) bool {
	return m == http.MethodGet || m == http.MethodHead || m == http.MethodPost || slices.Contains(x.Methods, m) ||
		!x.Credentials && slices.Contains(x.Methods, "*")
}

// allowsHeader reports whether pages may set a header. The wildcard does not hold Authorization.
func (x *crossing) allowsHeader(name string) bool {
	return slices.ContainsFunc(x.Headers, func(h string) bool {
		return strings.EqualFold(h, name) || h == "*" && !x.Credentials && !strings.EqualFold(name, "Authorization")
	})
}
