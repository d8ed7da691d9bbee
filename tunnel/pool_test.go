package tunnel

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

// pooled switches the project "app" on with a route / to all of these upstreams, and no probes.
func (h *house) pooled(t *testing.T, route string, to ...string) string {
	t.Helper()
	h.engine.rhythm.after = func(time.Duration) <-chan time.Time { return nil }
	h.on(t, "name = \"app\"\n[[route]]\n%s\nto = [%s]\n", route, quoted(to))
	return h.address(t, "app")
}

func quoted(list []string) string {
	q := make([]string, len(list))
	for i, s := range list {
		q[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(q, ", ")
}

// loads are how many connections the upstreams of the first route have.
func (h *house) loads(t *testing.T) (loads []int) {
	t.Helper()
	for _, u := range h.status(t, "app").Routes[0].Upstreams {
		loads = append(loads, u.Connections)
	}
	return loads
}

func (h *house) wantLoads(t *testing.T, want ...int) {
	t.Helper()
	eventually(t, fmt.Sprintf("the upstreams have %v", want), func() bool { return slices.Equal(h.loads(t), want) })
}

// answering is a backend that accepts every handshake and keeps the connections.
type answering struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
	done  sync.WaitGroup
}

func newAnswering(t *testing.T, network, addr string) *answering {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	a := &answering{Listener: l}
	t.Cleanup(a.kill)
	a.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			a.mu.Lock()
			a.conns = append(a.conns, c)
			a.mu.Unlock()
			a.done.Go(func() {
				r := bufio.NewReader(c)
				if _, err := headFrom(r); err == nil {
					io.WriteString(c, switching)
					io.Copy(io.Discard, r)
				}
				c.Close()
			})
		}
	})
	return a
}

func (a *answering) at() string { return a.Addr().String() }

// kill ends the backend, and resets its connections.
func (a *answering) kill() {
	a.Close()
	a.mu.Lock()
	for _, c := range a.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
	a.mu.Unlock()
	a.done.Wait()
}

// openSocket opens a WebSocket through the tunnel, which has to succeed.
func openSocket(t *testing.T, addr string) *peer {
	t.Helper()
	c := dial(t, addr, nil)
	c.write(t, ask)
	if head := c.readHead(t); !strings.HasPrefix(head, "HTTP/1.1 101 ") {
		t.Fatalf("answered %q", head)
	}
	return c
}

func TestWebSocketsGoToTheUpstreamWithTheFewest(t *testing.T) {
	h := newHouse(t)
	a, b, c := newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0")
	addr := h.pooled(t, "", "ws://"+a.at(), "ws://"+b.at(), "ws://"+c.at())
	sockets := make([]*peer, 9)
	for i := range sockets {
		sockets[i] = openSocket(t, addr)
	}
	h.wantLoads(t, 3, 3, 3)
	for i := range 2 { // both of the same upstream, as they take turns
		sockets[1+3*i].Close()
	}
	h.wantLoads(t, 3, 1, 3)
	openSocket(t, addr)
	openSocket(t, addr)
	h.wantLoads(t, 3, 3, 3)
}

func TestWebSocketsThatComeAtOnceAreBalancedToo(t *testing.T) {
	h := newHouse(t)
	a, b, c := newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0")
	addr := h.pooled(t, "", "ws://"+a.at(), "ws://"+b.at(), "ws://"+c.at())
	peers := make([]*peer, 60)
	for i := range peers {
		peers[i] = dial(t, addr, nil)
	}
	var all sync.WaitGroup
	for _, p := range peers {
		all.Go(func() { io.WriteString(p, ask) })
	}
	all.Wait()
	for _, p := range peers {
		p.readHead(t)
	}
	h.wantLoads(t, 20, 20, 20)
}

func TestRequestsUnderWayCountAsWebSocketsDo(t *testing.T) {
	h := newHouse(t)
	a := newAnswering(t, "tcp", "127.0.0.1:0")
	asked, answer := make(chan bool, 9), make(chan bool)
	page := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- true
		<-answer
	}))
	defer page.Close()
	addr := h.pooled(t, "", "ws://"+a.at(), page.URL)
	openSocket(t, addr) // to the first
	done := make(chan error)
	go func() {
		resp, err := http.Get("http://" + addr + "/")
		if err == nil {
			resp.Body.Close()
		}
		done <- err
	}()
	<-asked
	h.wantLoads(t, 1, 1)
	openSocket(t, addr) // to the first again: they take turns
	h.wantLoads(t, 2, 1)
	close(answer)
	if err := <-done; err != nil {
		t.Error(err)
	}
	h.wantLoads(t, 2, 0)
	http.DefaultClient.CloseIdleConnections()
}

