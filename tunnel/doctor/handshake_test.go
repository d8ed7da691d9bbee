package doctor

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
)

const switching = "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"

func TestHandshakesThatNoBrowserAccepts(t *testing.T) {
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<h1>Log in</h1>")
	}
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(n) }
	}
	for name, tc := range map[string]struct {
		backend  http.HandlerFunc
		browser  browser
		check    string
		severity Severity
		what     string
		evidence string
		fix      string
	}{
		"404": {
			status(404),
			browser{},
			"backend-not-websocket", Error, "does not open a WebSocket",
			"GET /ws, answered with 404 Not Found; recorded once, and now again", "strip_prefix",
		},
		"500": {status(500), browser{}, "backend-not-websocket", Error, "", "500 Internal Server Error", "log"},
		"a redirect": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/ws/?token=secret", http.StatusFound)
			},
			browser{},
			"redirect-instead-of-101", Error, "redirects the socket", "302 Found: Location: /ws/;", "slash",
		},
		"a login page": {html, browser{}, "login-page-instead-of-101", Warning, "asks for a login", "a page of type text/html", "cookie"},
		"a password": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("WWW-Authenticate", `Basic realm="chat"`)
				w.WriteHeader(401)
			},
			browser{},
			"login-page-instead-of-101", Warning, "asks for a login", `WWW-Authenticate: Basic realm="chat"`, "cookie",
		},
		"a wrong accept": {
			answering(switching + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
			browser{},
			"wrong-accept", Error, "answers the key", `is "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", and the key asks for "`, "library",
		},
		"no accept": {answering(switching + "X: y"), browser{}, "wrong-accept", Error, "answers the key", `is ""`, "library"},
		"another subprotocol": {
			answering(switching + "Sec-WebSocket-Accept: KEY\nSec-WebSocket-Protocol: mqtt"),
			browser{protocols: []string{"stomp", "v12"}},
			"subprotocol-not-offered", Error, "agree on a subprotocol", `it chose "mqtt" of the offered stomp, v12`, "new WebSocket",
		},
		"a subprotocol though none was offered": {
			answering(switching + "Sec-WebSocket-Accept: KEY\nSec-WebSocket-Protocol: mqtt"),
			browser{},
			"subprotocol-not-offered", Error, "", `it chose "mqtt" of the offered (nothing)`, "",
		},
		"no subprotocol though some were offered": {
			answering(switching + "Sec-WebSocket-Accept: KEY"),
			browser{protocols: []string{"graphql-ws"}},
			"subprotocol-not-offered", Error, "", "it chose none of the offered graphql-ws", "",
		},
		"an extension that was not offered": {
			answering(switching + "Sec-WebSocket-Accept: KEY\nSec-WebSocket-Extensions: x-zip; level=9"),
			browser{},
			"extension-not-offered", Error, "extension that was not offered", `it chose "x-zip"`, "switch the extension off",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", "ws://"+backend(t, tc.backend)))
			tc.browser.opens(t, w, "/ws?ticket=secret")
			found := w.find(t, tc.check)
			wantOne(t, found, tc.severity, tc.what, tc.evidence, tc.fix)
			if strings.Contains(fmt.Sprint(found), "secret") {
				t.Errorf("it tells what may be secret: %+v", found)
			}
			for _, other := range []string{
				"backend-not-websocket", "redirect-instead-of-101", "login-page-instead-of-101", "wrong-accept",
				"subprotocol-not-offered", "extension-not-offered", "backend-refuses-origin",
			} {
				if other != tc.check {
					wantNone(t, w.find(t, other))
				}
			}
		})
	}
}

func TestWhatNobodyAskedForIsAWarning(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/", "ws://"+backend(t, http.NotFound)))
	wantOne(t, w.find(t, "backend-not-websocket"), Warning, "does not open", "GET /, answered with 404 Not Found; the doctor asked for", "")
}

