package tunnel

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

// refused asks for a WebSocket and returns the answer that is no 101, and the connection's end on record.
func (h *house) refused(t *testing.T, addr, request string, play func(*peer), b *backend) (*http.Response, string, *capture.ConnInfo) {
	t.Helper()
	c := dial(t, addr, h.tls())
	c.write(t, request)
	if play != nil {
		play(b.next(t))
	}
	resp, body := c.readAnswer(t)
	log := h.log(t)
	return resp, body, endOf(t, log, connOf(t, log, c.socket))
}

func TestARequestReachesTheBackendAsItWas(t *testing.T) {
	const request = "GET /ws/room?name=%41+b&x HTTP/1.1\r\nhost: LOCALHOST\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
		"Origin: https://elsewhere.example\r\nCookie: a=1; b=2\r\nSec-WebSocket-Version: 13\r\nX-Odd:   spaced  \r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" +
		"Sec-WebSocket-Protocol: a, b\r\nCookie: c=3\r\nUser-Agent: test\r\n\r\n"
	for _, test := range []struct {
		name, to, route string // the backend's address goes for %s
		request         string
		want            string // in the forwarded head
	}{
		{"preserved", "ws://%s", "", request, "GET /ws/room?name=%41+b&x HTTP/1.1\r\nhost: LOCALHOST\r\n"},
		{"host of the upstream", "ws://%s", `host = "upstream"`, request, "\r\nhost: %s\r\n"},
		{"literal host", "ws://%s", `host = "chat.example:81"`, request, "\r\nhost: chat.example:81\r\n"},
		{"upstream with a path", "ws://%s/app/", "", request, "GET /app/ws/room?name=%41+b&x HTTP/1.1\r\n"},
		{"upstream with an escaped path", "ws://%s/a%%20b", "", request, "GET /a%20b/ws/room?name=%41+b&x HTTP/1.1\r\n"},
		{"stripped prefix", "ws://%s/app", "path = \"/ws\"\nstrip_prefix = true", request, "GET /app/room?name=%41+b&x HTTP/1.1\r\n"},
		{"stripped to nothing", "ws://%s", "path = \"/ws/room\"\nstrip_prefix = true", request, "GET /?name=%41+b&x HTTP/1.1\r\n"},
		{
			"stripped prefix in escapes", "ws://%s", "path = \"/ws\"\nstrip_prefix = true",
			strings.Replace(request, "/ws/", "/%77s/", 1), "GET /room?name=%41+b&x HTTP/1.1\r\n",
		},
		{"set header", "ws://%s", `set_headers = { "X-Odd" = "even", "X-New" = "1" }`, request, "\r\nX-Odd: even\r\n"},
		{
			"forwarded before", "ws://%s", "", strings.Replace(request, "Origin", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nOrigin", 1),
			"\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8, 127.0.0.1\r\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, b := newHouse(t), newBackend(t)
			addr := h.serve(t, fmt.Sprintf(test.to, b.addr), "route\n"+test.route)
			c := dial(t, addr, h.tls())
			c.write(t, test.request)
			head := b.next(t).readHead(t)
			if want := strings.ReplaceAll(test.want, "%s", b.addr); !strings.Contains(head, want) {
				t.Errorf("the backend was asked\n%s\nwant %q in it", head, want)
			}
			for _, kept := range []string{
				"\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n", "\r\nOrigin: https://elsewhere.example\r\nCookie: a=1; b=2\r\n",
				"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
				"\r\nSec-WebSocket-Protocol: a, b\r\nCookie: c=3\r\nUser-Agent: test\r\n",
				"X-Forwarded-Proto: https\r\nX-Forwarded-Host: LOCALHOST\r\nX-Real-IP: 127.0.0.1\r\n",
			} {
				if !strings.Contains(head, kept) {
					t.Errorf("the backend was asked\n%s\nwant %q in it", head, kept)
				}
			}
			info, _ := h.log(t).Conn(connOf(t, h.log(t), c.socket))
			if string(info.Request) != test.request || string(info.Forwarded) != head {
				t.Errorf("on record: request\n%s\nforwarded\n%s", info.Request, info.Forwarded)
			}
		})
	}
}

