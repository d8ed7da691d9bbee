package control

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Window is the window of the desktop app. Its methods are called from many goroutines; their errors' texts reach the
// user as they are.
type Window interface {
	// Raise shows the window and puts it before the others.
	Raise() error
	// Outline returns what the window shows, in the order in which it is read: for tests, and for people who cannot
	// see the screen.
	Outline(ctx context.Context) ([]Node, error)
	// Work returns what the window took of the goroutine that draws it since Work was called last: for benchmarks.
	Work(ctx context.Context) (Work, error)
}

// Work is what a window took, which is drawn by one goroutine on one thread. Durations are in nanoseconds.
type Work struct {
	// Beats are the times that bringing the window up to date took, without drawing it.
	Beats Spread `json:"beats"`
	// Updates are the processor times of the thread for that and for drawing it. It has none where the system does not
	// tell, and before Work is called for the first time.
	Updates Spread `json:"updates"`
	// Allocs and Bytes are what the whole program has allocated since it started.
	Allocs uint64 `json:"allocs"`
	Bytes  uint64 `json:"bytes"`
}

// Spread tells how durations are spread. Quantiles are exact to a sixteenth.
type Spread struct {
	Count int64         `json:"count"`
	P50   time.Duration `json:"p50"`
	P99   time.Duration `json:"p99"`
	Max   time.Duration `json:"max"`
}

// Node is one thing that a window shows. Its place is from the window's upper left corner, in the units in which the
// window is laid out, which the display's scale turns into pixels.
type Node struct {
	Role  string  `json:"role"` // "button", "switch", "row" and so on
	Text  string  `json:"text,omitempty"`
	State string  `json:"state,omitempty"` // "on", "selected", "disabled" and so on; "" where there is nothing to say
	X     float32 `json:"x"`
	Y     float32 `json:"y"`
	W     float32 `json:"w"`
	H     float32 `json:"h"`
}

// errNoWindow is what a culvert without a window answers.
var errNoWindow = errors.New("the culvert that runs has no window (end it, then start culvert-tray)")

func (s *Server) raise(w http.ResponseWriter, _ *http.Request) {
	err := errNoWindow
	if window := s.app.Window(); window != nil {
		err = window.Raise()
	}
	answer(w, struct{}{}, err)
}

func (s *Server) outline(w http.ResponseWriter, r *http.Request) {
	nodes, err := []Node{}, errNoWindow
	if window := s.app.Window(); window != nil {
		nodes, err = window.Outline(r.Context())
	}
	answer(w, nodes, err)
}

func (s *Server) work(w http.ResponseWriter, r *http.Request) {
	work, err := Work{}, errNoWindow
	if window := s.app.Window(); window != nil {
		work, err = window.Work(r.Context())
	}
	answer(w, work, err)
}
