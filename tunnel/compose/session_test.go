package compose

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come; nothing is judged by it.
const patience = 20 * time.Second

// serve runs a TLS server whose sockets are handled by handle, and returns the target that reaches it by a name that
// no DNS knows.
func serve(t *testing.T, handle func(*websocket.Conn, *http.Request)) Target {
	t.Helper()
	upgrader := websocket.Upgrader{
		Subprotocols: []string{"v12.stomp"},
		CheckOrigin:  func(*http.Request) bool { return true },
	}
	return serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_ = c.SetReadDeadline(time.Now().Add(patience))
		handle(c, r)
	})
}

func serveHTTP(t *testing.T, handle http.HandlerFunc) Target {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that go away are part of the tests
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	// httptest's certificate is for example.com.
	return Target{URL: "wss://example.com:8443/ws?room=1", Addr: s.Listener.Addr().String(), RootCAs: roots}
}

func dial(t *testing.T, target Target) *Session {
	t.Helper()
	s, err := Dial(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(0, "") })
	return s
}

func wait[T any](t *testing.T, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
	}
	return v
}

func echo(c *websocket.Conn, _ *http.Request) {
	for {
		kind, data, err := c.ReadMessage()
		if err != nil || c.WriteMessage(kind, data) != nil {
			return
		}
	}
}

func TestMessagesComeBackAsTheyWereSent(t *testing.T) {
	type message struct {
		kind Kind
		size int64
		data string
	}
	got := make(chan message, 4)
	target := serve(t, echo)
	target.Received = func(m Message) { got <- message{m.Kind, m.Size, string(m.Data)} }
	s := dial(t, target)
	large := strings.Repeat("x", MaxKept+100)
	for _, m := range []message{
		{Text, 14, `{"type":"join"`},
		{Binary, 3, "\x00\xff\x01"},
		{Text, 0, ""},
		{Text, 2, "\xff\xfe"}, // not UTF-8
		{Binary, int64(len(large)), large[:MaxKept]},
	} {
		data := []byte(m.data)
		if m.size > MaxKept {
			data = []byte(large)
		}
		if err := s.Send(m.kind, data); err != nil {
			t.Fatal(err)
		}
		if back := wait(t, got, "the echo"); back != m {
			t.Errorf("sent %v of %d bytes, got %v of %d bytes", m.kind, m.size, back.kind, back.size)
		}
	}
}

func TestTheHandshakeCarriesWhatTheTargetSays(t *testing.T) {
	seen := make(chan *http.Request, 1)
	target := serve(t, func(c *websocket.Conn, r *http.Request) { seen <- r; echo(c, r) })
	target.Subprotocols = []string{"v11.stomp", "v12.stomp"}
	target.Origin = "https://localhost:5173"
	target.Header = http.Header{"Authorization": {"Basic eDp5"}}
	s := dial(t, target)
	r := wait(t, seen, "the request")
	if s.Subprotocol() != "v12.stomp" {
		t.Errorf("subprotocol %q", s.Subprotocol())
	}
	got := fmt.Sprint(r.Host, r.RequestURI, r.Header["Origin"], r.Header["Authorization"], r.Header["Sec-Websocket-Protocol"])
	want := "example.com:8443/ws?room=1[https://localhost:5173] [Basic eDp5] [v11.stomp, v12.stomp]"
	if got != want {
		t.Errorf("the server saw %s, want %s", got, want)
	}
	if len(target.Header) != 1 {
		t.Errorf("the caller's header was changed: %v", target.Header)
	}
}

func TestPingsAreAnswered(t *testing.T) {
	pong := make(chan string, 1)
	target := serve(t, func(c *websocket.Conn, r *http.Request) {
		c.SetPongHandler(func(data string) error { pong <- data; return nil })
		_ = c.WriteControl(websocket.PingMessage, []byte("42"), time.Now().Add(patience))
		echo(c, r)
	})
	dial(t, target)
	if got := wait(t, pong, "the pong"); got != "42" {
		t.Errorf("pong %q", got)
	}
}

func TestCloseIsAFrameAndNoError(t *testing.T) {
	end := make(chan error, 1)
	target := serve(t, func(c *websocket.Conn, _ *http.Request) {
		_, _, err := c.ReadMessage()
		end <- err
	})
	s := dial(t, target)
	if err := s.Close(4001, "done "+strings.Repeat("语", 60)); err != nil {
		t.Error(err)
	}
	var frame *websocket.CloseError
	if err := wait(t, end, "the end"); !errors.As(err, &frame) || frame.Code != 4001 || !strings.HasPrefix(frame.Text, "done 语") {
		t.Errorf("the server saw %v", err)
	}
	if err := s.Err(); err != nil {
		t.Errorf("an end of our own is %v", err)
	}
	if err := s.Send(Text, nil); err == nil || !strings.Contains(err.Error(), "is closed") {
		t.Errorf("sending after the end: %v", err)
	}
	_ = s.Close(0, "")
}

