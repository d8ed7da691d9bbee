package tunnel

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// watchedHouse is a house that counts how often it is told of a change. Being told, it asks for the status and takes
// the lock of switching, which a caller that holds a lock would not survive.
func watchedHouse(t *testing.T) (*house, *atomic.Int64) {
	t.Helper()
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	var told atomic.Int64
	var h *house
	h = newHouseWith(t, Config{Changed: func() {
		told.Add(1)
		h.engine.Status()
		h.engine.Off("nobody") //nolint:errcheck // it is not on
	}}, m)
	return h, &told
}

// freeAddr is an address where nothing listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestABackendThatCannotBeReachedIsTheStatusUntilItCan(t *testing.T) {
	for _, test := range []struct {
		name, scheme string
		ask          func(t *testing.T, addr string)
	}{
		{"WebSocket", "ws", askSocket},
		{"page", "http", askPage},
		{"WebSocket over TLS", "wss", askSocket},
		{"page over TLS", "https", askPage},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, told := watchedHouse(t)
			at := freeAddr(t)
			addr := h.serve(t, test.scheme+"://"+at)
			wantTold(t, told, 1, "on")
			if s := h.status(t, "app"); s.Down != "" || s.State != On {
				t.Errorf("before anyone asked: %+v", s)
			}
			for range 2 {
				test.ask(t, addr)
				if s := h.status(t, "app"); !strings.Contains(s.Down, "connection refused") || s.State != On || s.Fault != NoFault {
					t.Errorf("with nobody there: %+v", s)
				}
			}
			wantTold(t, told, 2, "down")

			l, err := net.Listen("tcp", at)
			if err != nil {
				t.Fatal(err)
			}
			s := httptest.NewUnstartedServer(http.NotFoundHandler())
			s.Listener.Close()
			s.Listener = l
			if test.scheme == "wss" || test.scheme == "https" {
				s.StartTLS()
			} else {
				s.Start()
			}
			defer s.Close()
			for range 2 {
				test.ask(t, addr)
				if s := h.status(t, "app"); s.Down != "" {
					t.Errorf("after it came up: %+v", s)
				}
			}
			wantTold(t, told, 3, "up")
		})
	}
}

// askSocket asks a tunnel for a WebSocket, and takes whatever it answers.
func askSocket(t *testing.T, addr string) {
	t.Helper()
	c := dial(t, addr, nil)
	c.write(t, ask)
	c.readAnswer(t)
}

// askPage asks a tunnel for its page.
func askPage(t *testing.T, addr string) {
	t.Helper()
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + addr + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func wantTold(t *testing.T, told *atomic.Int64, want int64, when string) {
	t.Helper()
	if got := told.Load(); got != want {
		t.Errorf("%s: told %d times of changes, want %d", when, got, want)
	}
}

func TestABackendWithoutTheTLSThatIsAskedForIsDown(t *testing.T) {
	for _, scheme := range []string{"wss", "https"} {
		t.Run(scheme, func(t *testing.T) {
			h, told := watchedHouse(t)
			plain := httptest.NewServer(http.NotFoundHandler())
			defer plain.Close()
			addr := h.serve(t, scheme+"://"+plain.Listener.Addr().String())
			if scheme == "wss" {
				askSocket(t, addr)
			} else {
				askPage(t, addr)
			}
			if s := h.status(t, "app"); !strings.HasPrefix(s.Down, "TLS with 127.0.0.1:") {
				t.Errorf("the status is %+v", s)
			}
			wantTold(t, told, 2, "down")
		})
	}
}

func TestRoutesToOneBackendAreDownAndUpTogether(t *testing.T) {
	h, told := watchedHouse(t)
	b := newBackend(t)
	h.on(t, "name = \"app\"\n[[route]]\npath = \"/ws\"\nto = [\"ws://%s\"]\n[[route]]\npath = \"/other\"\nto = [\"ws://%s\"]\n"+
		"[[route]]\nto = [\"http://%s\"]\n", b.addr, freeAddr(t), b.addr)
	addr := h.address(t, "app")
	ws, page := h.engine.projects["app"].service.route(nil, "/ws"), h.engine.projects["app"].service.route(nil, "/")
	if ws.pool.upstreams[0].node != page.pool.upstreams[0].node {
		t.Error("two routes to one backend know of it apart")
	}
	w := h.open(t, addr, nil, b)
	c := dial(t, addr, nil)
	c.write(t, strings.Replace(ask, "/ws", "/other", 1))
	c.readAnswer(t)
	if s := h.status(t, "app"); s.Down == "" {
		t.Error("one backend of two is down, and the status says nothing")
	}
	w.client.write(t, "unharmed")
	w.server.want(t, "unharmed")
	wantTold(t, told, 2, "on and one down")
}

func TestEveryTurnOfAProjectIsTold(t *testing.T) {
	h, told := watchedHouse(t)
	b := newBackend(t)
	h.serve(t, "ws://"+b.addr)
	wantTold(t, told, 1, "on")
	const late = "name = \"late\"\nlisten = [%q]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n"
	if err := h.engine.On(parse(t, late, b.addr)); err == nil {
		t.Fatal("a taken port was opened")
	}
	wantTold(t, told, 2, "failed")
	if s := h.status(t, "late"); s.Fault != PortTaken || s.State != Failed {
		t.Errorf("with a port taken: %+v", s)
	}
	if err := h.engine.On(parse(t, late, "192.0.2.7:8443")); err == nil {
		t.Fatal("an address of nobody here was opened")
	}
	if s := h.status(t, "late"); s.Fault != OtherFault {
		t.Errorf("with an address of nobody here: %+v", s)
	}
	wantTold(t, told, 3, "failed otherwise")
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, 4, "off")
	if h.engine.Off("app") == nil {
		t.Error("off twice")
	}
	wantTold(t, told, 4, "off twice")
}

func TestACaptureFollowsTheProjectsName(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	h.serve(t, "ws://"+b.addr)
	log := h.log(t)
	if h.engine.Rename("app", "new") {
		t.Error("the capture of a project that is on was renamed")
	}
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	if !h.engine.Rename("app", "new") {
		t.Error("the capture was not renamed")
	}
	if now, ok := h.engine.Capture("new"); !ok || now != log {
		t.Error("the new name has another capture")
	}
	if _, ok := h.engine.Capture("app"); ok {
		t.Error("the old name still has a capture")
	}
}
