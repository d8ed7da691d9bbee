//go:build unix

package browser_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/trust/browser"
	"culvert/certs/trust/browsertest"

	"github.com/gorilla/websocket"
)

func newCA(t testing.TB) *certs.CA {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

type getCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)

// server is a server with a page and an echoing socket.
type server struct {
	port   string
	asked  chan struct{} // once for each time that the page is asked for
	alerts chan string   // what a client said in a handshake that it ended
}

// Write takes the server's log, which is where refused handshakes are told of.
func (s *server) Write(line []byte) (int, error) {
	if _, alert, ok := strings.Cut(strings.TrimSpace(string(line)), "remote error: "); ok {
		s.alerts <- alert
	}
	return len(line), nil
}

func serve(t *testing.T, certificate getCertificate) *server {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: certificate})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{asked: make(chan struct{}, 1000), alerts: make(chan string, 1000)}
	_, s.port, _ = net.SplitHostPort(listener.Addr().String())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		s.asked <- struct{}{}
		io.WriteString(w, "<!doctype html><title>served</title>")
	})
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		if kind, text, err := c.ReadMessage(); err == nil {
			_ = c.WriteMessage(kind, text)
		}
	})
	h := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(s, "", 0)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Serve(listener)
	}()
	t.Cleanup(func() {
		h.Close()
		<-done
	})
	return s
}

func (s *server) url(host string) string { return "https://" + host + ":" + s.port + "/" }

// foreign is a certificate that nobody vouches for, with others sent behind it.
func foreign(t *testing.T, behind ...[]byte) getCertificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		DNSNames:     []string{"localhost", "app.localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert := &tls.Certificate{Certificate: append([][]byte{der}, behind...), PrivateKey: key}
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert, nil }
}

// installed is a browser as production code finds it, and as tests drive it.
type installed struct {
	name   string
	driven browsertest.Browser
	tools  []string // what is in PATH beside the browser
}

var browsers = []installed{
	{"Chromium", browsertest.Chromium(), nil},
	{"Firefox with certutil", browsertest.Firefox(), []string{"certutil"}},
	{"Firefox without certutil", browsertest.Firefox(), nil},
}

// environment has a fresh home folder, and a PATH with the browser and its tools alone.
func (i installed) environment(t *testing.T) []string {
	t.Helper()
	home, bin := t.TempDir(), t.TempDir()
	for _, tool := range append([]string{i.driven.Path(t)}, i.tools...) {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatalf("%s is not installed (run: apt-get install libnss3-tools)", tool)
		}
		if err := os.Symlink(path, filepath.Join(bin, filepath.Base(tool))); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"HOME=" + home, "PATH=" + bin, "LANG=C.UTF-8"}
}

func only(t *testing.T, env []string) browser.Browser {
	t.Helper()
	found := browser.Find(env)
	if len(found) != 1 {
		t.Fatalf("found %+v, want one browser", found)
	}
	return found[0]
}

func meet(t *testing.T, ca *certs.CA, urls ...string) (list []browser.Server) {
	t.Helper()
	for _, u := range urls {
		s, err := browser.Meet(t.Context(), u, "", ca.Root)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// echoed opens a socket on the page's own server, and is what comes back.
const echoed = `new Promise((done, fail) => {
	const ws = new WebSocket(location.href.replace("https", "wss") + "ws");
	ws.onopen = () => ws.send("hello");
	ws.onmessage = m => done(m.data);
	ws.onerror = () => fail(new Error("it does not open"));
})`

func TestIsolatedBrowserAcceptsItsServersAlone(t *testing.T) {
	t.Parallel()
	for _, b := range browsers {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			ca := newCA(t)
			ours := serve(t, certs.NewMinter(nil, ca).GetCertificate)
			env := b.environment(t)
			hosts := []string{"localhost", "app.localhost", "127.0.0.1"}
			var urls []string
			for _, h := range hosts {
				urls = append(urls, ours.url(h))
			}
			p, err := only(t, env).Isolate(t.Context(), t.TempDir(), env, meet(t, ca, urls...), ca.Root)
			if err != nil {
				t.Fatal(err)
			}
			// Chromium's own script calls tools of the system.
			page := b.driven.NewPage(t, append(env, "PATH="+os.Getenv("PATH")), p.Args...)
			for _, u := range urls {
				if err := page.Open(u); err != nil {
					t.Fatalf("%s: %v", u, err)
				}
				var got string
				if page.Read(echoed, &got); got != "hello" {
					t.Errorf("%s: the socket answers %q", u, got)
				}
			}
			for what, certificate := range map[string]getCertificate{
				"a certificate of nobody's":                foreign(t),
				"one with our CA's certificate behind":     foreign(t, ca.Certificate().Raw),
				"one of another CA with the same networks": certs.NewMinter(nil, newCA(t)).GetCertificate,
			} {
				other := serve(t, certificate)
				_ = page.Open(other.url("localhost")) // Firefox tells of an error only if it did not show one before
				select {
				case alert := <-other.alerts:
					t.Logf("%s is refused with %q", what, alert)
				case <-other.asked:
					t.Errorf("%s is accepted", what)
				}
			}
		})
	}
}