func TestARouteToTheSameBackendCountsItsConnectionsToo(t *testing.T) {
	h := newHouse(t)
	a, b := newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0")
	h.on(t, "name = \"app\"\n[[route]]\npath = \"/ws\"\nto = [\"ws://%s\"]\n[[route]]\nto = [\"ws://%s/x\", \"ws://%s\"]\n", a.at(), a.at(), b.at())
	addr := h.address(t, "app")
	openSocket(t, addr)
	openSocket(t, addr)
	for range 2 {
		c := dial(t, addr, nil)
		c.write(t, strings.Replace(ask, "/ws", "/other", 1))
		c.readHead(t)
	}
	eventually(t, "all four are counted", func() bool {
		r := h.status(t, "app").Routes
		return r[0].Upstreams[0].Connections == 2 && r[1].Upstreams[0].Connections == 2 && r[1].Upstreams[1].Connections == 2
	})
}

// serving are the ways to ask for something, which all go along the same pool.
var serving = map[string]func(t *testing.T, addr string) (status int, body string){
	"WebSocket": func(t *testing.T, addr string) (int, string) {
		c := dial(t, addr, nil)
		c.write(t, ask)
		if head := c.readHead(t); strings.HasPrefix(head, "HTTP/1.1 101 ") {
			c.Close()
			return 101, ""
		}
		body, _ := io.ReadAll(c)
		var status int
		fmt.Sscanf(c.head, "HTTP/1.1 %d", &status)
		return status, string(body)
	},
	"GET": func(t *testing.T, addr string) (int, string) { return request(t, "GET", addr, "") },
	"POST": func(t *testing.T, addr string) (int, string) {
		return request(t, "POST", addr, "a body that is sent once")
	},
}

func request(t *testing.T, method, addr, body string) (int, string) {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, "http://"+addr+"/", reader)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// echoing is a page server that answers with what it was sent, and accepts WebSockets.
func echoing(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(echoes())
	t.Cleanup(s.Close)
	return s
}

func echoes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(c, switching)
				c.Close()
			}
			return
		}
		io.Copy(w, r.Body)
	})
}

func TestAClientDoesNotNoticeUpstreamsThatCannotBeReached(t *testing.T) {
	for name, ask := range serving {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			live := echoing(t)
			plain := httptest.NewServer(http.NotFoundHandler()) // where TLS is asked for
			defer plain.Close()
			dead, gone := freeAddr(t), filepath.Join(t.TempDir(), "gone.sock")
			addr := h.pooled(t, "", "ws://"+dead, "unix:"+gone, strings.Replace(plain.URL, "http", "wss", 1), live.URL)
			for range 4 {
				status, body := ask(t, addr)
				if status >= 400 {
					t.Fatalf("answered %d %q", status, body)
				}
				if name == "POST" && body != "a body that is sent once" {
					t.Errorf("the body came as %q", body)
				}
			}
			s := h.status(t, "app")
			for i, why := range []string{"nothing listens on " + dead, "no socket at " + gone, "TLS with 127.0.0.1:", ""} {
				if got := s.Routes[0].Upstreams[i].Down; !strings.HasPrefix(got, why) || why == "" && got != "" {
					t.Errorf("upstream %d is down: %q", i, got)
				}
			}
			if s.Down != "" {
				t.Errorf("the route is said to be down: %s", s.Down)
			}
			var skipped []string
			for _, r := range served(t, h, 4) {
				if r.upstream != live.URL {
					t.Errorf("on record as served by %s", r.upstream)
				}
				if r.skipped != "" {
					skipped = append(skipped, r.skipped)
				}
			}
			if len(skipped) != 1 || strings.Count(skipped[0], "; ") != 2 || !strings.HasPrefix(skipped[0], "nothing listens on "+dead) {
				t.Errorf("on record as skipped: %q; it should be those of the first request", skipped)
			}
		})
	}
}

