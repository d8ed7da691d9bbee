// Package state is what the desktop app shows of Culvert, as one value.
//
// The owner of the app makes a new State when something has changed; tray and window are functions of it. What traffic
// counts is no such change: those numbers are as they were when the State was made.
package state

import "strings"

// State is everything that is shown, but traffic.
type State struct {
	Projects []Project // sorted by group and name, those without a group last
	Trust    Trust
	// Paused tells that everything was switched off at once, and what was on can be resumed.
	Paused bool
	// Tray tells whether the desktop shows tray icons now.
	Tray bool
	// Desktop is the user's desktop as XDG_CURRENT_DESKTOP names it, such as "GNOME"; "" where nothing is known.
	Desktop string
}

// Health is how a project does, beside its switch.
type Health uint8

// The states of a project, each a word in the window.
const (
	Off         Health = iota // switched off
	On                        // served
	Degraded                  // served; some of its backends could not be reached, and the others have their share
	BackendDown               // served, but a route has no backend that could be reached when it was last asked for
	PortTaken                 // not served: another program listens on its address
	FileBroken                // the project file has a mistake; with Serving, it is served as it was before
	Failed                    // not served for another reason
)

// Project is a project that the user made known.
type Project struct {
	Name        string
	Description string
	Group       string // "" for none
	File        string // absolute path, "" for the built-in demo
	Demo        bool
	Switched    bool // on, as the user has set it
	Serving     bool // its addresses are open
	Health      Health
	Reason      string   // what is wrong, in words and with what to do; "" where Health says everything
	Listen      []string // IP:port; real ports while it is served
	URLs        []string // "https://host:port", the best first; empty unless it is served
	Exposed     []string // those of Listen that other machines can reach
	Certificate string   // SHA-256, in hex, of the certificate that it brings and shows; "" where it is the local CA's
	Guarded     bool     // they are refused there all the same: only this machine is let in
	Routes      []Route
	Endpoints   []Endpoint // the paths that routes name, and those that were asked for; sorted
}

// Route is one path of a project and where it leads.
type Route struct {
	Path      string
	To        string     // URL of the first upstream, the folder of its files, or where clients are sent
	URLs      []string   // those of the project's where it serves its path
	Upstreams []Upstream // all of them, in the order of the file
}

// Upstream is a backend of a route.
type Upstream struct {
	URL         string
	Down        string // why it could not be reached when it was last dialled; "" if it could, or was not yet
	Connections int    // WebSockets and requests that it had
}

// Endpoint is a path of a project, and how often it was asked for since the project was switched on.
type Endpoint struct {
	// Others tells that it counts all paths that have no entry of their own; Path and Route mean nothing then.
	Others   bool
	Path     string
	Route    string // path of the route that serves it, "" if none does
	Open     int    // WebSockets that were open
	Sockets  int64  // WebSockets opened
	Requests int64  // HTTP requests answered
	Refused  int64  // of either, those that were answered with 400 or above, or not at all
}

// Attention reports whether the user should look at the project: it is to be on, and something in it does not work. Where
// the backends that are left have the share of those that are gone, all of it works.
func (p *Project) Attention() bool { return p.Switched && p.Health > Degraded }

// Upstreams returns the backends of all routes, each once: one that takes WebSockets and requests has two URLs, or paths
// of its own, and is one backend.
func (p *Project) Upstreams() (list []Upstream) {
	seen := make(map[string]bool)
	for i := range p.Routes {
		for _, u := range p.Routes[i].Upstreams {
			if at := server(u.URL); !seen[at] {
				seen[at] = true
				list = append(list, u)
			}
		}
	}
	return list
}

// server returns what is one server of a URL: host and port.
func server(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url // of a unix socket
	}
	host, _, _ := strings.Cut(rest, "/")
	switch {
	case strings.LastIndexByte(host, ':') > strings.LastIndexByte(host, ']'):
	case scheme == "wss" || scheme == "https":
		host += ":443"
	default:
		host += ":80"
	}
	return host
}

// Down counts the backends that could not be reached when they were last dialled, and all there are.
func (p *Project) Down() (down, all int) {
	for _, u := range p.Upstreams() {
		all++
		if u.Down != "" {
			down++
		}
	}
	return down, all
}

// Address returns the address for a WebSocket client, "wss://host:port", or "" while none is known.
func (p *Project) Address() string {
	if len(p.URLs) == 0 {
		return ""
	}
	return "wss://" + strings.TrimPrefix(p.URLs[0], "https://")
}

// Page returns the address for a browser, "https://host:port", or "" while none is known.
func (p *Project) Page() string {
	if len(p.URLs) == 0 {
		return ""
	}
	return p.URLs[0]
}

// Find returns the project of that name, or nil.
func (s *State) Find(name string) *Project {
	for i := range s.Projects {
		if s.Projects[i].Name == name {
			return &s.Projects[i]
		}
	}
	return nil
}

// Attention reports whether the tray icon should ask for the user: a project that is to be on has a fault, or no store
// trusts the CA.
func (s *State) Attention() bool {
	for i := range s.Projects {
		if s.Projects[i].Attention() {
			return true
		}
	}
	return s.Trust.Checked && s.Trust.Trusted() == 0 && s.Trust.Possible() > 0
}

// Serving reports whether any project is served.
func (s *State) Serving() bool {
	for i := range s.Projects {
		if s.Projects[i].Serving {
			return true
		}
	}
	return false
}

// Switched reports whether the user has any project switched on.
func (s *State) Switched() bool {
	for i := range s.Projects {
		if s.Projects[i].Switched {
			return true
		}
	}
	return false
}
