package migration

import (
	"slices"
	"testing"
)

// forced is what a page's backend sees of an upgrade that nobody has asked for.
var forced = difference{
	nginx: []string{"backend: Connection: Upgrade", "backend: Upgrade: websocket", "backend: Sec-Websocket-Version: 13"},
	why:   `Upgrade "websocket" on every request makes every page a handshake that cannot succeed`,
}

func TestAProxyFromWSToWSS(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "proxy", shared: map[string]string{"backend": address(startBackend(t, "backend"))}, roles: []string{"http", "wss"}}
	nginx, culvert := s.nginx(), s.culvert()
	seen := []string{
		"status 200", "Content-Type: text/plain", "X-Backend: backend", "backend: GET /", "backend: HTTP/1.1", "backend: Host: 127.0.0.1:{wss}",
		"backend: User-Agent: proof", "backend: X-Real-Ip: 127.0.0.1", "backend: X-Forwarded-Proto: http",
	}
	exchanges := slices.Concat(
		sessions("wss://127.0.0.1:{wss}/"),
		[]exchange{
			{name: "by the name instead of the address", url: "wss://localhost:{wss}/", frames: []string{"close 1000"}},
			{
				name: "ws on the port of wss", url: "ws://127.0.0.1:{wss}/", frames: []string{"text hello", "close 1000"},
				differs: []difference{plainOnTLSPort(slices.Concat(opened, []string{
					"backend: Connection: Upgrade",
					"backend: Sec-Websocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "backend: Sec-Websocket-Version: 13", "backend: Upgrade: websocket",
					`frame: text "hello"`, `frame: close 1000 ""`, "the end: closed",
				}, seen[2:])...)},
			},
			{name: "a page of the backend's", url: "https://127.0.0.1:{wss}/chat", differs: []difference{forced}},
			{name: "http on the port of https", url: "http://127.0.0.1:{wss}/", differs: []difference{plainOnTLSPort(seen...)}},
			{
				name: "a page that wants HSTS", url: "https://localhost:{wss}/?header=Strict-Transport-Security:%20max-age=31536000",
				differs: []difference{forced, {
					nginx: []string{"Strict-Transport-Security: max-age=31536000"},
					why:   "it would stick to localhost, on every port, for a year",
				}},
			},
			{name: "a page that tells its server", url: "https://localhost:{wss}/?header=Server:%20Jetty", differs: []difference{forced, {
				culvert: []string{"Server: Jetty"}, why: "what the backend says passes; nginx puts itself in its place",
			}}},
			{name: "the page of the default server", url: "http://localhost:{http}/", differs: []difference{fresh, encoded}},
			{name: "a page that is not there", url: "http://localhost:{http}/nowhere", differs: []difference{{
				nginx:   []string{"Content-Type: text/html", "Etag: …", "backend: <h1>Not here</h1>"},
				culvert: []string{"Content-Type: text/plain; charset=utf-8", `Culvert's words: there is no file for "/nowhere" below the root of route /`},
				why:     "there are no pages for errors in a project file, and the import says so",
			}, fresh}},
		},
	)
	compare(t, nginx, culvert, exchanges, []difference{
		ownServer, portOfHost("127.0.0.1", "wss"), portOfHost("localhost", "wss"), forwardedFor, forwardedHost, forwardedProto,
		{nginx: []string{"backend: X-Forwarded-F: 127.0.0.1"}, why: "the name is a slip, and the address is in X-Forwarded-For; the import says so"},
	})
	culvert.said(t, "nginx never finds the server by 127.0.0.1", "SSLv2, SSLv3", "X-Forwarded-F $remote_addr", "error_page",
		"cuts a socket that is silent for 60 s; here it stays open")
}

func TestAProxyFromWSToWSSInFrontOfNode(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "proxy", shared: map[string]string{"backend": startNode(t, "node1", "0").address}, roles: []string{"http", "wss"}}
	compare(t, s.nginx(), s.culvert(), []exchange{
		{name: "a socket", url: "wss://127.0.0.1:{wss}/", frames: pieces},
		{name: "a socket with a broken frame", url: "wss://127.0.0.1:{wss}/", frames: []string{"continuation of nothing"}},
		{name: "a page", url: "https://127.0.0.1:{wss}/status", differs: []difference{{
			nginx:   []string{"status 400", "Content-Type: text/html", "backend: Missing or invalid Sec-WebSocket-Key header"},
			culvert: []string{"status 200", "Content-Type: application/json", `backend: {"node":"node1","path":"/status","host":"127.0.0.1:{wss}"}`},
			why:     forced.why,
		}}},
	}, []difference{ownServer})
}
