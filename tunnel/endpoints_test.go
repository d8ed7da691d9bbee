package tunnel

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestEachPathIsCounted(t *testing.T) {
	h := newHouse(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Upgrade") != "" && r.URL.Path == "/ws":
			echoes().ServeHTTP(w, r)
		case r.URL.Path == "/break":
			panic(http.ErrAbortHandler)
		default:
			if path.Clean(r.URL.Path) != "/page a" {
				http.NotFound(w, r)
			}
		}
	}))
	defer s.Close()
	a := newAnswering(t, "tcp", "127.0.0.1:0")
	h.on(t, "name = \"app\"\n[[route]]\npath = \"/unused\"\nto = [\"ws://127.0.0.1:1\"]\n[[route]]\npath = \"/live\"\nto = [\"ws://%s\"]\n"+
		"[[route]]\npath = \"/\"\nto = [%q]\n", a.at(), s.URL)
	addr := h.address(t, "app")
	ws := func(path string) *peer {
		c := dial(t, addr, nil)
		c.write(t, strings.Replace(ask, "/ws", path, 1))
		c.readHead(t)
		return c
	}
	ws("/live/1?token=x")
	ws("/live/1").Close()
	ws("/sock")
	ws("/unused")
	for _, path := range []string{"/page%20a?x=1", "//./page%20a", "/missing", "/break"} {
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	want := []EndpointStatus{
		{Path: "/", Route: "/"},
		{Path: "/break", Route: "/", Requests: 1, Refused: 1},
		{Path: "/live", Route: "/live"},
		{Path: "/live/1", Route: "/live", Sockets: 2, Open: 1},
		{Path: "/missing", Route: "/", Requests: 1, Refused: 1},
		{Path: "/page a", Route: "/", Requests: 2},
		{Path: "/sock", Route: "/", Refused: 1},
		{Path: "/unused", Route: "/unused", Refused: 1},
	}
	var got []EndpointStatus
	eventually(t, fmt.Sprintf("the endpoints are\n%+v", want), func() bool {
		got = h.status(t, "app").Endpoints
		return slices.Equal(got, want)
	})
	h.engine.On(h.engine.projects["app"].project)
	if got = h.status(t, "app").Endpoints; len(got) != 3 || got[0] != (EndpointStatus{Path: "/", Route: "/"}) {
		t.Errorf("switched on anew: %+v", got)
	}
}

func TestEndpointsAreBounded(t *testing.T) {
	e := newEndpoints(nil)
	for i := range 1000 {
		e.at(fmt.Sprintf("/%03d", i), nil).answered(200)
	}
	e.at("/"+strings.Repeat("x", maxEndpointPath), nil).answered(200)
	e.at("/000", nil).answered(404)
	list := e.status()
	if len(list) != maxEndpoints+1 {
		t.Fatalf("%d endpoints", len(list))
	}
	if got, want := list[0], (EndpointStatus{Path: "/000", Requests: 2, Refused: 1}); got != want {
		t.Errorf("the first is %+v, want %+v", got, want)
	}
	if got, want := list[maxEndpoints], (EndpointStatus{Path: OtherEndpoints, Requests: 801}); got != want {
		t.Errorf("the last is %+v, want %+v", got, want)
	}
}

func TestAKnownEndpointIsFoundWithoutAllocating(t *testing.T) {
	e := newEndpoints(nil)
	path := strings.Repeat("/known", 9)
	e.at(path, nil)
	if n := testing.AllocsPerRun(100, func() { e.at(path, nil).answered(200) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRoutesWithoutUpstreamsAreNotDown(t *testing.T) {
	h := newHouse(t)
	h.on(t, "name = \"app\"\n[[route]]\nroot = %q\n[[route]]\npath = \"/away\"\nredirect = \"/\"\n", t.TempDir())
	s := h.status(t, "app")
	if s.Down != "" || len(s.Routes) != 2 || len(s.Routes[0].Upstreams) != 0 || s.Routes[1].To != "/" {
		t.Errorf("the status is %+v", s)
	}
}

func TestTheStatusNamesTheAddressesThatOthersReach(t *testing.T) {
	h := newHouse(t)
	h.on(t, "name = \"app\"\nlisten = [\"127.0.0.1:0\", \"0.0.0.0:0\"]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n")
	s := h.status(t, "app")
	if want := s.Listen[len(s.Listen)-1]; !slices.Equal(s.Exposed, []string{want}) || !s.Guarded {
		t.Errorf("listening on %q, exposed are %q, guarded %v", s.Listen, s.Exposed, s.Guarded)
	}
	h.on(t, "name = \"app\"\nallow = [\"0.0.0.0/0\"]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n")
	if s := h.status(t, "app"); len(s.Exposed) != 0 || s.Guarded {
		t.Errorf("exposed are %q, guarded %v", s.Exposed, s.Guarded)
	}
}