// serviceRow is what the record says of a request's or a connection's upstream.
type serviceRow struct{ upstream, skipped string }

// served waits for n requests or connections on record.
func served(t *testing.T, h *house, n int) (rows []serviceRow) {
	t.Helper()
	log := h.log(t)
	await(t, log, fmt.Sprintf("%d requests on record", n), func() bool {
		rows = rows[:0]
		for _, c := range log.Conns() {
			rows = append(rows, serviceRow{c.Upstream, c.Skipped})
		}
		for id, next := log.Range(); id < next; id++ {
			if x, ok := log.Exchange(id); ok {
				rows = append(rows, serviceRow{x.Upstream, x.Skipped})
			}
		}
		return len(rows) == n
	})
	return rows
}

func TestWhenAllUpstreamsAreDownEachIsNamedWithItsReason(t *testing.T) {
	for name, ask := range serving {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			a, b := freeAddr(t), freeAddr(t)
			addr := h.pooled(t, "", "ws://"+a, "ws://"+b)
			want := fmt.Sprintf("none of the 2 upstreams of the route / serves: nothing listens on %s or [::1]:%s: connection refused; "+
				"nothing listens on %s or [::1]:%s: connection refused (start the backend, or correct the route's upstream)", a, port(a), b, port(b))
			status, body := ask(t, addr)
			if status != 502 || body != "culvert: "+want+"\n" {
				t.Errorf("answered %d %q\nwant %q", status, body, want)
			}
			if s := h.status(t, "app"); s.Down != want {
				t.Errorf("the status is %q", s.Down)
			}
			live := newAnswering(t, "tcp", b)
			if name != "WebSocket" {
				live.kill()
				s := &http.Server{Handler: echoes()}
				l, err := net.Listen("tcp", b)
				if err != nil {
					t.Fatal(err)
				}
				go s.Serve(l)
				defer s.Close()
			}
			if status, body := ask(t, addr); status >= 400 {
				t.Errorf("once one of them is back: %d %q", status, body)
			}
			s := h.status(t, "app")
			if s.Down != "" || s.Routes[0].Upstreams[0].Down == "" || s.Routes[0].Upstreams[1].Down != "" {
				t.Errorf("the status is %+v", s)
			}
		})
	}
}

func TestNewSocketsGoToTheOthersWhenANodeIsKilled(t *testing.T) {
	h, told := watchedHouse(t)
	probe := make(chan time.Time)
	nodes := []*answering{newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0"), newAnswering(t, "tcp", "127.0.0.1:0")}
	addr := h.pooled(t, "", "ws://"+nodes[0].at(), "ws://"+nodes[1].at(), "ws://"+nodes[2].at())
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	h.engine.rhythm.after = func(time.Duration) <-chan time.Time { return probe }
	h.on(t, "name = \"app\"\nlisten = [%q]\n[[route]]\nto = [\"ws://%s\", \"ws://%s\", \"ws://%s\"]\n", addr, nodes[0].at(), nodes[1].at(), nodes[2].at())
	before := told.Load()

	for range 6 {
		openSocket(t, addr)
	}
	h.wantLoads(t, 2, 2, 2)
	nodes[1].kill()
	h.wantLoads(t, 2, 0, 2)
	for range 4 {
		openSocket(t, addr)
	}
	h.wantLoads(t, 4, 0, 4)
	if s := h.status(t, "app"); s.Routes[0].Upstreams[1].Down == "" || s.Down != "" {
		t.Errorf("with one node killed the status is %+v", s)
	}
	wantTold(t, told, before+1, "one node down")

	back := newAnswering(t, "tcp", nodes[1].at())
	probe <- time.Time{}
	eventually(t, "the node is found up", func() bool { return h.status(t, "app").Routes[0].Upstreams[1].Down == "" })
	eventually(t, "that is told", func() bool { return told.Load() == before+2 })
	for range 4 {
		openSocket(t, addr)
	}
	h.wantLoads(t, 4, 4, 4)
	back.mu.Lock()
	defer back.mu.Unlock()
	if n := len(back.conns); n != 5 { // and the probe
		t.Errorf("the node that came back has %d connections, want 5", n)
	}
}

// breaking is a backend that counts the requests and breaks them off, once it has read them.
func breaking(t *testing.T, count *atomic.Int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	t.Cleanup(func() { l.Close(); work.Wait() })
	work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				io.Copy(io.Discard, r.Body)
				count.Add(1)
			}
			c.Close()
		}
	})
	return l.Addr().String()
}

