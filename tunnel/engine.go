// Package tunnel carries wss, ws and HTTP requests from local addresses to the backends of projects, and records what
// passes.
//
// An [Engine] holds the projects that are on. One way leads through it for a byte from the browser: listener (first
// byte: TLS or plain), host, route, relay, backend. Beside the relay, never in its way, a capture reads along.
//
// After a 101 bytes are forwarded exactly as they came, both ways; a slow reader slows its sender; and a project's
// fault is that project's state, in words, and touches no other.
package tunnel

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// Config is what an [Engine] needs of its owner.
type Config struct {
	// GetCertificate returns the certificate for a handshake; an error refuses it with the alert unrecognized_name.
	GetCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// LoadCertificate reads the certificate that a project brings, with its key and its Leaf; password is what the variable
	// that it names holds. It is called at handshakes too. nil fails such projects.
	LoadCertificate func(c project.Certificate, password string) (*tls.Certificate, error)
	// CaptureBudget bounds each project's capture in bytes; 0 is [capture.DefaultBudget].
	CaptureBudget int64
	// Port returns the port that a project without one had before, or 0. nil remembers none.
	Port func(project string) int
	// Getenv returns the value of an environment variable, "" for none: a project's password is in one. nil is
	// [os.Getenv].
	Getenv func(name string) string
	// Log is told what is no project's state. nil discards it.
	Log *slog.Logger
	// Changed is called after a [Status] has come, gone or become another in anything but its numbers. It is called from
	// many goroutines, some of which carry traffic, and never while the engine holds a lock: it should return at once.
	// nil calls nobody.
	Changed func()
}

// Engine is the set of projects that are on. Its methods may be called by many goroutines at once.
type Engine struct {
	config Config
	mover  mover
	rhythm rhythm

	switching sync.Mutex // On and Off, one at a time

	mu        sync.Mutex
	listeners map[string]*listener // by address as listened on
	projects  map[string]*running
	captures  map[string]*capture.Log
}

// running is a project that was switched on, whether that worked or not.
type running struct {
	project   *project.Project
	service   *service // nil if it failed
	listeners []*listener
	err       error
}

// State is what became of a project that was switched on.
type State uint8

const (
	On     State = iota // it serves
	Failed              // it cannot; Status.Reason says why
)

// String returns "on" or "failed".
func (s State) String() string {
	if s == On {
		return "on"
	}
	return "failed"
}

// MarshalText makes the state a word in JSON.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Fault is the kind of what keeps a project from being served.
type Fault uint8

// The faults.
const (
	NoFault    Fault = iota
	PortTaken        // another program listens on one of its addresses
	OtherFault       // Status.Reason says what
)

// String returns "none", "port taken" or "other".
func (f Fault) String() string {
	switch f {
	case NoFault:
		return "none"
	case PortTaken:
		return "port taken"
	}
	return "other"
}

// MarshalText makes the fault a word in JSON.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Status tells how a project that was switched on is.
type Status struct {
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Group       string        `json:"group,omitempty"`
	State       State         `json:"state"`
	Fault       Fault         `json:"fault"`
	Reason      string        `json:"reason,omitempty"`      // why it failed
	Down        string        `json:"down,omitempty"`        // why a route has no upstream left that could be reached when last dialled
	Trouble     string        `json:"trouble,omitempty"`     // why the certificate that it brings cannot be read now; the last good one is shown
	Certificate string        `json:"certificate,omitempty"` // SHA-256 of the certificate that it brings, in hex
	Listen      []string      `json:"listen"`                // the addresses, with their real ports
	URLs        []string      `json:"urls"`                  // https://host:port, the first host first
	Routes      []RouteStatus `json:"routes"`
	Connections int           `json:"connections"` // WebSockets open now
	Frames      int64         `json:"frames"`      // recorded since the engine's start, those that have gone included
	// Exposed are those of Listen that other machines can reach.
	Exposed []string `json:"exposed,omitempty"`
	// Guarded: other machines are refused all the same, as only this one is let in.
	Guarded bool `json:"guarded,omitempty"`
	// Endpoints are sorted by path, [OtherEndpoints] last.
	Endpoints []EndpointStatus `json:"endpoints,omitempty"`
}

