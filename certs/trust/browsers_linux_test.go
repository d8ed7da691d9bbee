package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/trust/browsertest"
)

// These tests start the real browsers, each with a home folder of its own in which nothing was done but what Add does.

// probed are the hosts that every browser has to accept, and the one that none may: its leaf is signed with the
// issuer's own key, and only the name constraints are against it.
var probed = []string{"localhost", "127.0.0.1", "[::1]", "app.localhost", stolenName}

const stolenName = "example.com"

// led are the names that the browsers are told to find on this machine.
var led = []string{stolenName, "example.cn", "web.example.cn", "api.web.example.cn"}

// page asks every host for something over TLS, reports which answered, and goes to the one that it is told to.
const page = `<!doctype html><title>probe</title><script>
const {hosts, port, next} = %s;
Promise.all(hosts.map(h => fetch("https://" + h + ":" + port + "/asked", {mode: "no-cors", cache: "no-store"})
	.then(() => "accepted", err => "refused"))).then(async results => {
	await fetch("/report", {method: "POST", body: JSON.stringify(results)});
	if (next) location = "https://" + next + ":" + port + "/visited";
});
</script>`

// site serves the page over plain HTTP, and the hosts over TLS with the CA's leafs.
type site struct {
	url     string        // of the page
	hosts   []string      // that it asks
	secure  string        // address of the hosts
	results chan []string // what the browser reported, in the order of hosts
	visited chan struct{} // closed when the browser came to the last page over TLS
	alerts  chan string   // what the browser said in the handshakes that it ended
}

// newSite starts a site whose page asks the hosts and then goes to next. The stolen ones among them get what a thief of
// the CA's key makes; an address is one that clients name in no handshake.
func newSite(t *testing.T, ca *certs.CA, hosts []string, next string, stolen ...string) *site {
	t.Helper()
	s := &site{hosts: hosts, results: make(chan []string, 1), visited: make(chan struct{}), alerts: make(chan string, 1000)}
	minter := certs.NewMinter(nil, ca)
	thiefs := make(map[string]*tls.Certificate)
	for _, name := range stolen {
		asked := name
		if net.ParseIP(name) != nil {
			asked = ""
		}
		thiefs[asked] = steal(t, ca, name)
	}
	config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if cert := thiefs[hello.ServerName]; cert != nil {
			return cert, nil
		}
		return minter.GetCertificate(hello)
	}}
	v4, v6 := listenBoth(t)
	s.secure = v4.Addr().String()
	secure := http.NewServeMux()
	secure.HandleFunc("/asked", func(http.ResponseWriter, *http.Request) {})
	arrived := sync.OnceFunc(func() { close(s.visited) })
	secure.HandleFunc("/visited", func(http.ResponseWriter, *http.Request) { arrived() })
	s.serve(t, secure, tls.NewListener(v4, config), tls.NewListener(v6, config))

	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"hosts": hosts, "port": v4.Addr().(*net.TCPAddr).Port, "next": next})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, page, data)
	})
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, r *http.Request) {
		var results []string
		if json.NewDecoder(r.Body).Decode(&results) == nil && len(results) == len(hosts) {
			s.results <- results
		}
	})
	s.serve(t, mux, plain)
	s.url = "http://" + plain.Addr().String() + "/"
	return s
}

// serve serves until the test ends.
func (s *site) serve(t *testing.T, handler http.Handler, listeners ...net.Listener) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(s, "", 0)}
	var wg sync.WaitGroup
	for _, l := range listeners {
		wg.Go(func() { server.Serve(l) })
	}
	t.Cleanup(func() {
		server.Close()
		wg.Wait()
	})
}

// Write takes the server's log, which is where refused handshakes are told of.
func (s *site) Write(line []byte) (int, error) {
	if _, alert, ok := strings.Cut(strings.TrimSpace(string(line)), "remote error: "); ok {
		s.alerts <- alert
	}
	return len(line), nil
}

// listenBoth listens on one port of both loopback addresses.
func listenBoth(t *testing.T) (v4, v6 net.Listener) {
	t.Helper()
	for range 100 {
		v4, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		v6, err := net.Listen("tcp6", fmt.Sprintf("[::1]:%d", v4.Addr().(*net.TCPAddr).Port))
		if err == nil {
			return v4, v6
		}
		v4.Close()
	}
	t.Fatal("no port is free on both loopback addresses")
	return nil, nil
}

