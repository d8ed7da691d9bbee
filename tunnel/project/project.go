// Package project reads, checks and writes culvert.toml, the file that says what one tunnel carries where.
//
// A project file is strict: an unknown key, a wrong type or a value that cannot work is a [Problem] with its line and
// column, and all problems of a file are reported at once as [Errors]. The package opens no sockets and, but for
// [Load], no files.
package project

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// What a key that is not in the file means.
const (
	// DefaultListen is the address of a project that names none: a free port that only this machine reaches.
	DefaultListen = "127.0.0.1:0"
	// DefaultConnectTimeout bounds dialling an upstream, so that a dead host is an answer and not a hang.
	DefaultConnectTimeout = 10 * time.Second
)

// The two words that [Route.Host] knows; anything else is a literal host.
const (
	HostPreserve = "preserve" // the Host that the client sent
	HostUpstream = "upstream" // the upstream's own host and port
)

// Project is one tunnel: the addresses it listens on and the routes it carries requests along. The methods do not
// change it, so one Project may be read by many goroutines.
type Project struct {
	// File is the absolute path of the file it was read from, "" for a project that has none. Relative paths in the
	// file are relative to its folder and are absolute in the fields below.
	File string

	// Name (key "name", required) is 1 to 255 of the letters a–z and A–Z, digits, "_", "." and "-".
	Name string
	// Description (key "description") is a line of text for people. Default: empty.
	Description string
	// Group (key "group") is the name under which projects are switched on and off together. Default: none.
	Group string

	// Listen (key "listen") holds the addresses, each "IP:port"; an IPv6 address is in brackets. Port 0 is a free port
	// that is kept from then on. Default: [DefaultListen]. Never empty.
	Listen []string
	// Hosts (key "hosts") are the names, lower case and without port, by which requests find this project where several
	// share an address. Default: localhost and NAME.localhost. Never empty.
	Hosts []string
	// RedirectHTTP (key "redirect_http"): a plain http request is sent to https on the same port, or from port 80 to 443
	// where the project has both; ws:// is carried either way. Default: false.
	RedirectHTTP bool
	// IdleTimeout (key "idle_timeout") closes a socket that was silent for so long in both directions. Default: 0, never.
	IdleTimeout time.Duration
	// MaxConnections (key "max_connections") bounds the connections open at once. Default: 0, no bound.
	MaxConnections int
	// Backlog (key "backlog") is the length of the queue of connections not yet accepted, of which a system may give less
	// (net.core.somaxconn on Linux). Of several projects on one address the largest counts. On Windows it does nothing.
	// Default: 0, the system's.
	Backlog int
	// Allow (key "allow") holds the client addresses that may connect. Default: 127.0.0.0/8 and ::1. Never empty.
	//
	// The narrowest range of Allow and Deny that holds a client's address decides, Deny among equals; an address in none
	// may not connect. So allow = ["127.0.0.0/8"] denies by default, and allow = ["0.0.0.0/0", "::/0"] with some deny
	// allows by default.
	Allow []netip.Prefix
	// Deny (key "deny") holds client addresses that may not connect. Default: none.
	Deny []netip.Prefix

	// Auth (table "auth") asks for a user and a password before anything is forwarded. Default: nil, nobody is asked.
	Auth *Auth
	// Certificate (table "certificate") stands in for the local CA's. Default: nil, the local CA's.
	Certificate *Certificate
	// CORS (table "cors") answers cross-origin requests. Default: nil, that is left to the upstream.
	CORS *CORS
	// Routes (tables "route") in the order of the file. Of those that serve the address that a request came to, an exact
	// one with its path wins, then the one with the longest path that its path begins with; of two with one path, the one
	// that names the address. At least one.
	Routes []Route
}