func TestARefusedUpgradeReachesTheClient(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	for _, test := range []struct {
		name, answer string
		want         string // the answer at the client
		status       int
	}{
		{
			"403 with a length", "HTTP/1.1 403 Nope\r\nX-b: 1\r\nx-A: 2\r\nContent-Length: 4\r\nConnection: keep-alive\r\nSet-Cookie: a=1\r\n\r\nno!\n",
			"HTTP/1.1 403 Nope\r\nX-b: 1\r\nx-A: 2\r\nContent-Length: 4\r\nSet-Cookie: a=1\r\nConnection: close\r\n\r\nno!\n", 403,
		},
		{
			"403 in chunks", "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
			"HTTP/1.1 403 Forbidden\r\nX: y\r\nConnection: close\r\n\r\nabcde", 403,
		},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 302},
		{"426", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\r\nold", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n\r\nold", 426},
		{"HTTP/1.0", "HTTP/1.0 404 Not Found\r\n\r\nnothing here", "HTTP/1.0 404 Not Found\r\nConnection: close\r\n\r\nnothing here", 404},
		{"200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", 200},
		{"early hints before", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 401},
		{"HSTS on a loopback name", "HTTP/1.1 403 Forbidden\r\nstrict-transport-security: max-age=1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, addr, h.tls())
			c.write(t, ask)
			server := b.next(t)
			server.readHead(t)
			server.write(t, test.answer)
			server.Close()
			c.wantEnd(t, test.want)
			c.Close()
			log := h.log(t)
			info := endOf(t, log, connOf(t, log, c.socket))
			if info.Status != test.status || info.End.Cause != capture.ByRefusal || info.End.By != capture.Backend {
				t.Errorf("on record: %d, %s", info.Status, info.Ending())
			}
		})
	}
}

func TestABackendThatGivesNoAnswerIsExplained(t *testing.T) {
	t.Parallel() // it mostly waits
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, "route\nread_timeout = \"1s\"")
	for _, test := range []struct {
		name   string
		play   func(*peer)
		status int
		words  string
		cause  capture.Cause
	}{
		{"not HTTP", func(p *peer) { io.WriteString(p, "SSH-2.0-OpenSSH_9.2p1 and so on\r\n") }, 502, "not HTTP", capture.ByError},
		{"closed", func(p *peer) { headFrom(p.in); p.Close() }, 502, "closed the connection without an answer", capture.ByError},
		{"reset", func(p *peer) { headFrom(p.in); p.reset() }, 502, "connection reset", capture.ByError},
		{"closed within the head", func(p *peer) { headFrom(p.in); io.WriteString(p, "HTTP/1.1 101 Sw"); p.Close() }, 502, "not HTTP", capture.ByError},
		{"malformed head", func(p *peer) { io.WriteString(p, "HTTP/1.1 101 X\r\nno colon\r\n\r\n") }, 502, "malformed header line", capture.ByError},
		{"malformed status", func(p *peer) { io.WriteString(p, "HTTP/1.1 what\r\n\r\n") }, 502, "malformed status line", capture.ByError},
		{"malformed refusal", func(p *peer) { io.WriteString(p, "HTTP/1.1 403 X\r\nTransfer-Encoding: odd\r\n\r\n") }, 502, "403", capture.ByError},
		{"endless head", func(p *peer) {
			headFrom(p.in)
			go io.WriteString(p, "HTTP/1.1 101 X\r\nA: "+strings.Repeat("x", 1<<20))
		}, 502, "64 KiB", capture.ByError},
		{"silent", func(*peer) {}, 504, "did not answer the handshake within 1s", capture.ByTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, body, info := h.refused(t, addr, ask, test.play, b)
			if resp.StatusCode != test.status || !strings.Contains(body, test.words) || !strings.Contains(body, b.addr) {
				t.Errorf("%d %q, want %d with %q and %s", resp.StatusCode, body, test.status, test.words, b.addr)
			}
			if info.End.Cause != test.cause || info.End.By != capture.Backend || !strings.Contains(info.End.Detail, test.words) {
				t.Errorf("on record: %s", info.Ending())
			}
		})
	}
}

