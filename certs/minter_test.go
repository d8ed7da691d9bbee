package certs

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func newTestCA(t testing.TB) *CA {
	t.Helper()
	ca, err := LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// dialled is a connection of which only the address that the client dialled is known.
type dialled struct {
	net.Conn
	addr net.Addr
}

func (d dialled) LocalAddr() net.Addr { return d.addr }

func hello(name string) *tls.ClientHelloInfo { return &tls.ClientHelloInfo{ServerName: name} }

func helloTo(addr string) *tls.ClientHelloInfo {
	to := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr))
	return &tls.ClientHelloInfo{Conn: dialled{addr: to}}
}

func TestLeafNamesWhatTheClientAskedFor(t *testing.T) {
	t.Parallel()
	const loopbacks = "127.0.0.1 ::1"
	tests := []struct {
		name  string
		hello *tls.ClientHelloInfo
		want  string // the subject alternative names, or the refused name after "refused "
	}{
		{"a plain name", hello("localhost"), "localhost " + loopbacks},
		{"a name below localhost", hello("app.localhost"), "app.localhost " + loopbacks},
		{"a name several levels down", hello("a.b.c.test"), "a.b.c.test " + loopbacks},
		{"the permitted domain itself", hello("home.arpa"), "home.arpa " + loopbacks},
		{"capitals", hello("App.LocalHost"), "app.localhost " + loopbacks},
		{"a final dot", hello("app.localhost."), "app.localhost " + loopbacks},
		{"an internationalised name in ASCII form", hello("xn--bcher-kva.test"), "xn--bcher-kva.test " + loopbacks},
		{"an underscore", hello("my_app.localhost"), "my_app.localhost " + loopbacks},
		{"no name, IPv4 dialled", helloTo("127.0.0.1:443"), "localhost " + loopbacks},
		{"no name, IPv6 dialled", helloTo("[::1]:443"), "localhost " + loopbacks},
		{"no name, another loopback address", helloTo("127.8.0.1:443"), "localhost " + loopbacks + " 127.8.0.1"},
		{"no name, IPv4 on a dual-stack socket", helloTo("[::ffff:127.0.0.2]:443"), "localhost " + loopbacks + " 127.0.0.2"},
		{"no name and no address", hello(""), "localhost " + loopbacks},
		{"no name on a unix socket", &tls.ClientHelloInfo{Conn: dialled{addr: &net.UnixAddr{Name: "/s"}}}, "localhost " + loopbacks},
		{"an address as name", hello("127.0.0.1"), "localhost " + loopbacks},
		{"an address of version 6 as name", hello("[::1]"), "localhost " + loopbacks},
		{"a name on the Internet", hello("example.com"), "refused example.com"},
		{"a name that only ends in the letters", hello("notlocalhost"), "refused notlocalhost"},
		{"a permitted name as a prefix", hello("localhost.example.com"), "refused localhost.example.com"},
		{"a wildcard", hello("*.localhost"), "refused *.localhost"},
		{"an empty label", hello("a..localhost"), "refused a..localhost"},
		{"only a dot", hello("."), "refused ."},
		{"a label that is too long", hello(strings.Repeat("a", 64) + ".test"), "refused " + strings.Repeat("a", 64) + ".test"},
		{"a name that is too long", hello(strings.Repeat("a.", 130) + "test"), "refused " + strings.Repeat("a.", 130) + "test"},
		{"a name with a line feed", hello("a\n.localhost"), "refused a\n.localhost"},
		{"an address in the local network", hello("192.168.1.5"), "refused 192.168.1.5"},
		{"no name, an address in the local network dialled", helloTo("192.168.1.5:443"), "refused 192.168.1.5"},
	}
	m := NewMinter(nil, newTestCA(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cert, err := m.GetCertificate(tt.hello)
			if got := subjects(cert, err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// subjects puts a certificate's alternative names, or the refused name, in one line.
func subjects(cert *tls.Certificate, err error) string {
	if refused := (*NameError)(nil); errors.As(err, &refused) {
		return "refused " + refused.Name
	}
	if err != nil {
		return err.Error()
	}
	s := strings.Join(cert.Leaf.DNSNames, " ")
	for _, ip := range cert.Leaf.IPAddresses {
		s += " " + ip.String()
	}
	return s
}

func TestRefusedNameCarriesItsAlert(t *testing.T) {
	t.Parallel()
	_, err := NewMinter(nil, newTestCA(t)).GetCertificate(hello("example.com"))
	if !errors.Is(err, ErrName) {
		t.Errorf("%v is not ErrName", err)
	}
	if alert := tls.AlertError(0); !errors.As(err, &alert) || alert.Error() != "tls: unrecognized name" {
		t.Errorf("the alert is %q", alert)
	}
	if !strings.Contains(err.Error(), "example.com") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q does not say in one line what was refused", err)
	}
}

func TestRefusedNameSaysWhatCanBeDone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"web.example.cn":        "or run: culvert trust --name web.example.cn)",
		"Web.Example.CN":        "or run: culvert trust --name web.example.cn)",
		"192.168.1.5":           "or run: culvert trust --name 192.168.1.5)",
		"com":                   "or a loopback address)",
		"a..localhost":          "or a loopback address)",
		"$(reboot).example.com": "or a loopback address)", // nothing of it may come into a command
		"a;b.example.com":       "or a loopback address)",
	} {
		_, err := NewMinter(nil, newTestCA(t)).GetCertificate(hello(name))
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFirstCAThatPermitsTheHostSigns(t *testing.T) {
	t.Parallel()
	first, second, third := newTestCA(t), newNamedCA(t, "web.example.cn", "192.168.1.5"), newNamedCA(t, "example.cn")
	m := NewMinter(nil, first, second, third)
	for _, tt := range []struct {
		hello *tls.ClientHelloInfo
		ca    *CA
		want  string
	}{
		{hello("app.localhost"), first, "app.localhost 127.0.0.1 ::1"},
		{hello("web.example.cn"), second, "web.example.cn"},
		{hello("api.web.example.cn"), second, "api.web.example.cn"},
		{hello("api.example.cn"), third, "api.example.cn"},
		{helloTo("192.168.1.5:443"), second, " 192.168.1.5"},
		{hello("example.com"), nil, "refused example.com"},
		{helloTo("192.168.1.6:443"), nil, "refused 192.168.1.6"},
	} {
		cert, err := m.GetCertificate(tt.hello)
		if got := subjects(cert, err); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		if tt.ca != nil && cert.Leaf.CheckSignatureFrom(tt.ca.issuer) != nil {
			t.Errorf("%s is signed by another CA", tt.want)
		}
	}
}

func TestCAsAreReplacedWhileTheMinterIsInUse(t *testing.T) {
	t.Parallel()
	kept, gone, come := newTestCA(t), newNamedCA(t, "web.example.cn"), newNamedCA(t, "web.example.cn", "api.example.cn")
	m := NewMinter(nil, kept, gone)
	get := func(name string) *tls.Certificate {
		t.Helper()
		cert, err := m.GetCertificate(hello(name))
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	local, web := get("app.localhost"), get("web.example.cn")
	m.Use(kept, come)
	if len(m.leafs) != 1 || m.recent.Len() != 1 {
		t.Errorf("%d leafs are kept, %d in order", len(m.leafs), m.recent.Len())
	}
	if get("app.localhost") != local {
		t.Error("a leaf of a CA that stayed was forgotten")
	}
	if cert := get("web.example.cn"); cert == web || cert.Leaf.CheckSignatureFrom(come.issuer) != nil {
		t.Error("the CA that went still signs")
	}
	m.Use(gone, come, kept)
	if get("web.example.cn").Leaf.CheckSignatureFrom(gone.issuer) != nil {
		t.Error("a CA that was put first does not sign")
	}
	m.Use()
	if _, err := m.GetCertificate(hello("app.localhost")); !errors.Is(err, ErrName) {
		t.Errorf("without any CA: %v", err)
	}
}

func TestUseDuringHandshakes(t *testing.T) {
	t.Parallel()
	a, b := newTestCA(t), newTestCA(t)
	m := NewMinter(nil, a)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				if i == 0 {
					m.Use([]*CA{a, b}[j%2])
				} else if _, err := m.GetCertificate(hello(fmt.Sprintf("app%d.localhost", j%5))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	m.Use(b)
	cert, err := m.GetCertificate(hello("app0.localhost"))
	if err != nil || cert.Leaf.CheckSignatureFrom(b.issuer) != nil {
		t.Errorf("the last CA does not sign: %v", err)
	}
}

func TestLeafIsWhatClientsDemand(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	now := time.Now()
	cert, err := NewMinter(func() time.Time { return now }, ca).GetCertificate(hello("app.localhost"))
	if err != nil {
		t.Fatal(err)
	}
	leaf := cert.Leaf
	if !slices.EqualFunc(cert.Certificate, []*x509.Certificate{cert.Leaf, ca.issuer, ca.Certificate()},
		func(der []byte, c *x509.Certificate) bool { return bytes.Equal(der, c.Raw) }) {
		t.Error("the chain is not the leaf, the issuer and the root")
	}
	if leaf.KeyUsage != x509.KeyUsageDigitalSignature || len(leaf.ExtKeyUsage) != 1 || leaf.ExtKeyUsage[0] != x509.ExtKeyUsageServerAuth {
		t.Errorf("key usage %b %v", leaf.KeyUsage, leaf.ExtKeyUsage)
	}
	if leaf.IsCA || string(leaf.AuthorityKeyId) != string(ca.issuer.SubjectKeyId) {
		t.Error("it is a CA, or does not point at ours")
	}
	if bits := leaf.SerialNumber.BitLen(); bits < 100 || bits > 128 {
		t.Errorf("serial number of %d bits", bits)
	}
	if life := leaf.NotAfter.Sub(now).Round(time.Hour); life != 90*24*time.Hour {
		t.Errorf("valid for %v from now", life)
	}
	if !leaf.NotBefore.Before(now.Add(-time.Minute)) {
		t.Error("a client whose clock is a minute behind would refuse it")
	}
}

func TestHandshakesAtOnceShareOneLeaf(t *testing.T) {
	t.Parallel()
	const names, each = 8, 32
	m := NewMinter(nil, newTestCA(t))
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		made  = map[string]bool{}
		begin = make(chan struct{})
	)
	for i := range names * each {
		wg.Go(func() {
			<-begin
			cert, err := m.GetCertificate(hello(fmt.Sprintf("app%d.localhost", i%names)))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			made[cert.Leaf.SerialNumber.String()] = true
		})
	}
	close(begin)
	wg.Wait()
	if len(made) != names {
		t.Errorf("%d leafs were made for %d names", len(made), names)
	}
}

func TestManyNamesAreForgotten(t *testing.T) {
	t.Parallel()
	m := NewMinter(nil, newTestCA(t))
	first, err := m.GetCertificate(hello("kept.localhost"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxLeafs {
		if _, err := m.GetCertificate(hello(fmt.Sprintf("n%d.localhost", i))); err != nil {
			t.Fatal(err)
		}
		if again, _ := m.GetCertificate(hello("kept.localhost")); again != first {
			t.Fatal("a name in use was forgotten")
		}
	}
	if len(m.leafs) != maxLeafs || m.recent.Len() != maxLeafs {
		t.Errorf("%d leafs are kept, %d in order", len(m.leafs), m.recent.Len())
	}
}

func TestRenewalFollowsTheWallClock(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	ca := newTestCA(t)
	start := time.Now()
	end := ca.Certificate().NotAfter
	tests := []struct {
		name        string
		first, then time.Time
		renewed     bool
	}{
		{"the next minute", start, start.Add(time.Minute), false},
		{"half its life left", start, start.Add(45 * day), false},
		{"just over a third left", start, start.Add(59 * day), false},
		{"less than a third left", start, start.Add(61 * day), true},
		{"expired while the machine slept", start, start.Add(200 * day), true},
		{"the clock set back a minute", start, start.Add(-time.Minute), false},
		{"the clock set back to before it begins", start, start.Add(-day / 2), true},
		{"a leaf that ends with the CA", end.Add(-9 * day), end.Add(-day), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &clock{t: tt.first}
			m := NewMinter(c.now, ca)
			before, err := m.GetCertificate(hello("app.localhost"))
			if err != nil {
				t.Fatal(err)
			}
			c.set(tt.then)
			after, err := m.GetCertificate(hello("app.localhost"))
			if err != nil {
				t.Fatal(err)
			}
			if renewed := before != after; renewed != tt.renewed {
				t.Errorf("renewed: %v, want %v", renewed, tt.renewed)
			}
			if tt.then.Before(after.Leaf.NotBefore) || tt.then.After(after.Leaf.NotAfter) || after.Leaf.NotAfter.After(end) {
				t.Errorf("valid from %v to %v at %v", after.Leaf.NotBefore, after.Leaf.NotAfter, tt.then)
			}
		})
	}
}

func TestExpiredCASignsNothing(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	later := ca.Certificate().NotAfter.Add(time.Hour)
	_, err := NewMinter(func() time.Time { return later }, ca).GetCertificate(hello("localhost"))
	if err == nil || !strings.Contains(err.Error(), "expired on") || !strings.Contains(err.Error(), "culvert trust") {
		t.Errorf("the error is %v", err)
	}
}

func TestGoClient(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	addr := serve(t, NewMinter(nil, ca).GetCertificate)
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "app.localhost", "deep.app.test"} {
		if err := handshake(t, addr, &tls.Config{RootCAs: roots, ServerName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	foreign := serve(t, outside(t, ca, "example.com"))
	if err := handshake(t, foreign, &tls.Config{RootCAs: roots, ServerName: "example.com"}); err == nil {
		t.Error("a leaf for example.com was accepted")
	}
}

func handshake(t *testing.T, addr string, config *tls.Config) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", addr)
	if err == nil {
		conn.Close()
	}
	return err
}

func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"localhost", "App.Localhost.", "127.0.0.1", "[::1]", "fe80::1%eth0", "*.test", "a..test", "例.test"} {
		f.Add(seed)
	}
	ca := newTestCA(f)
	names := loopbackNames()
	roots, issuers := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	issuers.AddCert(ca.issuer)
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHost(s)
		if err != nil && !errors.Is(err, ErrName) {
			t.Fatalf("%v is not ErrName", err)
		}
		if err != nil || !names.permits(h) {
			return
		}
		cert, err := ca.issue([]host{h}, leafLife, time.Now())
		if err != nil {
			t.Fatalf("accepted but not signed: %v", err)
		}
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: issuers, DNSName: h.String()}); err != nil {
			t.Fatalf("accepted, but no client believes it: %v", err)
		}
	})
}