func TestOnlyWhatMeansTheSameTwiceIsRepeated(t *testing.T) {
	for _, test := range []struct {
		name     string
		ask      func(t *testing.T, addr string) (int, string)
		repeated bool
	}{
		{"WebSocket", serving["WebSocket"], true},
		{"GET", serving["GET"], true},
		{"HEAD", func(t *testing.T, addr string) (int, string) { return request(t, "HEAD", addr, "") }, true},
		{"PUT without a body", func(t *testing.T, addr string) (int, string) { return request(t, "PUT", addr, "") }, true},
		{"DELETE", func(t *testing.T, addr string) (int, string) { return request(t, "DELETE", addr, "") }, true},
		{"POST", serving["POST"], false},
		{"POST without a body", func(t *testing.T, addr string) (int, string) { return request(t, "POST", addr, "") }, false},
		{"PUT with a body", func(t *testing.T, addr string) (int, string) { return request(t, "PUT", addr, "body") }, false},
		{"PATCH", func(t *testing.T, addr string) (int, string) { return request(t, "PATCH", addr, "body") }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			var asked, answered atomic.Int64
			broken := breaking(t, &asked)
			live := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answered.Add(1)
				echoes().ServeHTTP(w, r)
			}))
			defer live.Close()
			addr := h.pooled(t, "", "ws://"+broken, live.URL)
			status, body := test.ask(t, addr)
			if test.repeated && (status >= 400 || asked.Load() != 1 || answered.Load() != 1) {
				t.Errorf("answered %d %q, asked %d and %d times", status, body, asked.Load(), answered.Load())
			}
			if !test.repeated && (status != 502 || !strings.Contains(body, "closed the connection without an answer") || asked.Load() != 1 || answered.Load() != 0) {
				t.Errorf("answered %d %q, asked %d and %d times", status, body, asked.Load(), answered.Load())
			}
			if r := served(t, h, 1)[0]; test.repeated && (r.upstream != live.URL || !strings.Contains(r.skipped, "closed the connection without an answer")) {
				t.Errorf("on record: served by %s, skipped: %s", r.upstream, r.skipped)
			}
			for range 3 { // it is spared for a while
				if status, body := test.ask(t, addr); status >= 400 {
					t.Errorf("later answered %d %q", status, body)
				}
			}
			if asked.Load() != 1 {
				t.Errorf("the upstream that broke off was asked %d times", asked.Load())
			}
			h.wantLoads(t, 0, 0)
		})
	}
}

func TestOverHTTP2ARequestThatWasSentIsRepeatedAsOverHTTP1(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			h := newHouse(t)
			var asked, answered atomic.Int64
			broken := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				if r.ProtoMajor == 2 {
					asked.Add(1)
				}
				panic(http.ErrAbortHandler)
			}))
			broken.EnableHTTP2 = true
			broken.StartTLS()
			defer broken.Close()
			live := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { answered.Add(1) }))
			defer live.Close()
			addr := h.pooled(t, "", broken.URL, live.URL)
			status, body := request(t, method, addr, map[string]string{"POST": "a body"}[method])
			if asked.Load() != 1 || (status == 200) != (method == "GET") || answered.Load() != map[string]int64{"GET": 1}[method] {
				t.Errorf("answered %d %q, asked %d and %d times", status, body, asked.Load(), answered.Load())
			}
		})
	}
}

func TestRequestsOnKeptConnectionsOutliveANode(t *testing.T) {
	h := newHouse(t)
	node, other := echoing(t), echoing(t)
	addr := h.pooled(t, "", node.URL, other.URL)
	for range 4 {
		serving["GET"](t, addr)
	}
	node.CloseClientConnections()
	node.Close()
	for range 4 {
		if status, body := serving["GET"](t, addr); status != 200 {
			t.Errorf("answered %d %q", status, body)
		}
	}
}