// steal signs a leaf for a name on the Internet with the issuer's key, as a thief of the CA's folder would.
func steal(t *testing.T, ca *certs.CA, name string) *tls.Certificate {
	t.Helper()
	stolen, err := tls.LoadX509KeyPair(filepath.Join(filepath.Dir(ca.File()), "issuer.pem"), filepath.Join(filepath.Dir(ca.File()), "ca-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, stolen.Leaf, &key.PublicKey, stolen.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, stolen.Leaf.Raw, ca.Certificate().Raw}, PrivateKey: key}
}

// chromiumArgs say where the names lead.
func chromiumArgs(*testing.T, *machine) []string {
	return []string{"--host-resolver-rules=MAP " + strings.Join(led, " 127.0.0.1, MAP ") + " 127.0.0.1"}
}

// firefoxArgs say where the names lead, in a preference, and keep Firefox from talking to Mozilla's servers.
func firefoxArgs(t *testing.T, m *machine) []string {
	for _, p := range firefoxProfiles(m.sys) {
		prefs := fmt.Sprintf("user_pref(%q, %q);\n", "network.dns.localDomains", strings.Join(led, ",")) +
			"user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n" +
			"user_pref(\"app.normandy.enabled\", false);\n"
		if err := os.WriteFile(filepath.Join(p.dir, "user.js"), []byte(prefs), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// guidedBrowser is a browser and how it is told where names lead.
type guidedBrowser struct {
	browsertest.Browser
	args func(*testing.T, *machine) []string
}

func browsers() (chromium, firefox guidedBrowser) {
	return guidedBrowser{browsertest.Chromium(), chromiumArgs}, guidedBrowser{browsertest.Firefox(), firefoxArgs}
}

func TestBrowsers(t *testing.T) {
	t.Parallel()
	accepts := []string{"accepted", "accepted", "accepted", "accepted", "refused"}
	refuses := []string{"refused", "refused", "refused", "refused", "refused"}
	chromium, firefox := browsers()
	tests := []struct {
		name    string
		browser guidedBrowser
		prepare func(t *testing.T, m *machine, root *certs.Root)
		want    []string // of each host in probed
	}{
		{"a fresh Chromium trusts nothing of ours", chromium, func(*testing.T, *machine, *certs.Root) {}, refuses},
		{"a fresh Chromium after trust", chromium, addToAll, accepts},
		{"a Chromium with the older database after trust", chromium, func(t *testing.T, m *machine, root *certs.Root) {
			m.database(".pki/nssdb")
			addToAll(t, m, root)
		}, accepts},
		{"a Chromium after trust and untrust", chromium, addAndRemove, refuses},
		{"a Firefox that has run trusts nothing of ours", firefox, func(t *testing.T, m *machine, _ *certs.Root) {
			if err := (&newFirefox{sys: m.sys}).start(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, refuses},
		{"a fresh Firefox after trust", firefox, addToAll, accepts},
		{"a Firefox after trust and untrust", firefox, addAndRemove, refuses},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			m.tool("certutil", "libnss3-tools")
			m.tool(tt.browser.Path(t), "")
			ca := newCA(t)
			tt.prepare(t, m, ca.Root)

			next := ""
			if tt.want[0] == "accepted" {
				next = "app.localhost"
			}
			site := newSite(t, ca, probed, next, stolenName)
			p := tt.browser.Start(t, m.sys.Env, append(tt.browser.args(t, m), site.url)...)
			site.watch(t, tt.want, p.Ended())
		})
	}
}

// watch waits until the browser reported what it accepts. For each host that it refuses, the server must have got a
// TLS alert: a name that does not resolve, say, would prove nothing about certificates.
func (s *site) watch(t *testing.T, want []string, ended <-chan struct{}) {
	var got []string
	select {
	case got = <-s.results:
	case <-ended:
		t.Error("it ended before it reported")
		return
	}
	for i, host := range s.hosts {
		if got[i] != want[i] {
			t.Errorf("%s is %s, want %s", host, got[i], want[i])
		}
		if got[i] == "accepted" {
			continue
		}
		select {
		case alert := <-s.alerts:
			t.Logf("refused with %q", alert)
		case <-ended:
			t.Errorf("%s was refused without an alert", host)
			return
		}
	}
	if got[0] != "accepted" {
		return
	}
	select {
	case <-s.visited:
	case <-ended:
		t.Error("it ended before it came to the last page")
	}
}

// TestBrowsersAndTheSecondCA has the thief sign what is above the listed name, what the first CA is for, and an address:
// of that form nothing is listed, and a client that takes it for unrestricted would believe it.
func TestBrowsersAndTheSecondCA(t *testing.T) {
	t.Parallel()
	hosts := []string{"web.example.cn", "api.web.example.cn", "example.cn", "localhost", "127.0.0.1"}
	want := []string{"accepted", "accepted", "refused", "refused", "refused"}
	chromium, firefox := browsers()
	for _, browser := range []guidedBrowser{chromium, firefox} {
		t.Run(browser.Name, func(t *testing.T) {
			m := newMachine(t)
			m.tool("certutil", "libnss3-tools")
			m.tool(browser.Path(t), "")
			ca, err := certs.CreateNamed(t.TempDir(), []string{"web.example.cn"})
			if err != nil {
				t.Fatal(err)
			}
			addToAll(t, m, ca.Root)
			site := newSite(t, ca, hosts, "api.web.example.cn", "example.cn", "localhost", "127.0.0.1")
			p := browser.Start(t, m.sys.Env, append(browser.args(t, m), site.url)...)
			site.watch(t, want, p.Ended())
		})
	}
}

func addToAll(t *testing.T, m *machine, root *certs.Root) {
	t.Helper()
	trusted := 0
	for _, r := range Add(t.Context(), m.sys, Stores(m.sys), root) {
		t.Logf("%s at %s is %v", r.Store.Name(), r.Store.Where(), r.Status)
		if r.Status.State == Trusted {
			trusted++
		}
	}
	if trusted == 0 {
		t.Error("no store trusts the root")
	}
}

func addAndRemove(t *testing.T, m *machine, root *certs.Root) {
	t.Helper()
	addToAll(t, m, root)
	for _, r := range Remove(t.Context(), m.sys, Stores(m.sys), root) {
		if r.Status.State == Trusted || r.Status.State == Cannot {
			t.Errorf("%s is %v", r.Store.Name(), r.Status)
		}
	}
}