func TestIsolatedBrowserAcceptsTheCertificateThatAProjectBrings(t *testing.T) {
	t.Parallel()
	for _, b := range browsers {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			ca, certificate := newCA(t), foreign(t)
			cert, err := certificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			ours := serve(t, certificate)
			env := b.environment(t)
			met, err := browser.Meet(t.Context(), ours.url("localhost"), fmt.Sprintf("%x", sha256.Sum256(cert.Certificate[0])), ca.Root)
			if err != nil {
				t.Fatal(err)
			}
			p, err := only(t, env).Isolate(t.Context(), t.TempDir(), env, []browser.Server{met}, ca.Root)
			if err != nil {
				t.Fatal(err)
			}
			page := b.driven.NewPage(t, append(env, "PATH="+os.Getenv("PATH")), p.Args...)
			if err := page.Open(ours.url("localhost")); err != nil {
				t.Fatal(err)
			}
			var got string
			if page.Read(echoed, &got); got != "hello" {
				t.Errorf("the socket answers %q", got)
			}
		})
	}
}

func TestIsolatedBrowserEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, b := range browsers[:2] {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			ca := newCA(t)
			ours := serve(t, certs.NewMinter(nil, ca).GetCertificate)
			env := append(b.environment(t), "MOZ_HEADLESS=1")
			folder := t.TempDir()
			p, err := only(t, env).Isolate(t.Context(), folder, env, meet(t, ca, ours.url("localhost")), ca.Root)
			if err != nil {
				t.Fatal(err)
			}
			if p.Browser.Family == browser.Chromium {
				p.Args = append(p.Args, "--headless=new")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // nothing waits for ever
			defer cancel()
			shown := make(chan error, 1)
			go func() { shown <- p.Show(ctx, append(env, "PATH="+os.Getenv("PATH")), ours.url("localhost")) }()
			select {
			case <-ours.asked:
			case err := <-shown:
				t.Fatalf("it ended: %v", err)
			}
			cancel()
			if err := <-shown; err != nil {
				t.Error(err)
			}
			if err := p.Remove(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("%s is left", left)
			}
		})
	}
}

func TestOnlyWhatTheCASignedIsMet(t *testing.T) {
	t.Parallel()
	ca := newCA(t)
	other := serve(t, foreign(t, ca.Certificate().Raw))
	gone := serve(t, foreign(t))
	tests := map[string]string{
		"a foreign certificate": other.url("localhost"),
		"no such server":        strings.Replace(gone.url("localhost"), gone.port, "1", 1),
		"no address":            "http://localhost:1/",
	}
	for name, u := range tests {
		if _, err := browser.Meet(t.Context(), u, "", ca.Root); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABrowserIsChosenByNameOrFamily(t *testing.T) {
	t.Parallel()
	all := []browser.Browser{{Name: "google-chrome", Family: browser.Chromium}, {Name: "firefox-esr", Family: browser.Firefox}}
	for name, want := range map[string]string{
		"": "google-chrome", "chromium": "google-chrome", "firefox": "firefox-esr", "firefox-esr": "firefox-esr", "opera": "",
	} {
		b, err := browser.Choose(all, name)
		if b.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", name, b.Name, err)
		}
	}
	if _, err := browser.Choose(nil, ""); err == nil {
		t.Error("a browser was chosen of none")
	}
}
