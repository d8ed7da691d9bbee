//go:build unix

package doctor

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"culvert/certs"
	"culvert/certs/trust/browsertest"
)

// hstsServer is a server that trusts nobody's memory: it sends the rule with every page.
type hstsServer struct {
	ca   *certs.CA
	port string
	pin  string // of its CA, for Chromium
}

func newHSTSServer(t *testing.T) *hstsServer {
	t.Helper()
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: certs.NewMinter(time.Now, ca).GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		w.Header().Set("Content-Type", "text/html")
	})}
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	sum := sha256.Sum256(ca.Certificate().RawSubjectPublicKeyInfo)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return &hstsServer{ca, port, base64.StdEncoding.EncodeToString(sum[:])}
}

// browse lets a browser look at a page, as a user in that home folder.
func browse(t *testing.T, b browsertest.Browser, home string, args ...string) {
	t.Helper()
	select {
	case <-b.Start(t, userOf(home), args...).Ended():
	case <-time.After(patience):
		t.Fatalf("%s does not end", b.Name)
	}
}

// userOf is the environment of the user with that home folder.
func userOf(home string) []string {
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
}

// rules is what the doctor finds of the two hosts in browsers of that home folder.
func rules(t *testing.T, home string) []Finding {
	t.Helper()
	m := &Machine{Home: home, Getenv: func(string) string { return "" }}
	p := &Patient{Name: "app", Project: parse(t, "hosts = [\"localhost\", \"app.test\"]\n%s", route("/ws", "ws://127.0.0.1:9"))}
	return findIn(t, "hsts-stuck", m, p)
}

func TestWhatTheRealChromiumRemembers(t *testing.T) {
	s, home := newHSTSServer(t), t.TempDir()
	visit := func(host string) {
		browse(t, browsertest.Chromium(), home, "--ignore-certificate-errors-spki-list="+s.pin,
			"--user-data-dir="+filepath.Join(home, ".config/chromium"),
			"--host-resolver-rules=MAP app.test 127.0.0.1", "--dump-dom", "https://"+host+":"+s.port+"/")
	}
	visit("localhost")
	wantNone(t, rules(t, home)) // Chromium keeps none for localhost
	visit("app.test")
	wantOne(t, rules(t, home), Warning, "Chromium reaches app.test by https", "TransportSecurity, until ", "chrome://net-internals/#hsts")
}

func TestWhatTheRealFirefoxRemembers(t *testing.T) {
	certutil, err := exec.LookPath("certutil")
	if err != nil {
		t.Fatal("certutil is not installed (run: apt-get install libnss3-tools)")
	}
	s, home := newHSTSServer(t), t.TempDir()
	profile := filepath.Join(home, ".mozilla/firefox/t.default")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-N", "-d", "sql:" + profile, "--empty-password"},
		{"-A", "-d", "sql:" + profile, "-n", "culvert", "-t", "C,,", "-i", s.ca.File()},
	} {
		if out, err := exec.Command(certutil, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(`user_pref("network.dns.localDomains", "app.test");`), 0o600); err != nil {
		t.Fatal(err)
	}
	wantNone(t, rules(t, home))
	for _, host := range []string{"localhost", "app.test"} {
		browse(t, browsertest.Firefox(), home, "--profile", profile,
			"--screenshot", filepath.Join(home, "page.png"), "https://"+host+":"+s.port+"/")
	}
	found := rules(t, home)
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	wantFinding(t, found[0], Warning, "Firefox reaches app.test by https", "SiteSecurityServiceState.bin, until ", "Forget About This Site")
	wantFinding(t, found[1], Note, "Firefox reaches localhost by https", "SiteSecurityServiceState.bin, until ", "Forget About This Site")
}
