package tunnel

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

func TestParseHeadKeepsSpellingAndOrder(t *testing.T) {
	const raw = "GET /ws?a=b HTTP/1.1\r\nhOST: localhost\r\nX-B: 2\r\nx-a: 1\r\nX-B:  3 \r\nCookie: a=1; b=2\r\nEmpty:\r\n\r\n"
	h, err := parseHead([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := "GET /ws?a=b HTTP/1.1\r\nhOST: localhost\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\nCookie: a=1; b=2\r\nEmpty: \r\n\r\n"
	if got := string(h.appendTo(nil)); got != want {
		t.Errorf("written again it is %q, want %q", got, want)
	}
	if h.get("host") != "localhost" || h.list("x-b") != "2, 3" || h.count("X-B") != 2 || h.get("missing") != "" {
		t.Errorf("host %q, x-b %q", h.get("host"), h.list("x-b"))
	}
	h.set("X-b", "4")
	h.del("cookie")
	h.set("New", "5")
	want = "GET /ws?a=b HTTP/1.1\r\nhOST: localhost\r\nX-B: 4\r\nx-a: 1\r\nEmpty: \r\nNew: 5\r\n\r\n"
	if got := string(h.appendTo(nil)); got != want {
		t.Errorf("changed it is %q, want %q", got, want)
	}
}

func TestParseHeadRefusesWhatCanBeReadInTwoWays(t *testing.T) {
	for name, raw := range map[string]string{
		"folded line":               "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
		"folded line with a colon":  "GET / HTTP/1.1\r\nA: b\r\n c: d\r\n\r\n",
		"blank before the colon":    "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
		"no colon":                  "GET / HTTP/1.1\r\nHost\r\n\r\n",
		"no name":                   "GET / HTTP/1.1\r\n: x\r\n\r\n",
		"bare LF":                   "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
		"bare CR":                   "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
		"NUL":                       "GET / HTTP/1.1\r\nA: b\x00\r\n\r\n",
		"name that is not ASCII":    "GET / HTTP/1.1\r\nÄ: b\r\n\r\n",
		"lines that end in LF only": "GET / HTTP/1.1\nHost: x\n\n",
		"no end":                    "GET / HTTP/1.1\r\nHost: x\r\n",
		"nothing":                   "",
	} {
		if h, err := parseHead([]byte(raw)); err == nil {
			t.Errorf("%s: taken as %+v", name, h)
		}
	}
}

func TestStartLines(t *testing.T) {
	for _, line := range []string{"", "GET", "GET /", "GET / HTTP/2.0", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " / HTTP/1.1", "GET /a b HTTP/1.1"} {
		if _, _, _, err := (&head{start: line}).request(); err == nil {
			t.Errorf("request line %q was taken", line)
		}
	}
	for _, line := range []string{"", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 10", "HTTP/1.1 1010", "HTTP/1.1 abc", "HTTP/2 101", "HTTP/1.1 +10 x", "HTTP/1.1 099 x"} {
		if n, err := (&head{start: line}).status(); err == nil {
			t.Errorf("status line %q was taken as %d", line, n)
		}
	}
	for line, want := range map[string]int{"HTTP/1.1 101 Switching Protocols": 101, "HTTP/1.0 403": 403, "HTTP/1.1 200 ": 200} {
		if n, err := (&head{start: line}).status(); n != want || err != nil {
			t.Errorf("status line %q: %d, %v", line, n, err)
		}
	}
}

func TestWhichRequestsOpenAWebSocket(t *testing.T) {
	const host = "Host: localhost\r\n"
	for _, test := range []struct {
		name, raw   string
		asks, opens bool
	}{
		{"a browser's", "GET /ws HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, true},
		{"Firefox's list", "GET /ws HTTP/1.1\r\n" + host + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n", true, true},
		{"any case", "GET /ws HTTP/1.1\r\n" + host + "connection: UPGRADE\r\nupgrade: WebSocket\r\n", true, true},
		{"lists on several lines", "GET / HTTP/1.1\r\n" + host + "Connection: keep-alive\r\nUpgrade: h2c\r\nConnection:upgrade\r\nUpgrade: foo , websocket\r\n", true, true},
		{"no Connection", "GET / HTTP/1.1\r\n" + host + "Upgrade: websocket\r\n", false, false},
		{"Upgrade to something else", "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: h2c\r\n", false, false},
		{"a longer token", "GET / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocketx\r\n", false, false},
		{"POST", "POST / HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n", false, false},
		{"HTTP/1.0", "GET / HTTP/1.0\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
		{"two hosts", "GET / HTTP/1.1\r\n" + host + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
		{"no host", "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
		{"a body", "GET / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
		{"chunks", "GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
		{"a whole URL", "GET http://localhost/ws HTTP/1.1\r\n" + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, false},
	} {
		h, err := parseHead([]byte(test.raw + "\r\n"))
		if err != nil {
			t.Fatal(test.name, err)
		}
		if h.isUpgrade() != test.asks || h.opensWebSocket() != test.opens {
			t.Errorf("%s: asks %t, opens %t; want %t and %t", test.name, h.isUpgrade(), h.opensWebSocket(), test.asks, test.opens)
		}
	}
}

func TestReadHeadEndsWhatIsNoHTTP(t *testing.T) {
	for raw, want := range map[string]error{
		"\x16\x03\x01\x02\x00\x01\x00\x01":     errNotHTTP,
		"SSH-2.0-OpenSSH_9.2p1 Debian\r\n":     nil, // might be a method yet: the line decides
		"{\"json\": true}":                     errNotHTTP,
		"GET /" + strings.Repeat("x", maxHead): errHeadTooLarge,
		"GET / HTTP/1.1\r\nHost":               io.EOF,
		"":                                     io.EOF,
	} {
		_, _, err := readHead(strings.NewReader(raw), make([]byte, 16), beginsRequest)
		if want == nil && err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%.30q: %v, want %v", raw, err, want)
		}
	}
}

func TestHeadOfANetHTTPRequestIsPutRight(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost/ws?q=%2F", nil)
	r.Header.Set("Sec-WebSocket-Key", "k")
	r.Header.Add("Cookie", "a=1")
	r.Header.Add("Cookie", "b=2")
	want := "GET /ws?q=%2F HTTP/1.1\r\nHost: localhost\r\nCookie: a=1\r\nCookie: b=2\r\nSec-WebSocket-Key: k\r\n\r\n"
	if got := string(headOf(r).appendTo(nil)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte(ask+"early bytes"), 3)
	f.Add([]byte(switching+"\x81\x00"), 1)
	f.Add([]byte("GET / HTTP/1.1\nHost: x\n\r\n"), 2)
	f.Add([]byte("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"), 5)
	f.Fuzz(func(t *testing.T, p []byte, chunk int) {
		raw, rest, err := readHead(bytes.NewReader(p), make([]byte, 16), beginsRequest)
		again, restAgain, errAgain := readHead(iotest.OneByteReader(bytes.NewReader(p)), make([]byte, 1+max(0, chunk)%64), beginsRequest)
		if err == nil && errAgain == nil {
			if !bytes.Equal(raw, again) || !bytes.HasPrefix(p[len(raw):], rest) || !bytes.HasPrefix(rest, restAgain) {
				t.Fatalf("in one piece %q and %q, byte by byte %q and %q", raw, rest, again, restAgain)
			}
		}
		if err != nil {
			return
		}
		h, err := parseHead(raw)
		if err != nil {
			return
		}
		h.request()
		h.status()
		h.opensWebSocket()
		written := h.appendTo(nil)
		h2, err := parseHead(written)
		if err != nil || !bytes.Equal(h2.appendTo(nil), written) {
			t.Fatalf("%q was taken, and written again it is %q: %v", raw, written, err)
		}
	})
}