// RouteStatus is one route of a [Status].
type RouteStatus struct {
	Path      string           `json:"path"`
	Exact     bool             `json:"exact,omitempty"`  // it serves the path alone
	Listen    []string         `json:"listen,omitempty"` // the addresses at which it serves, if not all
	To        string           `json:"to"`               // the first upstream, the folder, or where clients are sent
	Upstreams []UpstreamStatus `json:"upstreams,omitempty"`
}

// UpstreamStatus is how one of a route's upstreams is.
type UpstreamStatus struct {
	URL         string `json:"url"`
	Down        string `json:"down,omitempty"` // why it could not be reached when it was last dialled
	Connections int    `json:"connections"`    // WebSockets and requests that it has now, of all routes to it
}

// EndpointStatus is one path of a [Status], decoded and without query: one that was asked for, or that a route names.
type EndpointStatus struct {
	Path     string `json:"path"`
	Route    string `json:"route,omitempty"` // the path of the route that serves it, "" if none does
	Open     int    `json:"open"`            // WebSockets open now
	Sockets  int64  `json:"sockets"`         // WebSockets opened since the project was switched on
	Requests int64  `json:"requests"`        // HTTP requests answered since
	Refused  int64  `json:"refused"`         // handshakes that opened no WebSocket, requests with an answer of 400 or above or with none
}

// New returns an engine without projects. Close it when done.
func New(config Config) (*Engine, error) {
	m, err := newMover()
	if err != nil {
		return nil, fmt.Errorf("start the relay: %w", err)
	}
	return newEngine(config, m), nil
}

// newEngine returns an engine whose relays m moves.
func newEngine(config Config, m mover) *Engine {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Changed == nil {
		config.Changed = func() {}
	}
	if config.Getenv == nil {
		config.Getenv = os.Getenv
	}
	return &Engine{
		config: config, mover: m, rhythm: steady,
		listeners: map[string]*listener{}, projects: map[string]*running{}, captures: map[string]*capture.Log{},
	}
}

// On switches a project on, or on again with what its file says now. The error is also its [Status].
func (e *Engine) On(p *project.Project) error {
	defer e.config.Changed() // after the lock is released
	e.switching.Lock()
	defer e.switching.Unlock()
	e.stop(p.Name)
	run := &running{project: p}
	run.err = e.start(run)
	if run.err != nil {
		e.unlisten(run.listeners)
	}
	e.mu.Lock()
	e.projects[p.Name] = run
	e.mu.Unlock()
	return run.err
}

// Off switches a project off: it closes its addresses and connections and waits for them. Its capture stays.
func (e *Engine) Off(name string) error {
	if !e.off(name) {
		return fmt.Errorf("project %s is not on", name)
	}
	e.config.Changed()
	return nil
}

func (e *Engine) off(name string) bool {
	e.switching.Lock()
	defer e.switching.Unlock()
	return e.stop(name)
}

// Rename makes the capture of a project that is off that of another, which has none yet. It reports whether it did.
func (e *Engine) Rename(from, to string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	log := e.captures[from]
	if log == nil || e.projects[from] != nil || e.captures[to] != nil {
		return false
	}
	delete(e.captures, from)
	e.captures[to] = log
	return true
}

// Forget drops the capture of a project that is off.
func (e *Engine) Forget(name string) {
	e.mu.Lock()
	log := e.captures[name]
	if e.projects[name] != nil {
		log = nil
	} else {
		delete(e.captures, name)
	}
	e.mu.Unlock()
	if log != nil {
		log.Close()
	}
}

