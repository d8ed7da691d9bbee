package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// several is a project file's text for one route with several upstreams.
func several(path string, to ...string) string {
	return fmt.Sprintf("[[route]]\npath = %q\nto = [\"%s\"]\n", path, strings.Join(to, `", "`))
}

func TestUpstreamsOfWhichSomeAreNotThere(t *testing.T) {
	up, one, two := backend(t, echo), free(t, "tcp4"), free(t, "tcp4")
	w := newWard(t)
	w.serve(t, "%s", several("/ws", "ws://"+one, "ws://"+up, "ws://"+two))
	wantOne(t, w.find(t, "backend-absent"), Warning, "2 of 3 upstreams of the route /ws are not there: ws://"+one+", ws://"+two,
		two+": connection refused", "start them")
	w.serve(t, "%s", several("/ws", "ws://"+one, "ws://"+two))
	wantOne(t, w.find(t, "backend-absent"), Error, "Nothing listens at any of the 2 upstreams of the route /ws: ws://"+one+", ws://"+two,
		one+": connection refused", "start them")
	w.serve(t, "%s", several("/ws", "ws://"+up, "ws://"+backend(t, echo)))
	wantNone(t, w.find(t, "backend-absent"))
}

func TestAFaultOfOneUpstreamIsAWarningWhereTheOthersAreSound(t *testing.T) {
	tls := httptest.NewTLSServer(http.HandlerFunc(echo))
	defer tls.Close()
	good := "ws://" + backend(t, echo)
	old := "ws://" + backend(t, answering("HTTP/1.1 410 Gone\nContent-Length: 0"))
	secure := "ws://" + tls.Listener.Addr().String()
	for name, tc := range map[string]struct {
		check, what string
		to          []string
		severity    Severity
	}{
		"TLS, the other plain":         {"backend-speaks-tls", tls.Listener.Addr().String() + " speaks TLS", []string{good, secure}, Warning},
		"TLS, and there is no other":   {"backend-speaks-tls", tls.Listener.Addr().String() + " speaks TLS", []string{secure}, Error},
		"no WebSocket, the other does": {"backend-not-websocket", old + " does not open", []string{old, good}, Warning},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, "%s", several("/ws", tc.to...))
			wantOne(t, w.find(t, tc.check), tc.severity, tc.what, "", "")
		})
	}
}

// What one upstream was asked for, the doctor asks the others for: a socket may live below the route's path.
func TestEveryUpstreamIsAskedForWhatAPageAskedOneFor(t *testing.T) {
	chat := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ws/chat" {
			http.NotFound(w, r)
			return
		}
		echo(w, r)
	}
	one, two := "ws://"+backend(t, chat), "ws://"+backend(t, chat)
	w := newWard(t)
	w.serve(t, "%s", several("/ws", one, two))
	if status := (browser{}).opens(t, w, "/ws/chat"); status != 101 {
		t.Fatalf("status %d", status)
	}
	wantNone(t, w.find(t, "backend-not-websocket"))
}
