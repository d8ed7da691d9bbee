package migration

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// startBackend runs a server that answers each request with what it sees of it, and returns its address. On a WebSocket
// the first message is that, and what then comes is sent back frame by frame; see [echo].
func startBackend(t *testing.T, name string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Backend", name)
		if r.Header.Get("Sec-WebSocket-Key") != "" && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			serveSocket(t, w, r)
			return
		}
		for _, line := range r.URL.Query()["header"] {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Set(name, value)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "text/plain")
		}
		if status, err := strconv.Atoi(r.URL.Query().Get("status")); err == nil {
			w.WriteHeader(status)
		}
		if len(body) > 1000 {
			body = fmt.Appendf(nil, "%d bytes", len(body))
		}
		fmt.Fprintf(w, "%s\n%s", seen(r), body)
	}))
	t.Cleanup(s.Close)
	return s
}

// address is where a backend listens.
func address(s *httptest.Server) string { return s.Listener.Addr().String() }

// seen is a request as its backend sees it.
func seen(r *http.Request) string {
	text := fmt.Sprintf("%s %s\n%s\nHost: %s\n", r.Method, r.RequestURI, r.Proto, r.Host)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			text += name + ": " + value + "\n"
		}
	}
	return text
}

// serveSocket accepts a WebSocket (RFC 6455 §4.2.2).
func serveSocket(t *testing.T, w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Errorf("no WebSocket over this connection: %v", err)
		return
	}
	defer conn.Close()
	key := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nX-Backend: %s\r\n\r\n", base64.StdEncoding.EncodeToString(key[:]), w.Header().Get("X-Backend"))
	sendFrame(conn, frame{true, 1, seen(r)}, false)
	echo(conn, rw.Reader)
}

// echo sends each frame back as it came, but answers a ping with its pong, and does what a text asks for: "close 4001
// why" closes, "drop" ends the connection without a Close, "send 70000" sends a binary message of so many bytes.
func echo(conn net.Conn, r *bufio.Reader) {
	for {
		f, err := readFrame(r)
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(f.payload, " ")
		switch {
		case f.opcode == 9:
			f.opcode = 10
		case f.opcode == 10:
			continue
		case word == "close":
			f = parseFrame(f.payload)
		case word == "drop":
			return
		case word == "send":
			n, _ := strconv.Atoi(rest)
			f = frame{true, 2, strings.Repeat("x", n)}
		}
		sendFrame(conn, f, false)
		if f.opcode == 8 {
			return
		}
	}
}