// Capture returns what a project's tunnel has recorded since the engine's start, also while it is off.
func (e *Engine) Capture(name string) (*capture.Log, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	log, ok := e.captures[name]
	return log, ok
}

// Status tells how the projects are that were switched on, sorted by name.
func (e *Engine) Status() []Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]Status, 0, len(e.projects))
	for _, run := range e.projects {
		list = append(list, run.status())
	}
	slices.SortFunc(list, func(a, b Status) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Close switches everything off and waits for it.
func (e *Engine) Close() {
	defer e.config.Changed() // after the lock is released
	e.switching.Lock()
	defer e.switching.Unlock()
	for _, s := range e.Status() {
		e.stop(s.Name)
	}
	e.mover.close()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, log := range e.captures {
		log.Close()
	}
	clear(e.captures)
}

// start opens a project's addresses and serves on them.
func (e *Engine) start(run *running) error {
	p := run.project
	auth, err := newBasicAuth(p, e.config.Getenv)
	if err != nil {
		return err
	}
	own, err := e.newCertificate(p.Certificate)
	if err != nil {
		return err
	}
	at := map[string][]*listener{}
	for _, addr := range p.Listen {
		ls, err := e.listen(p.Name, addr)
		run.listeners = append(run.listeners, ls...)
		if err != nil {
			return err
		}
		at[addr] = append(at[addr], ls...)
	}
	s := newService(p, auth, e.captureOf(p.Name), e.mover, e.rhythm, e.config.Changed)
	s.certificate = own
	s.bind(at)
	for _, l := range run.listeners {
		if err := l.add(s); err != nil {
			s.close()
			for _, l := range run.listeners {
				l.remove(s)
			}
			return err
		}
	}
	run.service = s
	return nil
}

// stop ends a project's service and closes the addresses that nobody else has.
func (e *Engine) stop(name string) bool {
	e.mu.Lock()
	run := e.projects[name]
	delete(e.projects, name)
	e.mu.Unlock()
	if run == nil {
		return false
	}
	if run.service != nil {
		run.service.close() // first: a listener waits for the handshakes that the service has under way
		for _, l := range run.listeners {
			l.remove(run.service)
		}
	}
	e.unlisten(run.listeners)
	return true
}

// captureOf returns a project's capture, a new one at first.
func (e *Engine) captureOf(name string) *capture.Log {
	e.mu.Lock()
	defer e.mu.Unlock()
	log := e.captures[name]
	if log == nil {
		log = capture.New(e.config.CaptureBudget)
		e.captures[name] = log
	}
	return log
}

// urls are the addresses as a browser has them: port 443 first, which they leave out.
func (run *running) urls() []string {
	var standard, others []*listener
	for _, l := range run.listeners {
		if l.port() == 443 {
			standard = append(standard, l)
		} else {
			others = append(others, l)
		}
	}
	list := []string{}
	for _, l := range append(standard, others...) {
		for _, h := range run.project.Hosts {
			url := "https://" + withPort(h, "https", strconv.Itoa(l.port()))
			if !slices.Contains(list, url) {
				list = append(list, url)
			}
		}
	}
	return list
}

// status tells how the project is.
func (run *running) status() Status {
	p := run.project
	s := Status{Name: p.Name, Description: p.Description, Group: p.Group, Guarded: p.Guarded(), Listen: []string{}, URLs: []string{}}
	s.Routes = routesOf(p)
	if run.err != nil {
		s.State, s.Fault, s.Reason, s.Listen = Failed, OtherFault, run.err.Error(), p.Listen
		if errors.Is(run.err, errPortTaken) {
			s.Fault = PortTaken
		}
		s.Exposed = project.Exposed(s.Listen)
		return s
	}
	run.service.tell(&s)
	run.service.certificate.status(&s)
	for _, l := range run.listeners {
		s.Listen = append(s.Listen, l.addr)
	}
	s.URLs = run.urls()
	s.Exposed = project.Exposed(s.Listen)
	return s
}
