package tunnel

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"culvert/tunnel/capture"
)

// greet shakes hands with the address, which is to fail, and closes the connection.
func greet(t *testing.T, addr string, config *tls.Config) {
	t.Helper()
	if c, err := tls.Dial("tcp", addr, config); err == nil {
		c.Close()
		t.Error("the handshake is done")
	}
}

func TestHandshakesThatFailAreExplained(t *testing.T) {
	refuse := errors.New("the CA has ended")
	for name, c := range map[string]struct {
		client func(t *testing.T, h *house, addr string)
		certs  func(*tls.ClientHelloInfo) (*tls.Certificate, error)
		want   capture.FailedHandshake
		says   string
	}{
		"a name that the CA may not sign": {
			client: func(t *testing.T, h *house, addr string) {
				config := h.tls()
				config.ServerName = "web.example.cn"
				greet(t, addr, config)
			},
			want: capture.FailedHandshake{
				ServerName: "web.example.cn", ALPN: "http/1.1", Program: "Go", By: capture.Tunnel, Alert: "unrecognized_name",
				Reason: capture.NameRefused,
			},
			says: `certificate for "web.example.cn": the local CA may not sign this name (`,
		},
		"no certificate": {
			client: func(t *testing.T, h *house, addr string) { greet(t, addr, h.tls()) },
			certs:  func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, refuse },
			want: capture.FailedHandshake{
				ServerName: "localhost", ALPN: "http/1.1", Program: "Go", By: capture.Tunnel, Alert: "unrecognized_name",
				Reason: capture.NoCertificate,
			},
			says: "there is no certificate for localhost: the CA has ended",
		},
		"a TLS that is too old": {
			client: func(t *testing.T, h *house, addr string) {
				config := h.tls()
				config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
				greet(t, addr, config)
			},
			want: capture.FailedHandshake{
				ServerName: "localhost", ALPN: "http/1.1", By: capture.Tunnel, Alert: "protocol_version",
				Reason: capture.Incompatible, Fix: "update it, or let it use TLS 1.2 or later",
			},
			says: "the client and Culvert have no way to encrypt in common: it offers TLS 1.1 at most (",
		},
		"no cipher suite in common": {
			client: func(t *testing.T, h *house, addr string) {
				config := h.tls()
				config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
				greet(t, addr, config)
			},
			want: capture.FailedHandshake{
				ServerName: "localhost", ALPN: "http/1.1", By: capture.Tunnel, Alert: "handshake_failure",
				Reason: capture.Incompatible,
			},
			says: "the client and Culvert have no way to encrypt in common: no cipher suite supported by both",
		},
		"no protocol in common": {
			client: func(t *testing.T, h *house, addr string) {
				config := h.tls()
				config.NextProtos = []string{"spdy/1"}
				greet(t, addr, config)
			},
			want: capture.FailedHandshake{
				ServerName: "localhost", ALPN: "spdy/1", Program: "Go", By: capture.Tunnel, Alert: "no_application_protocol",
				Reason: capture.Incompatible,
			},
			says: "Go and Culvert have no way to encrypt in common: client requested unsupported application protocols",
		},
		"a certificate that seems to have expired": {
			client: func(t *testing.T, _ *house, addr string) { alertTo(t, addr, alertCertificateExpired) },
			want: capture.FailedHandshake{
				ServerName: "localhost", By: capture.Client, Alert: "certificate_expired", Reason: capture.Expired,
				Fix: "set the clock of this machine right",
			},
			says: "the client takes the certificate for localhost for expired: it answered with the alert certificate_expired (",
		},
		"an alert of another kind": {
			client: func(t *testing.T, _ *house, addr string) { alertTo(t, addr, 80) },
			want:   capture.FailedHandshake{ServerName: "localhost", By: capture.Client, Alert: "internal_error"},
			says:   "the client ended the TLS handshake for localhost with the alert internal_error",
		},
		"an alert that has no name": {
			client: func(t *testing.T, _ *house, addr string) { alertTo(t, addr, 99) },
			want:   capture.FailedHandshake{ServerName: "localhost", By: capture.Client, Alert: "alert 99"},
			says:   "the client ended the TLS handshake for localhost with the alert alert 99",
		},
		"the client has nothing in common": {
			client: func(t *testing.T, _ *house, addr string) { alertTo(t, addr, alertHandshakeFailure) },
			want: capture.FailedHandshake{
				ServerName: "localhost", By: capture.Client, Alert: "handshake_failure", Reason: capture.Incompatible,
			},
			says: "the client and Culvert have no way to encrypt in common: it answered with the alert handshake_failure",
		},
		"a goodbye in the midst": {
			client: func(t *testing.T, _ *house, addr string) { alertTo(t, addr, alertUserCanceled) },
			want: capture.FailedHandshake{
				ServerName: "localhost", By: capture.Client, Reason: capture.BrokenOff,
				Fix: "if it does not trust the CA, run: culvert trust",
			},
			says: "the client closed the connection in the midst of the TLS handshake for localhost, without an alert (",
		},
		"a record that is none": {
			client: func(t *testing.T, _ *house, addr string) { dial(t, addr, nil).write(t, "\x16garbage garbage garbage") },
			want:   capture.FailedHandshake{By: capture.Tunnel, Reason: capture.NotTLS},
			says:   "what the client sent is not TLS: ",
		},
		"a hello that is none": {
			client: func(t *testing.T, _ *house, addr string) {
				dial(t, addr, nil).write(t, "\x16\x03\x01\x00\x08\x01\x00\x00\x04junk")
			},
			want: capture.FailedHandshake{By: capture.Tunnel, Alert: "decode_error", Reason: capture.NotTLS},
			says: "what the client sent is not TLS: ",
		},
		"a hello cut short": {
			client: func(t *testing.T, _ *house, addr string) {
				c := dial(t, addr, nil)
				c.write(t, "\x16\x03\x01\x02")
				c.Close()
			},
			want: capture.FailedHandshake{
				By: capture.Client, Reason: capture.BrokenOff, Fix: "if it does not trust the CA, run: culvert trust",
			},
			says: "the client closed the connection in the midst of the TLS handshake for 127.0.0.1, without an alert (",
		},
		"a reset in the midst": {
			client: func(t *testing.T, _ *house, addr string) {
				c := dial(t, addr, nil)
				c.write(t, string(hello(t)))
				io.ReadFull(c, make([]byte, 100))
				c.reset()
			},
			want: capture.FailedHandshake{
				ServerName: "localhost", By: capture.Client, Reason: capture.BrokenOff,
				Fix: "if it does not trust the CA, run: culvert trust",
			},
			says: "the client closed the connection in the midst",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if c.certs != nil {
				h.engine.config.GetCertificate = c.certs
			}
			b := newBackend(t)
			addr := h.serve(t, "ws://"+b.addr)
			c.client(t, h, addr)
			list := failures(t, h, 1)
			got := list[0]
			if text := got.Explanation(); len(list) != 1 || !strings.HasPrefix(text, c.says) {
				t.Errorf("%d rows; it says %q, want %q", len(list), text, c.says)
			}
			if got.Address != addr || got.Client == "" || got.Time.IsZero() || got.Count != 1 {
				t.Errorf("on record: %+v", got)
			}
			c.want.Time, c.want.Duration, c.want.Client, c.want.Address = got.Time, got.Duration, got.Client, got.Address
			c.want.Detail, c.want.Count = got.Detail, got.Count
			if got != c.want {
				t.Errorf("on record: %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// failures waits until at least n handshakes have failed, and returns what is on record of them.
func failures(t *testing.T, h *house, n int64) (list []capture.FailedHandshake) {
	t.Helper()
	log := h.log(t)
	await(t, log, "a failed handshake", func() bool { return log.Stats().Failed >= n })
	first, next := log.Range()
	for id := first; id < next; id++ {
		if x, ok := log.FailedHandshake(id); ok {
			list = append(list, x)
		}
	}
	return list
}

// hello is a ClientHello of TLS 1.2 for localhost.
func hello(t *testing.T) []byte {
	t.Helper()
	near, far := net.Pipe()
	defer far.Close()
	go tls.Client(near, &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS12}).Handshake()
	p := make([]byte, 4096)
	n, err := far.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return p[:n]
}

// alertTo answers the certificate with an alert, as a client over TLS 1.2 does.
func alertTo(t *testing.T, addr string, alert byte) {
	t.Helper()
	c := dial(t, addr, nil)
	c.write(t, string(hello(t)))
	io.ReadFull(c, make([]byte, 100))
	c.write(t, "\x15\x03\x03")
	c.write(t, "\x00\x02\x02"+string([]byte{alert}))
	c.Close()
}

// garbled is a connection that yields nonsense once it is on: TLS answers that with an alert.
type garbled struct {
	net.Conn
	on bool
}

func (g *garbled) Read(p []byte) (int, error) {
	if g.on {
		return copy(p, "\x17\x03\x03\x00\x20"+strings.Repeat("x", 32)), nil
	}
	return g.Conn.Read(p)
}

func TestAnAlertWhereTheRequestWasToBeIsAFailure(t *testing.T) {
	for _, protocol := range []string{"h2", "http/1.1"} {
		for _, latest := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			h, b := newHouse(t), newBackend(t)
			addr := h.serve(t, "ws://"+b.addr)
			config := h.tls()
			config.NextProtos, config.MaxVersion = []string{protocol}, latest
			conn := &garbled{Conn: dial(t, addr, nil)}
			secure := tls.Client(conn, config)
			if err := secure.Handshake(); err != nil {
				t.Fatal(err)
			}
			conn.on = true
			if _, err := secure.Read(make([]byte, 1)); err == nil {
				t.Fatal("nonsense was read")
			}
			if x := failures(t, h, 1)[0]; x.By != capture.Client || x.Alert != "bad_record_mac" || x.ALPN != protocol {
				t.Errorf("%s: on record: %+v", protocol, x)
			}
		}
	}
}

func TestConnectionsThatAreNotUsedAreNoFailures(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := h.serve(t, "ws://"+b.addr)
	h2 := h.tls()
	h2.NextProtos = []string{"h2"}
	old := h.tls()
	old.MaxVersion = tls.VersionTLS12
	for _, config := range []*tls.Config{nil, h.tls(), h2, old} {
		for _, end := range []func(*peer){
			func(p *peer) { p.Close() },
			func(p *peer) { p.socket.Close() }, // without close_notify
			func(p *peer) { p.reset() },
		} {
			end(dial(t, addr, config))
		}
	}
	w := h.open(t, addr, h.tls(), b)
	w.client.Close()
	l := h.engine.listeners[addr]
	eventually(t, "nobody is in the midst of a handshake", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.waiting) == 0
	})
	dial(t, addr, h.tls()) // is in hand when the address is closed
	if err := h.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
	if n := h.log(t).Stats().Failed; n != 0 {
		t.Errorf("%d failures: %+v", n, failures(t, h, 1))
	}
}