func TestAnUpstreamThatGaveNoAnswerIsAskedAgainAfterAWhile(t *testing.T) {
	h := newHouse(t)
	h.engine.rhythm.now = h.clock.now
	var asked atomic.Int64
	addr := h.pooled(t, "", "ws://"+breaking(t, &asked), echoing(t).URL)
	for range 3 {
		serving["GET"](t, addr)
	}
	if n := asked.Load(); n != 1 {
		t.Fatalf("asked %d times at first", n)
	}
	h.clock.advance(steady.sparing)
	for range 2 {
		serving["GET"](t, addr)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times after a while", n)
	}
}

func TestAnAnswerThatHasBegunIsNotRepeated(t *testing.T) {
	for name, begin := range map[string]string{
		"the status line": "HTTP/1.1 20", "early hints": "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "no HTTP": "220 ready\r\n",
	} {
		for _, kind := range []string{"WebSocket", "GET"} {
			t.Run(kind+" after "+name, func(t *testing.T) {
				h, b := newHouse(t), newBackend(t)
				addr := h.pooled(t, "", "ws://"+b.addr, echoing(t).URL)
				done := make(chan bool)
				go func() {
					defer close(done)
					p := b.next(t)
					headFrom(p.in)
					io.WriteString(p, begin)
					p.Close()
				}()
				status, body := serving[kind](t, addr)
				<-done
				if status != 502 {
					t.Errorf("answered %d %q", status, body)
				}
			})
		}
	}
}

func TestA5xxIsAnAnswer(t *testing.T) {
	for _, kind := range []string{"WebSocket", "GET"} {
		t.Run(kind, func(t *testing.T) {
			h := newHouse(t)
			busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) }))
			defer busy.Close()
			addr := h.pooled(t, "", busy.URL, echoing(t).URL)
			if status, body := serving[kind](t, addr); status != 503 || body != "busy\n" {
				t.Errorf("answered %d %q", status, body)
			}
		})
	}
}

func TestEachUpstreamIsSentWhatIsMeantForIt(t *testing.T) {
	heads := make(chan string, 9)
	record := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heads <- r.Host + " " + r.RequestURI + " " + r.Header.Get("X-Forwarded-For")
		echoes().ServeHTTP(w, r)
	})
	plain, secure := httptest.NewServer(record), httptest.NewTLSServer(record)
	defer plain.Close()
	defer secure.Close()
	file := filepath.Join(t.TempDir(), "backend.sock")
	l, err := net.Listen("unix", file)
	if err != nil {
		t.Fatal(err)
	}
	socket := httptest.NewUnstartedServer(record)
	socket.Listener.Close()
	socket.Listener = l
	socket.Start()
	defer socket.Close()
	for _, kind := range []string{"WebSocket", "GET"} {
		t.Run(kind, func(t *testing.T) {
			h := newHouse(t)
			// The first is dead: what is sent to another after it must not be marked by it.
			addr := h.pooled(t, "host = \"upstream\"", "ws://"+freeAddr(t)+"/dead", plain.URL+"/a", secure.URL+"/b", "unix:"+file)
			path := map[string]string{"WebSocket": "/ws", "GET": "/"}[kind]
			var got []string
			for range 3 {
				if status, body := serving[kind](t, addr); status >= 400 {
					t.Fatalf("answered %d %q", status, body)
				}
				got = append(got, <-heads)
			}
			want := []string{
				plain.Listener.Addr().String() + " /a" + path + " 127.0.0.1", secure.Listener.Addr().String() + " /b" + path + " 127.0.0.1",
				"localhost " + path + " 127.0.0.1",
			}
			if !slices.Equal(got, want) {
				t.Errorf("the upstreams were asked\n%q, want\n%q", got, want)
			}
			if kind == "WebSocket" {
				info := h.log(t).Conns()[0]
				if !strings.HasPrefix(string(info.Forwarded), "GET /a/ws HTTP/1.1\r\nHost: "+plain.Listener.Addr().String()) {
					t.Errorf("on record as forwarded:\n%s", info.Forwarded)
				}
			}
		})
	}
}