func TestAnAbsentBackendIsNamed(t *testing.T) {
	t.Parallel() // it mostly waits
	h := newHouse(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Addr().String()
	l.Close()
	resp, body, info := h.refused(t, h.serve(t, "ws://"+gone), ask, nil, nil)
	if resp.StatusCode != 502 || !strings.Contains(body, "nothing listens on "+gone) || !strings.Contains(body, "start the backend") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if info.End.Cause != capture.ByDialFailure || !strings.Contains(info.End.Detail, gone) {
		t.Errorf("on record: %s", info.Ending())
	}
	socket := filepath.Join(t.TempDir(), "gone.sock")
	resp, body, _ = h.refused(t, h.serve(t, "unix:"+socket), ask, nil, nil)
	if resp.StatusCode != 502 || !strings.Contains(body, "no socket at "+socket) {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

func TestABackendOnTheOtherLoopbackFamilyIsFound(t *testing.T) {
	six, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 on this machine")
	}
	port := six.Addr().(*net.TCPAddr).Port
	six.Close()
	b := listenAt(t, "tcp", fmt.Sprintf("[::1]:%d", port))
	h := newHouse(t)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]"} {
		w := h.open(t, h.serve(t, fmt.Sprintf("ws://%s:%d", host, port)), h.tls(), b)
		w.client.write(t, "found")
		w.server.want(t, "found")
	}
}

func TestAUnixSocketIsAnUpstream(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		socket := filepath.Join(t.TempDir(), "b.sock")
		b := listenAt(t, "unix", socket)
		w := h.open(t, h.serve(t, "unix:"+socket), h.tls(), b)
		w.carry(t, frame.Sent, []byte(strings.Repeat("over a unix socket ", 50_000)), 0)
		w.carry(t, frame.Received, []byte(strings.Repeat("and back ", 100_000)), 0)
		w.wantEnding(t, capture.Client, capture.ByFIN, "")
	})
}

func TestATLSUpstreamWithItsOwnCertificateIsTrustedOnLoopback(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer c.Close()
			for {
				kind, p, err := c.ReadMessage()
				if err != nil || c.WriteMessage(kind, p) != nil {
					return
				}
			}
		}))
		defer s.Close()
		addr := h.serve(t, strings.Replace(s.URL, "https", "wss", 1))
		dialer := websocket.Dialer{TLSClientConfig: h.tls()}
		c, _, err := dialer.Dial("wss://"+addr+"/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
			p := strings.Repeat("m", size)
			if err := c.WriteMessage(websocket.TextMessage, []byte(p)); err != nil {
				t.Fatal(err)
			}
			if _, got, err := c.ReadMessage(); string(got) != p || err != nil {
				t.Fatalf("%d of %d bytes came back, %v", len(got), size, err)
			}
		}
	})
}

func TestAWebSocketOpensOnAConnectionThatCarriedAPage(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for _, padding := range []int{0, 5000, 20_000} { // of the page's head: what is read with it differs
			c := dial(t, addr, config)
			early := text(frame.Sent, strings.Repeat("early", 3000))
			page := "GET /page HTTP/1.1\r\nHost: localhost\r\nX-Padding: " + strings.Repeat("p", padding) + "\r\n\r\n"
			c.write(t, page+ask+early)
			first := b.next(t)
			first.readHead(t)
			first.write(t, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage")
			first.Close()
			if _, body := c.readAnswer(t); body != "page" {
				t.Fatalf("the page is %q", body)
			}
			server := b.next(t)
			if head := server.readHead(t); !strings.Contains(head, "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") {
				t.Errorf("the backend was asked\n%s", head)
			}
			server.write(t, switching)
			c.readHead(t)
			server.want(t, early)
			server.write(t, goodbye)
			c.want(t, goodbye)
			c.Close()
			server.wantEnd(t, "")
			server.Close()
		}
	})
}