func TestWhatEndedAHandshakeIsTold(t *testing.T) {
	chromium := &tls.ClientHelloInfo{CipherSuites: []uint16{0x4a4a, 0x1301}, Extensions: []uint16{extCompressCertificate}}
	node := &tls.ClientHelloInfo{CipherSuites: []uint16{0x1302, 0x1303, 0x1301, 0xc02f, 0xc02b}}
	gnu := &tls.ClientHelloInfo{CipherSuites: []uint16{0x1302, 0x1303, 0x1301, 0x1304}}
	timeout := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	alert := &net.OpError{Op: "remote error", Err: tls.AlertError(alertUnknownCA)}
	for name, c := range map[string]struct {
		greeting greeting
		err      error
		want     string // the reason, or "silence"
	}{
		"silence in the midst":                       {greeting{}, timeout, "timeout"},
		"silence after it":                           {greeting{shaken: true}, timeout, "silence"},
		"an end in the midst":                        {greeting{}, io.ErrUnexpectedEOF, "cut"},
		"an end that Chromium made":                  {greeting{hello: chromium}, io.EOF, "silence"},
		"an alert of Chromium's":                     {greeting{hello: chromium}, alert, "distrusted"},
		"an end that Node made":                      {greeting{hello: node}, io.EOF, "distrusted"},
		"an end that Node made after it":             {greeting{hello: node, shaken: true}, io.EOF, "silence"},
		"an end that GnuTLS made":                    {greeting{hello: gnu}, io.EOF, "cut"},
		"an end that GnuTLS made after it":           {greeting{hello: gnu, shaken: true}, io.EOF, "distrusted"},
		"an alert after it":                          {greeting{shaken: true}, fmt.Errorf("read: %w", alert), "distrusted"},
		"a reset that the writer found":              {greeting{}, errnoBrokenPipe, "cut"},
		"the address was closed":                     {greeting{}, fmt.Errorf("read: %w", net.ErrClosed), "silence"},
		"a certificate of ours that is of no use":    {greeting{hello: node}, x509.ErrUnsupportedAlgorithm, ""},
		"an error of the network that is no timeout": {greeting{hello: node}, &net.OpError{Op: "read", Err: errors.New("odd")}, ""},
	} {
		h, ok := c.greeting.failure(c.err)
		if got := string(h.Reason); ok == (c.want == "silence") || ok && got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, ok, c.want)
		}
	}
}

