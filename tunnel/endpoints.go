package tunnel

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// So many paths that no route names are counted one by one, and none that is longer than so many bytes. What goes over
// is counted under [OtherEndpoints].
const (
	maxEndpoints    = 200
	maxEndpointPath = 256
)

// OtherEndpoints is the path of the [EndpointStatus] that counts what has none of its own: the first 200 paths that are
// asked for have one, if they are of 256 bytes at most.
const OtherEndpoints = "…"

// endpoints counts what a service is asked for, by path.
type endpoints struct {
	mu     sync.RWMutex
	byPath map[string]*tally
	seen   int   // of byPath, those that no route names
	others tally // what has no entry in byPath
}

// tally counts what one path is asked for.
type tally struct {
	route                      string // the path of the route that serves it
	open                       atomic.Int64
	sockets, requests, refused atomic.Int64
}

// newEndpoints returns the endpoints of a service with these routes, each of which has one.
func newEndpoints(routes []*route) *endpoints {
	e := &endpoints{byPath: make(map[string]*tally)}
	for _, r := range routes {
		e.byPath[r.Path] = &tally{route: r.Path}
	}
	return e
}

// at returns where a path is counted, which the route serves; nil if none does.
func (e *endpoints) at(path string, served *route) *tally {
	path = normalPath(path) // as routes are found
	e.mu.RLock()
	t := e.byPath[path]
	full := e.seen >= maxEndpoints
	e.mu.RUnlock()
	switch {
	case t != nil:
		return t
	case full || len(path) > maxEndpointPath:
		return &e.others
	}
	return e.add(path, served)
}

func (e *endpoints) add(path string, served *route) *tally {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t := e.byPath[path]; t != nil {
		return t
	}
	if e.seen >= maxEndpoints {
		return &e.others
	}
	e.seen++
	t := &tally{}
	if served != nil {
		t.route = served.Path
	}
	e.byPath[strings.Clone(path)] = t // the path is cut from a whole request
	return t
}

// answered counts an HTTP request that was answered with status, 0 for not at all.
func (t *tally) answered(status int) {
	if status != 0 {
		t.requests.Add(1)
	}
	if status == 0 || status >= 400 {
		t.refused.Add(1)
	}
}

// opened counts a WebSocket, which is open until closed is called.
func (t *tally) opened() {
	t.sockets.Add(1)
	t.open.Add(1)
}

func (t *tally) closed() { t.open.Add(-1) }

// status returns what was counted, sorted by path.
func (e *endpoints) status() []EndpointStatus {
	e.mu.RLock()
	defer e.mu.RUnlock()
	list := make([]EndpointStatus, 0, len(e.byPath)+1)
	for path, t := range e.byPath {
		list = append(list, t.status(path))
	}
	slices.SortFunc(list, func(a, b EndpointStatus) int { return cmp.Compare(a.Path, b.Path) })
	if o := e.others.status(OtherEndpoints); o != (EndpointStatus{Path: OtherEndpoints}) {
		list = append(list, o)
	}
	return list
}

func (t *tally) status(path string) EndpointStatus {
	return EndpointStatus{
		Path: path, Route: t.route, Open: int(t.open.Load()),
		Sockets: t.sockets.Load(), Requests: t.requests.Load(), Refused: t.refused.Load(),
	}
}
