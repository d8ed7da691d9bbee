package nginx

import (
	"net/http"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// cors is what a location tells pages of other origins.
type cors struct {
	origins     []string
	reflected   bool // whatever origin asks is told that it may
	methods     []string
	headers     []string
	credentials bool
	from        *directive
}

// crossOrigin reads the headers of the CORS protocol that a location adds, and lists the others.
func (sv *server) crossOrigin(s *scope) *cors {
	list := slices.Clone(s.list("add_header"))
	for _, d := range s.inner("if") { // the block that answers preflights has headers of its own
		if strings.Contains(d.String(), "$request_method") {
			list = append(list, (&scope{own: d.block}).inner("add_header")...)
		}
	}
	var c *cors
	for _, d := range list {
		name, value := http.CanonicalHeaderKey(d.arg(0)), d.arg(1)
		if rest, ok := strings.CutPrefix(name, "Access-Control-"); ok {
			if c == nil {
				c = &cors{from: d}
			}
			sv.corsHeader(c, d, rest, value)
			continue
		}
		switch {
		case name == "Strict-Transport-Security":
			sv.notes.add(Different, d, "it would stick to the name on every port of this machine; it is dropped on purpose")
		case name == "Vary" && strings.EqualFold(value, "Origin"):
			sv.notes.add(Needless, d, "[cors] adds it")
		default:
			sv.notes.add(NotCarried, d, "answers are passed on without further headers")
		}
	}
	return c
}

// corsHeader reads Access-Control-NAME.
func (sv *server) corsHeader(c *cors, d *directive, name, value string) {
	switch name {
	case "Allow-Origin":
		switch {
		case value == "$http_origin":
			c.reflected = true
		case sv.im.origins[value] != nil:
			sv.mappedOrigins(c, sv.im.origins[value])
		case strings.Contains(value, "$"):
			sv.notes.add(NotCarried, d, "there are no variables here; write the origins in [cors]")
		default:
			sv.origin(c, d, value)
		}
	case "Allow-Methods":
		c.methods = sv.corsList(c.methods, d, "methods", value)
	case "Allow-Headers":
		c.headers = sv.corsList(c.headers, d, "headers", value)
	case "Allow-Credentials":
		c.credentials = c.credentials || value == "true"
	case "Max-Age":
		sv.notes.add(Needless, d, "browsers ask again after some seconds, so that a changed file counts at once")
	default:
		sv.notes.add(NotCarried, d, "[cors] has no key for it")
	}
}

// origin adds an origin.
func (sv *server) origin(c *cors, d *directive, value string) {
	switch why := refusedCORS("origins", value); {
	case why != "":
		sv.notes.add(NotCarried, d, why)
	case !slices.Contains(c.origins, value):
		c.origins = append(c.origins, value)
	}
}

// mappedOrigins adds the origins that a map of $http_origin answers with themselves.
func (sv *server) mappedOrigins(c *cors, m *directive) {
	for _, d := range m.block {
		value := d.arg(0)
		switch {
		case d.name == "default" && value == "" || len(d.args) == 0: // nothing is allowed; a word such as hostnames
		case d.name == "default" || strings.HasPrefix(d.name, "~") || value != "$http_origin" && value != d.name:
			sv.notes.add(NotCarried, d, "only origins that are written out and answered with themselves are carried; write the others in [cors]")
		default:
			sv.origin(c, d, d.name)
		}
	}
}

// corsList adds the words of a header to a list.
func (sv *server) corsList(list []string, d *directive, key, value string) []string {
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch why := refusedCORS(key, word); {
		case why != "":
			sv.notes.add(NotCarried, d, why)
		case !slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, word) }):
			list = append(list, word)
		}
	}
	return list
}

// refusedCORS says why [cors] cannot have a value in the list of a key, "" if it can.
func refusedCORS(key, value string) string {
	text := "\n[cors]\n"
	if key != "origins" {
		text += "origins = [\"*\"]\n"
	}
	return refusedTail(text + key + " = [" + project.Quote(value) + "]\n")
}

func (c *cors) equal(o *cors) bool {
	if c == nil || o == nil {
		return c == o
	}
	return slices.Equal(c.origins, o.origins) && c.reflected == o.reflected && slices.Equal(c.methods, o.methods) &&
		slices.Equal(c.headers, o.headers) && c.credentials == o.credentials
}