func TestTheEndSaysWhoClosedAndWhy(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*websocket.Conn)
		code int
		want string
	}{
		"a Close frame with a reason": {
			func(c *websocket.Conn) { writeClose(c, 1007, "invalid\x1b[31m payload") },
			1007, `closed by the other end: 1007 "invalid\x1b[31m payload"`,
		},
		"a Close frame with a code only": {
			func(c *websocket.Conn) { writeClose(c, 1001, "") }, 1001, "closed by the other end: 1001",
		},
		"an empty Close frame": {
			func(c *websocket.Conn) { _ = c.WriteControl(websocket.CloseMessage, nil, time.Now().Add(patience)) },
			1005, "closed by the other end, without a code",
		},
		"no Close frame": {
			func(c *websocket.Conn) { _ = c.NetConn().Close() }, 1006, "the connection ended without a Close frame",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := dial(t, serve(t, func(conn *websocket.Conn, _ *http.Request) { c.end(conn) }))
			wait(t, s.Done(), "the end")
			var closed *Closed
			if err := s.Err(); !errors.As(err, &closed) || closed.Code() != c.code || err.Error() != c.want {
				t.Errorf("the end is %v, want %s", err, c.want)
			}
		})
	}
}

func writeClose(c *websocket.Conn, code int, reason string) {
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(patience))
}

func TestARefusalSaysTheStatusAndWhatTheServerSaid(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		status int
		want   string
	}{
		"no such path": {
			func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such path\u202e", 404) },
			404, `the server answered 404 Not Found: "no such path\u202e"`,
		},
		"no body": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, 403, "the server answered 403 Forbidden",
		},
		"a long body": {
			func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("语", 4000)) },
			200, fmt.Sprintf("the server answered 200 OK: %q", strings.Repeat("语", maxQuoted/3)),
		},
		"another protocol": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Upgrade", "h2c")
				w.Header().Set("Connection", "Upgrade")
				w.WriteHeader(101)
			}, 101, "the server switched protocols, but not to a WebSocket",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Dial(t.Context(), serveHTTP(t, c.answer))
			var refused *Refused
			if !errors.As(err, &refused) || refused.Status() != c.status || err.Error() != c.want {
				t.Errorf("the error is %v, want %s", err, c.want)
			}
		})
	}
}

func TestWhatKeepsASessionFromOpeningIsSaidInWords(t *testing.T) {
	free := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().String()
	}
	strange := serve(t, echo)
	strange.RootCAs = x509.NewCertPool()
	for name, c := range map[string]struct {
		target Target
		want   string
	}{
		"nobody listens":        {Target{URL: "wss://web-chat.localhost/", Addr: free()}, "connecting to wss://web-chat.localhost/"},
		"a strange certificate": {strange, "is not trusted"},
		"no WebSocket URL":      {Target{URL: "https://localhost"}, "malformed"},
		"a header of gorilla's": {Target{URL: "wss://localhost", Header: http.Header{"Upgrade": {"x"}}}, "not allowed"},
		"no answer": {
			serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, _ := w.(http.Hijacker).Hijack()
				_ = c.Close()
			}), "without an answer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Dial(t.Context(), c.target); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
		})
	}
}

func TestCancellingEndsADialThatIsNotAnswered(t *testing.T) {
	asked, over := make(chan struct{}), make(chan struct{})
	target := serveHTTP(t, func(http.ResponseWriter, *http.Request) { close(asked); <-over })
	defer close(over)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := Dial(ctx, target)
		ended <- err
	}()
	wait(t, asked, "the request")
	cancel()
	if err := wait(t, ended, "the end of dialling"); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestASessionOutlivesTheContextItWasDialledWith(t *testing.T) {
	got := make(chan string, 1)
	target := serve(t, echo)
	target.Received = func(m Message) { got <- string(m.Data) }
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Dial(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0, "") //nolint:errcheck // always nil
	cancel()
	if err := s.Send(Text, []byte("still here")); err != nil {
		t.Fatal(err)
	}
	if back := wait(t, got, "the echo"); back != "still here" {
		t.Errorf("got %q", back)
	}
}

func TestManyMaySendAtOnce(t *testing.T) {
	const senders, each = 8, 50
	got := make(chan []byte, senders*each)
	target := serve(t, echo)
	target.Received = func(m Message) { got <- bytes.Clone(m.Data) }
	s := dial(t, target)
	for i := range senders {
		go func() {
			for range each {
				if err := s.Send(Binary, bytes.Repeat([]byte{byte(i)}, 1000)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for range senders * each {
		m := wait(t, got, "an echo")
		if len(m) != 1000 || bytes.Count(m, m[:1]) != 1000 {
			t.Fatalf("messages are mixed: %x", m)
		}
	}
}
