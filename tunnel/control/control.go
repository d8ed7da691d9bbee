// Package control is how a second launch and the command line talk to the running app: HTTP with JSON over a socket in
// the app's run folder, which only its user may open.
//
// [Listen] and [Server] are the app's side, [Client] is the other; Client has one method for each thing that can be
// asked. Both ends come from one build, so the protocol is private to them and has no versions.
package control

import (
	"errors"
	"fmt"
)

// State is what has become of a project.
type State string

// The states of a project.
const (
	On      State = "on"      // served
	Off     State = "off"     // switched off
	Failed  State = "failed"  // switched on but not served, see Reason
	Waiting State = "waiting" // switched on; served as soon as the app runs
)

// Fault is the kind of what is wrong with a project.
type Fault string

// The faults of a project. [Project.Reason] has each in words.
const (
	NoFault Fault = ""
	// BackendDown: it is served, but none of a route's backends could be reached when it was last dialled.
	BackendDown Fault = "backend-down"
	// PortTaken: it is not served, as another program listens on its address.
	PortTaken Fault = "port-taken"
	// BadFile: its file, or one of the certificate that it brings, is missing or has a mistake. While it is On it is served
	// as it was before.
	BadFile Fault = "file"
	// OtherFault: it is not served for another reason.
	OtherFault Fault = "other"
)

// Project is a project that the app knows, and how it is doing.
type Project struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Group       string   `json:"group,omitempty"`
	File        string   `json:"file,omitempty"` // absolute path; empty for the built-in demo
	Switched    bool     `json:"switched"`       // on, as the user has set it
	State       State    `json:"state"`
	Fault       Fault    `json:"fault,omitempty"`
	Reason      string   `json:"reason,omitempty"` // what is wrong, in words; not empty with a Fault
	Listen      []string `json:"listen"`           // real addresses where it is on, else those of the file
	URLs        []string `json:"urls"`             // "https://host:port" for each host and address; empty unless on
	Routes      []Route  `json:"routes"`
	Connections int      `json:"connections"` // open now
	Frames      int64    `json:"frames"`      // recorded since culvert runs, those that have gone included

	// Certificate is the SHA-256, in hex, of the certificate that it brings and shows; empty where the local CA's are shown.
	Certificate string `json:"certificate,omitempty"`
	// Exposed are those of Listen that other machines can reach.
	Exposed []string `json:"exposed,omitempty"`
	// Guarded: other machines are refused all the same, as only this one is let in.
	Guarded bool `json:"guarded,omitempty"`
	// Endpoints are the paths that routes name and those that were asked for while it is on, sorted.
	Endpoints []Endpoint `json:"endpoints,omitempty"`
}

// Route is one path of a project and where it leads.
type Route struct {
	Path  string `json:"path"`
	Exact bool   `json:"exact,omitempty"` // it serves the path alone, and nothing below
	// Listen are those of the project's addresses at which it serves, none if at all.
	Listen []string `json:"listen,omitempty"`
	To     string   `json:"to"` // URL of the first upstream, the folder of its files, or where clients are sent
	// Upstreams are all that it leads to, in the order of the file.
	Upstreams []Upstream `json:"upstreams,omitempty"`
}

// Upstream is one of a route's backends.
type Upstream struct {
	URL         string `json:"url"`
	Down        string `json:"down,omitempty"` // why it could not be reached when it was last dialled
	Connections int    `json:"connections"`    // WebSockets and requests that it has now
}

// Endpoint is a path of a project.
type Endpoint struct {
	Path     string `json:"path"`
	Route    string `json:"route,omitempty"` // the path of the route that serves it, "" if none does
	Open     int    `json:"open"`            // WebSockets open now
	Sockets  int64  `json:"sockets"`         // WebSockets opened since it was switched on
	Requests int64  `json:"requests"`        // HTTP requests answered since
	Refused  int64  `json:"refused"`         // handshakes that opened no WebSocket, requests with an answer of 400 or above or with none
}

// Running is what a running app says of itself.
type Running struct {
	Version string `json:"version"`
	PID     int    `json:"pid"`
}

// AddRequest says what to add: project files, or one project without a file, or the built-in demo.
type AddRequest struct {
	Files  []string `json:"files,omitempty"` // absolute paths
	Name   string   `json:"name,omitempty"`
	To     string   `json:"to,omitempty"`
	Listen []string `json:"listen,omitempty"`
	Demo   bool     `json:"demo,omitempty"`
}

// TailRequest says which rows of a capture are wanted.
type TailRequest struct {
	Project string `json:"project"` // name; empty for all projects, also those added later
	Filter  string `json:"filter"`  // in the query language of package capture; empty for all rows
	Last    int    `json:"last"`    // how many of the rows held come first; negative for all
	Follow  bool   `json:"follow"`  // then those that arrive, until the app stops
	JSON    bool   `json:"json"`    // NDJSON instead of text for people
}

// ErrNotRunning is what a Client's methods return, wrapped, when no app listens on the socket.
var ErrNotRunning = errors.New("not running")

// RunningError is what [Listen] returns when another app listens on the socket.
type RunningError struct {
	PID int // of the other; 0 if it does not say
}

func (e *RunningError) Error() string {
	if e.PID == 0 {
		return "already running (stop the other one first)"
	}
	return fmt.Sprintf("already running with pid %d (list, on, off, add, tail and export act on it)", e.PID)
}
