package migration

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/certs/trust/browsertest"
)

func TestAChatSystemsFiveStepsOnOneTrustedName(t *testing.T) {
	t.Parallel()
	nodes := map[string]node{}
	for _, name := range []string{"node1", "node2", "node3"} {
		nodes[name] = startNode(t, name, freePort(t))
	}
	app, files := startSessions(t), startStore(t)
	f := serveShown(t, "chat", map[string]string{"127.0.0.1:8443": "https"}, map[string]string{
		"127.0.0.1:8888": app, "127.0.0.1:9000": files, "127.0.0.1:8081": nodes["node1"].address,
		"127.0.0.1:8082": nodes["node2"].address, "127.0.0.1:8083": nodes["node3"].address,
	})
	page := f.browse(t, browsertest.Chromium())
	origin := f.fill("https://web-chat.localhost:{https}")
	if err := page.Open(origin + "/"); err != nil {
		t.Fatal(err)
	}
	var log []string
	await := func(condition string) {
		page.Await(fmt.Sprintf(`(log => %s)([...document.querySelectorAll("#log li")].map(e => e.textContent))`, condition))
		page.Read(`[...document.querySelectorAll("#log li")].map(e => e.textContent)`, &log)
	}
	const connected = `log.filter(line => line.startsWith("connected")).length == %d`

	t.Log("page, session, login, route, upload, long connection")
	page.Click("#enter")
	await(fmt.Sprintf(connected, 1))
	steps := []string{
		"page: " + origin + ", secure: true",
		"/session: 200 session of device 1 for " + origin,
		"/session_login: 200 token of user 1 for " + origin,
		`/route: 200 {"node":"node`,
		"/upload/picture.png: 201 100000 bytes for " + origin,
		"connected with node",
	}
	for i, want := range steps {
		if len(log) <= i || !strings.HasPrefix(log[i], want) {
			t.Fatalf("the page's log is %q, want %q", log, steps)
		}
	}

	t.Log("six sockets are two for each node")
	for range 5 {
		page.Click("#connect")
	}
	await(fmt.Sprintf(connected, 6))
	for name := range nodes {
		if n := count(log, "connected with "+name); n != 2 {
			t.Errorf("%d sockets with %s, want 2: %q", n, name, log)
		}
	}

	t.Log("a node dies: its sockets end, the others go on")
	nodes["node2"].kill()
	await(`log.filter(line => line == "lost node2: 1006").length == 2`)
	page.Click("#say")
	await(`log.filter(line => line.endsWith("says hello")).length == 4`)
	for name, want := range map[string]int{"node1": 2, "node2": 0, "node3": 2} {
		if n := count(log, name+" says hello"); n != want {
			t.Errorf("%d sockets with %s go on, want %d: %q", n, name, want, log)
		}
	}

	t.Log("new sockets go to those that live, and requests too")
	for range 4 {
		page.Click("#connect")
	}
	await(fmt.Sprintf(connected, 10))
	for name, want := range map[string]int{"node1": 4, "node2": 2, "node3": 4} {
		if n := count(log, "connected with "+name); n != want {
			t.Errorf("%d sockets with %s in all, want %d: %q", n, name, want, log)
		}
	}
	if n := len(slices.DeleteFunc(log, func(l string) bool { return !strings.HasPrefix(l, "lost ") })); n != 2 {
		t.Errorf("%d sockets were lost, want 2", n)
	}
	if !f.engine.down("/ws") {
		t.Error("culvert list does not show that a node is down")
	}
	for range 6 {
		var status int
		page.Read(`fetch("/route").then(answer => answer.status)`, &status)
		if status != http.StatusOK {
			t.Errorf("/route answers %d while a node is dead", status)
		}
	}

	t.Log("the node comes back, and gets the next")
	_, number, _ := net.SplitHostPort(nodes["node2"].address)
	startNode(t, "node2", number)
	for end := time.Now().Add(patience); f.engine.down("/ws"); {
		if time.Now().After(end) {
			t.Fatal("it is down for the tunnel still")
		}
	}
	page.Click("#connect")
	await(fmt.Sprintf(connected, 11))
	if n := count(log, "connected with node2"); n != 3 {
		t.Errorf("%d sockets with node2 in all, want 3: %q", n, log)
	}
}

// down reports whether one of the upstreams of a route cannot be reached, as far as culvert list knows.
func (m machine) down(path string) bool {
	for _, p := range m.list() {
		for _, r := range p.Routes {
			for _, u := range r.Upstreams {
				if r.Path == path && u.Down != "" {
					return true
				}
			}
		}
	}
	return false
}

func count(log []string, line string) (n int) {
	for _, l := range log {
		if l == line {
			n++
		}
	}
	return n
}

// startSessions is the chat system's app server, and returns its address.
func startSessions(t *testing.T) string {
	words := map[string]string{"/session": "session", "/session_login": "token"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || words[r.URL.Path] == "" {
			t.Errorf("the app server is asked for %s, %v", r.URL.Path, err)
		}
		fmt.Fprintf(w, "%s of %s for %s", words[r.URL.Path], body, r.Header.Get("Origin"))
	}))
	t.Cleanup(s.Close)
	return address(s)
}

// startStore is the chat system's file store, and returns its address.
func startStore(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%d bytes for %s", n, r.Header.Get("Origin"))
	}))
	t.Cleanup(s.Close)
	return address(s)
}
