package control

import (
	"context"
	"errors"
	"net/http"
)

// Window is the window of the desktop app. Its methods are called from many goroutines; their errors' texts reach the
// user as they are.
type Window interface {
	// Raise shows the window and puts it before the others.
	Raise() error
	// Outline returns what the window shows, in the order in which it is read: for tests, and for people who cannot
	// see the screen.
	Outline(ctx context.Context) ([]Node, error)
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
