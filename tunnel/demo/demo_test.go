package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come; nothing is judged by it.
const patience = 20 * time.Second

func startForTest(t *testing.T) *Backend {
	t.Helper()
	b, err := start(t.Context(), 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func dial(t *testing.T, b *Backend, path string, d websocket.Dialer) (*websocket.Conn, *http.Response) {
	t.Helper()
	c, resp, err := d.DialContext(t.Context(), "ws://"+b.Addr()+path, nil)
	if err != nil {
		t.Fatalf("dialling %s: %v", path, err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c, resp
}

func next(t *testing.T, c *websocket.Conn) said {
	t.Helper()
	var m said
	if err := c.ReadJSON(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEchoReturnsEveryMessageAsItWas(t *testing.T) {
	b := startForTest(t)
	c, resp := dial(t, b, "/ws", websocket.Dialer{EnableCompression: true})
	if x := resp.Header.Get("Sec-WebSocket-Extensions"); x != "" {
		t.Errorf("/ws negotiated %q, want no extension", x)
	}
	cases := []struct {
		name string
		kind int
		data []byte
	}{
		{"text", websocket.TextMessage, []byte("Grüße, 世界")},
		{"empty text", websocket.TextMessage, nil},
		{"binary", websocket.BinaryMessage, []byte{0, 255, 128, 10}},
		{"a megabyte", websocket.BinaryMessage, bytes.Repeat([]byte("culvert!"), 1<<17)},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if err := c.WriteMessage(tc.kind, tc.data); err != nil {
				t.Fatal(err)
			}
			kind, data, err := c.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			if kind != tc.kind || !bytes.Equal(data, tc.data) {
				t.Errorf("got type %d with %d bytes, want type %d with %d bytes", kind, len(data), tc.kind, len(tc.data))
			}
		})
	}
}

func TestEchoCompressesOnRequest(t *testing.T) {
	b := startForTest(t)
	c, resp := dial(t, b, "/ws?deflate", websocket.Dialer{EnableCompression: true})
	if x := resp.Header.Get("Sec-WebSocket-Extensions"); !strings.HasPrefix(x, "permessage-deflate") {
		t.Fatalf("negotiated %q, want permessage-deflate", x)
	}
	if err := c.WriteMessage(websocket.TextMessage, []byte("hello hello hello")); err != nil {
		t.Fatal(err)
	}
	if _, data, err := c.ReadMessage(); err != nil || string(data) != "hello hello hello" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestTooLargeMessageEndsWith1009(t *testing.T) {
	b := startForTest(t)
	c, _ := dial(t, b, "/ws", websocket.Dialer{})
	// The backend stops reading at the header, so the write may fail; the Close frame tells.
	_ = c.WriteMessage(websocket.BinaryMessage, make([]byte, MaxMessage+1))
	_, _, err := c.ReadMessage()
	if websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
		return
	}
	if _, reset := err.(*net.OpError); !reset {
		t.Errorf("got %v, want close code 1009 or a reset", err)
	}
}

func TestTickerCounts(t *testing.T) {
	b := startForTest(t)
	c, _ := dial(t, b, "/ticker", websocket.Dialer{})
	for want := 1; want <= 3; want++ {
		var got tick
		if err := c.ReadJSON(&got); err != nil {
			t.Fatal(err)
		}
		if got.Type != "tick" || got.Seq != want || got.At == 0 || got.Price < 1 {
			t.Errorf("tick %d is %+v", want, got)
		}
	}
}

func TestChatReachesEverybody(t *testing.T) {
	b := startForTest(t)
	first, _ := dial(t, b, "/chat", websocket.Dialer{})
	if m := next(t, first); m.Type != "hello" || m.Name != "guest 1" || m.Here != 1 {
		t.Fatalf("first message is %+v", m)
	}
	if m := next(t, first); m.Type != "join" || m.Name != "guest 1" {
		t.Fatalf("second message is %+v", m)
	}
	second, _ := dial(t, b, "/chat", websocket.Dialer{})
	next(t, second) // hello
	next(t, second) // join
	if m := next(t, first); m.Type != "join" || m.Name != "guest 2" || m.Here != 2 {
		t.Fatalf("got %+v, want guest 2 to join", m)
	}

	for _, bad := range []string{"no JSON", `{"type":"hello","name":"guest 1"}`} {
		if err := second.WriteMessage(websocket.TextMessage, []byte(bad)); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.WriteJSON(said{Type: "say", Name: "guest 1", Text: "<b>你好</b>"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*websocket.Conn{first, second} {
		if m := next(t, c); m.Type != "say" || m.Name != "guest 2" || m.Text != "<b>你好</b>" {
			t.Errorf("got %+v, want guest 2's words under guest 2's name", m)
		}
	}

	leave(second, websocket.CloseNormalClosure, "")
	if m := next(t, first); m.Type != "leave" || m.Name != "guest 2" || m.Here != 1 {
		t.Errorf("got %+v, want guest 2 to leave", m)
	}
}

func TestSlowChatClientBlocksNobody(t *testing.T) {
	b := startForTest(t)
	// It never reads; a small window makes the backend's writes to it stick soon.
	slow, _ := dial(t, b, "/chat", websocket.Dialer{NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4096)
		}
		return c, err
	}})
	_ = slow
	talker, _ := dial(t, b, "/chat", websocket.Dialer{})
	next(t, talker)
	next(t, talker)
	text := strings.Repeat("x", 48<<10)
	for i := 0; ; i++ {
		if i == 10_000 {
			t.Fatal("the slow client was never let go")
		}
		if err := talker.WriteJSON(said{Type: "say", Text: text}); err != nil {
			t.Fatal(err)
		}
		m := next(t, talker)
		if m.Type == "say" && len(m.Text) != len(text) {
			t.Fatalf("got %d bytes of text, want %d", len(m.Text), len(text))
		}
		b.room.mu.Lock()
		here := len(b.room.guests)
		b.room.mu.Unlock()
		if here == 1 {
			return
		}
	}
}

func TestPageIsServedWithItsPolicy(t *testing.T) {
	b := startForTest(t)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for path, kind := range map[string]string{
		"/": "text/html", "/demo.js": "text/javascript", "/demo.css": "text/css", "/arch.svg": "image/svg+xml",
	} {
		resp, err := client.Get("http://" + b.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: status %d, %d bytes, %v", path, resp.StatusCode, len(body), err)
		}
		if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, kind) {
			t.Errorf("%s has type %q, want %q", path, got, kind)
		}
		if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
			t.Errorf("%s has policy %q", path, got)
		}
		if bytes.Contains(body, []byte("https://")) && kind != "text/javascript" {
			t.Errorf("%s loads from elsewhere", path)
		}
	}
}

func TestForeignOriginIsRefused(t *testing.T) {
	b := startForTest(t)
	_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+b.Addr()+"/ws",
		http.Header{"Origin": {"https://example.com"}})
	if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v, want a 403", resp, err)
	}
}

func TestEndOfContextClosesEverySocketWith1001(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b, err := start(ctx, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var conns []*websocket.Conn
	for _, path := range []string{"/ws", "/chat", "/ticker"} {
		c, _ := dial(t, b, path, websocket.Dialer{})
		conns = append(conns, c)
	}
	var first json.RawMessage
	if err := conns[2].ReadJSON(&first); err != nil { // the ticker's handler runs
		t.Fatal(err)
	}
	cancel()
	b.Close()
	for _, c := range conns {
		for err = nil; err == nil; {
			_, _, err = c.ReadMessage()
		}
		if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("got %v, want close code 1001", err)
		}
	}
	if _, err := net.Dial("tcp", b.Addr()); err == nil {
		t.Error("the backend still listens")
	}
}