func TestAFailedHandshakeIsToldToThoseWhomItConcerns(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	h.serve(t, "ws://"+b.addr)
	addr := h.address(t, "app")
	h.on(t, "name = \"two\"\nlisten = [%q]\n[[route]]\nto = [\"ws://%s\"]\n", addr, b.addr)
	for name, want := range map[string][]string{
		"app.localhost": {"app"}, "two.localhost": {"two"}, "localhost": {"app"}, "": {"app"},
		"nobody.localhost": {"app", "two"}, "web.example.cn": {"app", "two"},
	} {
		config := &tls.Config{ServerName: name}
		if name == "" {
			config.ServerName = "127.0.0.1" // crypto/tls sends no SNI for an address
		}
		before := map[string]int64{}
		count := func(project string) int64 {
			log, _ := h.engine.Capture(project)
			return log.Stats().Failed
		}
		for _, project := range []string{"app", "two"} {
			before[project] = count(project)
		}
		if c, err := tls.Dial("tcp", addr, config); err == nil {
			c.Close()
			t.Fatal("the CA is trusted")
		}
		l := h.engine.listeners[addr]
		eventually(t, "the handshake is over", func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.waiting) == 0
		})
		for _, project := range []string{"app", "two"} {
			if told := count(project) > before[project]; told != slices.Contains(want, project) {
				t.Errorf("%q: project %s is told: %v", name, project, told)
			}
		}
	}
}
