package tunnel

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTLSAndPlainShareAPort(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for _, config := range []*tls.Config{nil, h.tls(), nil, h.tls()} {
			w := h.open(t, addr, config, b)
			w.client.write(t, "hello")
			w.server.want(t, "hello")
			info, _ := w.log.Conn(w.id)
			scheme, security := "ws://", ""
			if config != nil {
				scheme, security = "wss://", "TLS 1.3 "
			}
			if info.URL != scheme+"localhost/ws" || !strings.HasPrefix(info.TLS, security) || (info.TLS == "") != (config == nil) {
				t.Errorf("on record: %s, %q", info.URL, info.TLS)
			}
			w.client.Close()
			w.server.Close()
		}
	})
}

func TestPlainHTTPGoesToHTTPSWhereTheProjectSaysSo(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	const request = "GET /page?q=1 HTTP/1.1\r\nHost: LOCALHOST:8443\r\n\r\n"
	addr := h.serve(t, "ws://"+b.addr, "redirect_http = true")
	c := dial(t, addr, nil)
	c.write(t, request)
	resp, _ := c.readAnswer(t)
	if to := resp.Header.Get("Location"); resp.StatusCode != 307 || to != "https://LOCALHOST:8443/page?q=1" {
		t.Errorf("%d to %s", resp.StatusCode, to)
	}
	c.Close()
	w := h.open(t, addr, nil, b) // ws:// is carried either way
	w.client.write(t, "hello")
	w.server.want(t, "hello")

	addr = h.serve(t, "ws://"+b.addr)
	c = dial(t, addr, nil)
	c.write(t, request)
	server := b.next(t)
	server.readHead(t)
	server.write(t, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage")
	if _, body := c.readAnswer(t); body != "page" {
		t.Errorf("the page is %q", body)
	}
}

func TestGarbageIsAnsweredOrClosed(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	for name, test := range map[string]struct {
		garbage string
		status  int // 0: closed
	}{
		"a TLS record that is none":  {"\x16garbage garbage garbage garbage", 0},
		"a TLS record cut short":     {"\x16\x03\x01", 0},
		"bytes that are no HTTP":     {"\x00\x01\x02\x03\x04\x05\x06\x07\x08", 400},
		"another protocol":           {"{\"jsonrpc\": \"2.0\"}\r\n\r\n", 400},
		"HTTP with a broken line":    {"GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400},
		"HTTP with bare line feeds":  {"GET / HTTP/1.1\nHost: nowhere\n\n", 421},
		"a request without an end":   {"GET / HTTP/1.1\r\nHost: loc", 400},
		"nothing":                    {"", 0},
		"a request line that is odd": {"GET /\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, addr, nil)
			c.write(t, test.garbage)
			c.closeWrite(t)
			answer, _ := io.ReadAll(c)
			if want := fmt.Sprint("HTTP/1.1 ", test.status); test.status != 0 && !strings.HasPrefix(string(answer), want) {
				t.Errorf("the answer is %q, want %s", answer, want)
			} else if test.status == 0 && strings.HasPrefix(string(answer), "HTTP") {
				t.Errorf("the answer is %q", answer)
			}
		})
	}
	w := h.open(t, addr, h.tls(), b)
	w.client.write(t, "unharmed")
	w.server.want(t, "unharmed")
}

func TestAnUnknownTLSNameIsRefusedByItsAlert(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	config := h.tls()
	config.ServerName = "example.com"
	c, err := tls.Dial("tcp", addr, config)
	if err == nil {
		c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("shaking hands for example.com: %v", err)
	}
}

func TestAClientWithoutSNIGetsTheAddressItDialled(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	config := h.tls()
	config.ServerName = "127.0.0.1" // crypto/tls sends no SNI for an address, and checks the leaf for it
	w := h.open(t, addr, config, b)
	w.client.write(t, "hello")
	w.server.want(t, "hello")
}

func TestAHostThatNobodyHasIsMisdirected(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, `hosts = ["chat.localhost", "chat.test"]`)
	upgrade := func(host string) string { return strings.Replace(ask, "Host: localhost", "Host: "+host, 1) }
	page := func(host string) string { return "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n" }
	for _, request := range []string{upgrade("rebound.example"), page("rebound.example"), upgrade("localhost.example:1"), page("192.0.2.1")} {
		c := dial(t, addr, h.tls())
		c.write(t, request)
		resp, body := c.readAnswer(t)
		if resp.StatusCode != 421 || !strings.Contains(body, "chat.localhost, chat.test") {
			t.Errorf("%.60q: %d %q", request, resp.StatusCode, body)
		}
		c.Close()
	}
	for _, host := range []string{
		"chat.localhost", "CHAT.LocalHost", "chat.localhost.", "chat.localhost:8443", "chat.test.:1",
		"localhost", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8443", "127.0.0.2",
	} {
		c := dial(t, addr, h.tls())
		c.write(t, upgrade(host))
		b.next(t).Close()
		if resp, _ := c.readAnswer(t); resp.StatusCode == 421 {
			t.Errorf("host %s is misdirected", host)
		}
		c.Close()
	}
}