func TestAFaultThatIsMendedIsNoneAnyMore(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, func(rw http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			http.NotFound(rw, r)
			return
		}
		echo(rw, r)
	})))
	for range 3 {
		(browser{}).opens(t, w, "/ws")
	}
	wantOne(t, w.find(t, "backend-not-websocket"), Error, "", "recorded 3 times", "")
	broken.Store(false)
	wantNone(t, w.find(t, "backend-not-websocket")) // the doctor finds out by asking
	(browser{}).opens(t, w, "/ws")
	broken.Store(true)
	wantNone(t, w.find(t, "backend-not-websocket")) // the record says so, and nobody is asked
}

func TestOnlyTheLastAnswerToAPageCounts(t *testing.T) {
	var status atomic.Int64
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(int(status.Load())) })))
	for _, n := range []int64{404, 404, 401} {
		status.Store(n)
		(browser{}).opens(t, w, "/ws")
	}
	wantNone(t, w.find(t, "backend-not-websocket"))
	wantOne(t, w.find(t, "login-page-instead-of-101"), Warning, "", "401 Unauthorized; recorded once", "")
	(browser{origin: "http://localhost:3000"}).opens(t, w, "/ws")
	wantOne(t, w.find(t, "login-page-instead-of-101"), Warning, "", "recorded 2 times", "")
}

func TestABackendThatRefusesTheOrigin(t *testing.T) {
	refusing := func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
			u, _ := url.Parse(r.Header.Get("Origin"))
			return u.Host == r.Host && u.Scheme == "http" || r.Header.Get("Origin") == ""
		}}
		if c, err := up.Upgrade(w, r, nil); err == nil {
			c.ReadMessage()
			c.Close()
		}
	}
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, refusing)))
	if status := (browser{}).opens(t, w, "/ws"); status != 403 {
		t.Fatalf("status %d", status)
	}
	origin := "https://localhost:" + port(w.patient(t).Listen[0])
	wantOne(t, w.find(t, "backend-refuses-origin"), Error, "refuses pages of the Origin "+origin,
		"with Origin "+origin+" it answers 403 Forbidden, with http://localhost:"+port(w.patient(t).Listen[0])+" 101, without one 101",
		"set_headers = { Origin = ")
	wantNone(t, w.find(t, "backend-not-websocket"))

	w = newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo)))
	wantNone(t, w.find(t, "backend-refuses-origin"))
	w = newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })))
	wantNone(t, w.find(t, "backend-refuses-origin"))
	wantOne(t, w.find(t, "backend-not-websocket"), Warning, "", "403 Forbidden", "")
}

func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }

func TestTheDoctorBringsNoSecretsOfUsers(t *testing.T) {
	asked := make(chan http.Header, 9)
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Clone()
		w.WriteHeader(500)
	})))
	d := websocket.Dialer{}
	_, resp, err := d.Dial("ws://"+w.patient(t).Listen[0]+"/ws", http.Header{"Cookie": {"a=b"}, "Authorization": {"Basic eA=="}, "Origin": {"http://x"}})
	if resp == nil || resp.StatusCode != 500 {
		t.Fatal(err)
	}
	if h := <-asked; h.Get("Cookie") != "a=b" {
		t.Fatalf("the tunnel passed on %v", h)
	}
	w.settle(t)
	w.find(t, "backend-not-websocket")
	h := <-asked
	if h.Get("Cookie") != "" || h.Get("Authorization") != "" || h.Get("User-Agent") != "culvert doctor" || h.Get("Origin") != "http://x" {
		t.Errorf("the doctor asked with %v", h)
	}
}

func TestWhatTheTunnelItselfRefuses(t *testing.T) {
	addr := backend(t, echo)
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+addr))
	wantNone(t, w.find(t, "tunnel-refuses"))
	if status := (browser{}).opens(t, w, "/other"); status != 404 {
		t.Fatalf("status %d", status)
	}
	wantOne(t, w.find(t, "tunnel-refuses"), Error, "The tunnel itself", `once, at `, "route, allow, auth or max_connections")
	if found := w.find(t, "tunnel-refuses"); !strings.Contains(found[0].Evidence, `has no route for "/other"`) {
		t.Errorf("the evidence is %q", found[0].Evidence)
	}
	w.serve(t, route("/", "ws://"+addr))
	wantNone(t, w.find(t, "tunnel-refuses"))
}