func TestOddRequestsForAWebSocketAreRefused(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	for name, request := range map[string]string{
		"HTTP/1.0":  strings.Replace(ask, "HTTP/1.1", "HTTP/1.0", 1),
		"a body":    strings.Replace(ask, "\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello", 1),
		"two hosts": strings.Replace(ask, "\r\n", "\r\nHost: other\r\n", 1),
		"no host":   strings.Replace(ask, "Host: localhost\r\n", "", 1),
	} {
		c := dial(t, addr, h.tls())
		c.write(t, request)
		if resp, body := c.readAnswer(t); resp.StatusCode != 400 {
			t.Errorf("%s: %d %q, want 400", name, resp.StatusCode, body)
		}
		c.Close()
	}
	c := dial(t, addr, h.tls())
	c.write(t, strings.Replace(ask, "GET /ws", "GET https://localhost/ws", 1))
	server := b.next(t)
	if head := server.readHead(t); !strings.HasPrefix(head, "GET /ws HTTP/1.1\r\n") {
		t.Errorf("a whole URL is forwarded as\n%s", head)
	}
}

func TestARefusalReachesAClientThatGoesOnSending(t *testing.T) {
	h := newHouse(t)
	addr := h.serve(t, "ws://127.0.0.1:1", "route\npath = \"/other\"")
	for range 10 {
		c := dial(t, addr, nil)
		c.write(t, ask)
		c.write(t, strings.Repeat("frames ", 10_000))
		if resp, body := c.readAnswer(t); resp.StatusCode != 404 || !strings.Contains(body, "/other") {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
		c.Close()
	}
}

func TestHSTSIsKeptOnOtherNames(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, `hosts = ["app.test"]`)
	c := dial(t, addr, nil)
	c.write(t, strings.Replace(ask, "localhost", "app.test", 1))
	server := b.next(t)
	server.readHead(t)
	answer := strings.Replace(switching, "\r\n\r\n", "\r\nStrict-Transport-Security: max-age=1\r\n\r\n", 1)
	server.write(t, answer)
	if got := c.readHead(t); got != answer {
		t.Errorf("the answer is\n%s", got)
	}
}

func TestMaxConnectionsHoldsForThoseThatOpenAtOnce(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, "max_connections = 2")
	var opening []*peer
	for range 2 {
		c := dial(t, addr, h.tls())
		c.write(t, ask)
		opening = append(opening, c)
	}
	first, second := b.next(t), b.next(t) // neither has answered
	resp, body, info := h.refused(t, addr, ask, nil, nil)
	if resp.StatusCode != 503 || !strings.Contains(body, "max_connections, 2") || info.End.Cause != capture.ByLimit {
		t.Errorf("%d %q, on record: %s", resp.StatusCode, body, info.Ending())
	}
	first.write(t, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
	second.write(t, switching)
	log := h.log(t)
	await(t, log, "the refusal", func() bool { return log.Stats().Open == 1 })
	w := h.open(t, addr, h.tls(), b) // in the place of the refused one
	w.client.Close()
	for _, c := range opening {
		c.Close()
	}
}

func TestWhoIsNotLetInIsForwardedNowhere(t *testing.T) {
	for name, lines := range map[string]string{
		"an address": "allow = [\"127.0.0.2\"]\n",
		"a password": "[auth]\nuser = \"dev\"\npassword_env = \"PASSWORD\"\n",
	} {
		p := newSite(t, Config{Getenv: environment("PASSWORD", "secret")}, lines+"[[route]]\nto = [\"ws://127.0.0.1:1\"]\n")
		_, _, info := p.house.refused(t, p.house.address(t, "app"), ask, nil, nil)
		if info.Upstream != "" || len(info.Forwarded) != 0 || info.End.By != capture.Tunnel {
			t.Errorf("%s: on record as forwarded to %q: %q", name, info.Upstream, info.Forwarded)
		}
	}
}