func TestProjectsOnOneAddressAreToldApartByHost(t *testing.T) {
	h := newHouse(t)
	one, two, three := newBackend(t), newBackend(t), newBackend(t)
	h.on(t, "name = \"one\"\n[[route]]\nto = [\"ws://%s\"]\n", one.addr)
	addr := h.address(t, "one")
	h.on(t, "name = \"two\"\nlisten = [%q]\n[[route]]\nto = [\"ws://%s\"]\n", addr, two.addr)
	h.on(t, "name = \"three\"\nhosts = [\"127.0.0.1\"]\nlisten = [%q]\n[[route]]\nto = [\"ws://%s\"]\n", addr, three.addr)
	reach := func(host string, b *backend) {
		t.Helper()
		c := dial(t, addr, h.tls())
		c.write(t, strings.Replace(ask, "Host: localhost", "Host: "+host, 1))
		server := b.next(t)
		server.readHead(t)
		server.Close()
		c.Close()
	}
	reach("one.localhost", one)
	reach("two.localhost", two)
	reach("localhost", one) // the first's
	reach("[::1]:1", one)
	reach("127.0.0.1:99", three)

	clash := parse(t, "name = \"clash\"\nhosts = [\"two.localhost\"]\nlisten = [%q]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n", addr)
	if err := h.engine.On(clash); err == nil || !strings.Contains(err.Error(), "project two has it") {
		t.Errorf("a host that is taken: %v", err)
	}
	reach("two.localhost", two)

	if err := h.engine.Off("one"); err != nil {
		t.Fatal(err)
	}
	reach("two.localhost", two)
	reach("localhost", two) // the next
}

func TestAnExpiredLeafIsRenewedAtTheNextHandshake(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	shake := func() time.Time {
		t.Helper()
		config := h.tls()
		config.Time = h.clock.now
		c, err := tls.Dial("tcp", addr, config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].NotAfter
	}
	before := shake()
	h.clock.advance(100 * 24 * time.Hour)
	if after := shake(); !after.After(before) || !after.After(h.clock.now()) {
		t.Errorf("the leaf ended on %s, and a hundred days later on %s", before, after)
	}
}

func TestClientsAreLetInByAddress(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, `allow = ["127.0.0.0/8"]`, `deny = ["127.0.0.2"]`)
	for from, allowed := range map[string]bool{"127.0.0.1": true, "127.0.0.2": false, "127.0.0.3": true} {
		for _, request := range []string{ask, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"} {
			dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
			conn, err := dialer.DialContext(context.Background(), "tcp", addr)
			if err != nil {
				t.Skip(err) // only Linux has all of 127.0.0.0/8
			}
			c := newPeer(t, conn)
			c.write(t, request)
			if allowed {
				server := b.next(t)
				server.readHead(t)
				server.write(t, "HTTP/1.1 204 No Content\r\n\r\n")
				server.Close()
			}
			resp, body := c.readAnswer(t)
			if (resp.StatusCode == http.StatusForbidden) == allowed || !allowed && !strings.Contains(body, "allow and deny") {
				t.Errorf("from %s: %d %q", from, resp.StatusCode, body)
			}
			c.Close()
		}
	}
}
