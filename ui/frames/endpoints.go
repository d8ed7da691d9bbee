package frames

import (
	"slices"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// The columns of [Endpoints].
const (
	EndpointPath = iota
	EndpointRoute
	EndpointTo
	EndpointOpen
	EndpointSockets
	EndpointRequests
	EndpointRefused
	EndpointColumns // how many there are
)

// Endpoints is the table of a project's paths. Ids are their places, counted from 1: a path has another when one before it
// comes in.
type Endpoints struct {
	rows rows
	list []state.Endpoint
	to   map[string]string // where a route leads, by its path
}

// NewEndpoints returns a table without paths.
func NewEndpoints() *Endpoints { return &Endpoints{rows: rows{terms: newTerms()}} }

// Set makes the paths of a project those of the table, and reports whether anything looks different now.
func (e *Endpoints) Set(p *state.Project) (changed bool) {
	to, backends := make(map[string]string, len(p.Routes)), make(map[string]int64, len(p.Routes))
	for _, r := range p.Routes {
		backends[r.Path] += int64(len(r.Upstreams))
		switch n := backends[r.Path]; {
		case n > 1: // of one route, or of several that serve at different addresses
			to[r.Path] = string(e.rows.terms.backends.number(nil, n))
		case to[r.Path] == "":
			to[r.Path] = words.Sentence(r.To)
		}
	}
	changed = !slices.Equal(e.list, p.Endpoints)
	for path, place := range to {
		changed = changed || e.to[path] != place
	}
	e.list, e.to = p.Endpoints, to
	return changed
}

// Find returns the id of a path, 0 if it is not in the table.
func (e *Endpoints) Find(path string) int64 {
	return int64(slices.IndexFunc(e.list, func(one state.Endpoint) bool { return one.Path == path })) + 1
}

// Endpoint returns the path that has an id; false when there is none.
func (e *Endpoints) Endpoint(id int64) (state.Endpoint, bool) {
	if id < 1 || id > int64(len(e.list)) {
		return state.Endpoint{}, false
	}
	return e.list[id-1], true
}

// Range returns the positions of the rows: first, up to but not including next.
func (e *Endpoints) Range() (first, next int64) { return 0, int64(len(e.list)) }

// ID returns the id of the row at a position, 0 when there is none.
func (e *Endpoints) ID(pos int64) int64 {
	if pos < 0 || pos >= int64(len(e.list)) {
		return 0
	}
	return pos + 1
}

// Pos returns the position of a row, or of the next one.
func (e *Endpoints) Pos(id int64) int64 { return min(max(id-1, 0), int64(len(e.list))) }

// Row fills r with the cells of the row at a position; false when there is none.
func (e *Endpoints) Row(pos int64, r *ink.Row) bool {
	one, ok := e.Endpoint(pos + 1)
	if ok {
		e.rows.endpoint(r, &one, e.to[one.Route])
	}
	return ok
}

// endpoint fills r with the cells of a path.
func (w *rows) endpoint(r *ink.Row, one *state.Endpoint, to string) {
	c := &w.cells
	c.begin(r)
	switch {
	case one.Others:
		c.word(w.terms.otherPaths, ink.Dim)
		c.end(ink.None)
		to = ""
	case one.Route == "":
		c.path(one.Path, ink.None)
		c.word(w.terms.noRoute, ink.Warning)
		to = ""
	default:
		c.path(one.Path, ink.None)
		c.path(one.Route, ink.Dim)
	}
	c.buf = appendLine(c.buf, clip(to, previewSize), previewSize)
	c.end(ink.Dim)
	c.number(int64(one.Open), ink.Accent)
	c.number(one.Sockets, ink.None)
	c.number(one.Requests, ink.None)
	c.number(one.Refused, ink.Warning)
	c.finish(r)
}

// path makes a cell of a path.
func (c *cells) path(path string, i ink.Ink) {
	c.buf = appendLine(c.buf, clip(path, previewSize), previewSize)
	c.end(i)
}

// number makes a cell of n; zero is less important.
func (c *cells) number(n int64, i ink.Ink) {
	if n == 0 {
		i = ink.Faint
	}
	c.int(n)
	c.end(i)
}