// Route says where requests under one path go: to upstreams, to files, or elsewhere.
type Route struct {
	// Path (key "path") is what the paths it serves begin with, decoded: "/" and on from there. Default: "/".
	Path string
	// Exact (key "exact"): it serves Path alone, and nothing below. Default: false.
	Exact bool
	// Listen (key "listen") holds those of the project's addresses, spelt as there, at which the route serves. Default:
	// none, which is all.
	Listen []string
	// To (key "to") holds the upstreams: ws and http are plain, wss and https are TLS, unix is plain over a socket.
	//
	// A path in the URL comes before the request's (which has lost the route's prefix if StripPrefix is set): with
	// to = ["ws://127.0.0.1:80/app"] a request for /ws/1 goes to /app/ws/1. The unix form is unix:/path/to.sock or
	// unix:relative.sock; it is {Scheme: "unix", Path: "/path/to.sock"} here, and adds nothing to the request's path. Where
	// a path is put before or taken off, segments "." and ".." of the request's are resolved first; else it stays as it is.
	//
	// Of several, the one with the fewest connections gets a request; those that cannot be reached are skipped.
	To []*url.URL
	// Root (key "root") is the folder of the static files that are served instead of To. The request's path (which has
	// lost the route's prefix if StripPrefix is set) is looked for below it.
	Root string
	// Fallback (key "fallback") is the file below Root, by its path there, that answers where none is found and a page is
	// asked for (Accept has text/html): the index.html of a page that does its own routing. A script that is missing is
	// so. Default: none, the answer is 404.
	Fallback string
	// Redirect (key "redirect") is where clients are sent instead of To, with 307, which keeps the method and which
	// browsers do not remember: a path or a URL. A URL without a path gets the path and the query of the request, one
	// without a host ("https://:8443") the host that was asked for.
	Redirect string
	// StripPrefix (key "strip_prefix") takes Path off the request's path before it is forwarded. Default: false.
	StripPrefix bool
	// Host (key "host") is the Host that the upstream sees: [HostPreserve], [HostUpstream] or a literal host[:port].
	// Default: [HostPreserve].
	Host string
	// ConnectTimeout (key "connect_timeout") bounds dialling and the TLS handshake; 0 is no bound of our own.
	// Default: [DefaultConnectTimeout].
	ConnectTimeout time.Duration
	// ReadTimeout (key "read_timeout") bounds the silence of the upstream while something is expected of it.
	// Default: 0, none.
	ReadTimeout time.Duration
	// SendTimeout (key "send_timeout") bounds how long the upstream may take nothing of what is sent. Default: 0, none.
	SendTimeout time.Duration
	// SetHeaders (key "set_headers") are set in the request to the upstream, over what the client sent. Default: none.
	SetHeaders map[string]string
	// Open (key "auth", reversed): nobody is asked for a password here, though the project has an Auth. Default: false.
	Open bool
	// Allow (key "allow") and Deny (key "deny") stand here in the place of the project's, both together: Deny alone lets
	// nobody in. Default: none, the project's count.
	Allow, Deny []netip.Prefix
}

// Takes reports whether the route is one for a decoded path.
func (r *Route) Takes(path string) bool {
	return path == r.Path || !r.Exact && strings.HasPrefix(path, r.Path)
}

// Leads returns where the route leads, in short: its first upstream, its folder, or where clients are sent.
func (r *Route) Leads() string {
	switch {
	case len(r.To) > 0:
		return r.To[0].String()
	case r.Root != "":
		return r.Root
	}
	return r.Redirect
}

// Auth is HTTP basic authentication (RFC 7617). Both keys are required. The password is for the tunnel: it is neither
// forwarded nor recorded.
type Auth struct {
	User        string // key "user": without a colon
	PasswordEnv string // key "password_env": the environment variable that holds the password
}

// Certificate is a certificate with its key, read from the user's own files.
type Certificate struct {
	File        string // key "file", required: PEM, PKCS#12 or JKS
	Key         string // key "key": the private key of a PEM pair. Default: it is in File
	Alias       string // key "alias": the entry of a keystore that has several. Default: its only one
	PasswordEnv string // key "password_env": the environment variable that holds the password. Default: no password
}

// CORS says what pages of other origins may ask for (the Fetch standard's CORS protocol).
type CORS struct {
	Origins []string // key "origins", required: "https://host:port", or "*"
	Methods []string // key "methods". Default: those that need no asking (GET, HEAD, POST)
	Headers []string // key "headers". Default: those that need no asking
	// Credentials (key "credentials"): pages may send cookies and passwords along. Default: false.
	Credentials bool
}