func TestAPoolThatTimesOutIsA504(t *testing.T) {
	for _, kind := range []string{"WebSocket", "GET"} {
		t.Run(kind, func(t *testing.T) {
			h := newHouse(t)
			addr := h.pooled(t, "read_timeout = \"50ms\"", "ws://"+newBackend(t).addr, "ws://"+newBackend(t).addr)
			status, body := serving[kind](t, addr)
			if status != 504 || !strings.Contains(body, "none of the 2 upstreams") || strings.Count(body, "within") != 2 {
				t.Errorf("answered %d %q", status, body)
			}
			if kind == "WebSocket" {
				if end := endOf(t, h.log(t), 1).End; end.Cause != capture.ByTimeout || end.By != capture.Backend {
					t.Errorf("on record: %+v", end)
				}
			}
		})
	}
}

func TestAConnectTimeoutLeadsToTheNextAndIsA504Alone(t *testing.T) {
	full := unaccepting(t)
	for _, kind := range []string{"WebSocket", "GET"} {
		t.Run(kind, func(t *testing.T) {
			h := newHouse(t)
			addr := h.pooled(t, "connect_timeout = \"50ms\"", "wss://"+full, echoing(t).URL)
			if status, body := serving[kind](t, addr); status >= 400 {
				t.Errorf("answered %d %q", status, body)
			}
			addr = h.pooled(t, "connect_timeout = \"50ms\"", "wss://"+full)
			if status, body := serving[kind](t, addr); status != 504 || !strings.Contains(body, full) {
				t.Errorf("alone: answered %d %q", status, body)
			}
		})
	}
}

// unaccepting is an address whose connections are open and silent, so that TLS never comes.
func unaccepting(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

func TestSwitchingOffEndsProbesThatAreUnderWay(t *testing.T) {
	h, told := watchedHouse(t)
	h.engine.rhythm.after = func(time.Duration) <-chan time.Time { return time.After(0) }
	full := unaccepting(t) // takes the connection: the probe hangs in TLS
	h.on(t, "name = \"app\"\n[[route]]\nconnect_timeout = \"0\"\nto = [%q]\n", "wss://"+full)
	node := h.engine.projects["app"].service.routes[0].pool.upstreams[0].node
	probing := make(chan bool, 1)
	reach := node.reach
	node.reach = func(ctx context.Context) error {
		select {
		case probing <- true:
		default:
		}
		return reach(ctx)
	}
	node.note(io.ErrUnexpectedEOF)
	<-probing
	before := told.Load()
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, before+1, "off")
}

func TestASingleBackendIsFoundUpWithoutARequest(t *testing.T) {
	h, told := watchedHouse(t)
	h.engine.rhythm.probing = time.Millisecond
	at := freeAddr(t)
	addr := h.serve(t, "ws://"+at)
	askSocket(t, addr)
	if s := h.status(t, "app"); s.Down == "" {
		t.Fatal("not down")
	}
	newAnswering(t, "tcp", at)
	eventually(t, "it is up", func() bool { return h.status(t, "app").Down == "" })
	eventually(t, "that is told", func() bool { return told.Load() == 3 })
}

func TestABrokenUploadIsNoFaultOfTheBackend(t *testing.T) {
	for name, upload := range map[string]string{
		"given up": "Content-Length: 9\r\n\r\nabc",
		"no chunk": "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno chunk\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			begun := make(chan struct{}, 1)
			var asked [2]atomic.Int64
			node := func(i int) string {
				s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					asked[i].Add(1)
					if r.Method == http.MethodPost {
						begun <- struct{}{}
					}
					io.Copy(io.Discard, r.Body)
				}))
				t.Cleanup(s.Close)
				return s.URL
			}
			addr := h.pooled(t, "", node(0), node(1))
			c := dial(t, addr, nil)
			c.write(t, "POST / HTTP/1.1\r\nHost: localhost\r\n"+upload)
			<-begun
			c.Close()
			served(t, h, 1)
			from, _ := h.log(t).Range()
			if x, ok := h.log(t).Exchange(from); !ok || strings.Contains(x.Err, "backend") {
				t.Errorf("on record: %+v", x)
			}
			for range 4 {
				serving["GET"](t, addr)
			}
			if a, b := asked[0].Load(), asked[1].Load(); a < 2 || b < 2 {
				t.Errorf("asked %d and %d times: one is spared", a, b)
			}
			h.wantLoads(t, 0, 0)
		})
	}
}
