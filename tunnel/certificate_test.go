package tunnel

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"culvert/certs"
	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// loadOwn is how the app reads the certificates of projects.
func loadOwn(c project.Certificate, password string) (*tls.Certificate, error) {
	return certs.ServerFiles{File: c.File, Key: c.Key, Alias: c.Alias, PasswordEnv: c.PasswordEnv}.Read(password)
}

// newOwnHouse is a house whose projects may bring certificates. changes counts the calls of Config.Changed.
func newOwnHouse(t *testing.T) (h *house, changes *atomic.Int64) {
	t.Helper()
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	changes = new(atomic.Int64)
	return newHouseWith(t, Config{
		LoadCertificate: loadOwn,
		Getenv:          func(name string) string { return map[string]string{"KEY_PASSWORD": "secret1"}[name] },
		Changed:         func() { changes.Add(1) },
	}, m), changes
}

// selfSigned is a certificate of a subject for localhost and app.localhost, and its key, both as PEM.
func selfSigned(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost", "app.localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err = certs.EncodePair(&tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private, Leaf: leaf})
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// put puts a file in the place of another.
func put(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file+"~", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+"~", file); err != nil {
		t.Fatal(err)
	}
}

// shown is the subject of the certificate that a client is shown which asks for a name.
func shown(t *testing.T, addr, name string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// pair is a PEM pair in a folder of the test's, and the text by which a project names it.
type pair struct{ cert, key, text string }

func newPair(t *testing.T, name string) pair {
	t.Helper()
	dir := t.TempDir()
	p := pair{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	p.text = fmt.Sprintf("[certificate]\nfile = %q\nkey = %q\n", p.cert, p.key)
	p.become(t, name)
	return p
}

// become puts another pair in its place.
func (p pair) become(t *testing.T, name string) {
	t.Helper()
	cert, key := selfSigned(t, name)
	put(t, p.cert, cert)
	put(t, p.key, key)
}

func TestAProjectShowsItsOwnCertificateAndOthersTheCAs(t *testing.T) {
	h, _ := newOwnHouse(t)
	b := newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, newPair(t, "mine").text)
	h.on(t, "name = \"two\"\nlisten = [%q]\nhosts = [\"two.localhost\"]\n[[route]]\nto = [\"ws://%s\"]\n", addr, b.addr)
	for name, want := range map[string]string{
		"localhost": "mine", "app.localhost": "mine", "LOCALHOST": "mine", "two.localhost": "",
		"127.0.0.1": "mine", // crypto/tls sends no SNI for an address
	} {
		if got := shown(t, addr, name); got != want {
			t.Errorf("%s is shown the certificate of %q, want %q", name, got, want)
		}
	}
	own := h.engine.Certificate("app")
	if own == nil || h.status(t, "app").Certificate != hex.EncodeToString(fingerprint(own)) {
		t.Errorf("its status tells of the certificate %q", h.status(t, "app").Certificate)
	}
	if two := h.status(t, "two"); two.Certificate != "" || h.engine.Certificate("two") != nil {
		t.Errorf("the other's status tells of a certificate %q", two.Certificate)
	}
	roots := x509.NewCertPool()
	roots.AddCert(own)
	w := h.open(t, addr, &tls.Config{RootCAs: roots, ServerName: "localhost", NextProtos: []string{"http/1.1"}}, b)
	w.client.write(t, "hello")
	w.server.want(t, "hello")
}

func TestOpenSSLSeesTheCertificateOfAKeystore(t *testing.T) {
	h, _ := newOwnHouse(t)
	dir := t.TempDir()
	store := filepath.Join(dir, "node.jks")
	for _, alias := range []string{"node1", "node2"} {
		runTool(t, "keytool", "-genkeypair", "-keyalg", "RSA", "-alias", alias, "-dname", "CN="+alias, "-ext", "san=dns:localhost",
			"-keystore", store, "-storetype", "JKS", "-storepass", "secret1", "-keypass", "secret1")
	}
	addr := h.serve(t, "ws://127.0.0.1:1", fmt.Sprintf("[certificate]\nfile = %q\nalias = \"NODE2\"\npassword_env = \"KEY_PASSWORD\"\n", store))
	out := runTool(t, "openssl", "s_client", "-connect", addr, "-servername", "localhost")
	if !strings.Contains(out, "subject=CN = node2") && !strings.Contains(out, "subject=CN=node2") {
		t.Errorf("openssl sees\n%s", out)
	}
}

// runTool is the output of a program.
func runTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestAChangedCertificateIsShownAtTheNextHandshake(t *testing.T) {
	h, changes := newOwnHouse(t)
	p := newPair(t, "first")
	addr := h.serve(t, "ws://127.0.0.1:1", p.text)
	want := func(name, trouble string) {
		t.Helper()
		if got := shown(t, addr, "localhost"); got != name {
			t.Errorf("the certificate of %q is shown, want %q", got, name)
		}
		if s := h.status(t, "app"); !strings.Contains(s.Trouble, trouble) || (s.Trouble == "") != (trouble == "") || s.State != On {
			t.Errorf("its trouble is %q, want %q", s.Trouble, trouble)
		}
	}
	told := func(n int64) {
		t.Helper()
		if got := changes.Swap(0); got != n {
			t.Errorf("%d changes were told, want %d", got, n)
		}
	}
	want("first", "")
	changes.Store(0)
	want("first", "")
	told(0)
	p.become(t, "second")
	want("second", "")
	told(1)

	cert, key := selfSigned(t, "third")
	put(t, p.cert, cert) // the key comes later
	want("second", "not that of the certificate")
	told(1)
	want("second", "not that of the certificate")
	told(0)
	put(t, p.key, key)
	want("third", "")
	told(1)

	cert, key = selfSigned(t, "fourth")
	if err := os.WriteFile(p.cert, cert[:len(cert)/2], 0o600); err != nil { // half of it is copied
		t.Fatal(err)
	}
	want("third", "without a certificate")
	put(t, p.key, key)
	if err := os.WriteFile(p.cert, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	want("fourth", "")
	told(2)

	if err := os.Rename(p.key, p.key+".away"); err != nil {
		t.Fatal(err)
	}
	want("fourth", "there is no such file")
	if err := os.Rename(p.key+".away", p.key); err != nil {
		t.Fatal(err)
	}
	want("fourth", "")
	told(2)
}

func TestACertificateThatCannotBeReadFailsTheProject(t *testing.T) {
	h, _ := newOwnHouse(t)
	p := newPair(t, "mine")
	if err := os.Remove(p.key); err != nil {
		t.Fatal(err)
	}
	broken := parse(t, "name = \"app\"\n%s[[route]]\nto = [\"ws://127.0.0.1:1\"]\n", p.text)
	if err := h.engine.On(broken); err == nil || !strings.Contains(err.Error(), "key.pem: there is no such file") {
		t.Errorf("switching it on: %v", err)
	}
	if s := h.status(t, "app"); s.State != Failed || !strings.Contains(s.Reason, "there is no such file") {
		t.Errorf("its status is %+v", s)
	}
	p.become(t, "mine")
	if err := h.engine.On(broken); err != nil {
		t.Error(err)
	}
}

func TestAResumedSessionDoesNotOutliveTheCertificate(t *testing.T) {
	h, _ := newOwnHouse(t)
	p := newPair(t, "first")
	b := newBackend(t)
	addr := h.serve(t, "ws://"+b.addr, p.text)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		p.become(t, "first")
		config := &tls.Config{
			ServerName: "localhost", InsecureSkipVerify: true, MaxVersion: version, NextProtos: []string{"http/1.1"},
			ClientSessionCache: tls.NewLRUClientSessionCache(8),
		}
		connect := func() (resumed bool, name string) {
			t.Helper()
			w := h.open(t, addr, config, b) // what comes back brings the ticket too
			defer w.server.Close()
			defer w.client.Close()
			w.server.write(t, "hello")
			w.client.want(t, "hello")
			cs := w.client.Conn.(*tls.Conn).ConnectionState()
			return cs.DidResume, cs.PeerCertificates[0].Subject.CommonName
		}
		connect()
		if resumed, _ := connect(); !resumed {
			t.Errorf("%s: no session is resumed though nothing has changed", tls.VersionName(version))
		}
		p.become(t, "second")
		if resumed, name := connect(); resumed || name != "second" {
			t.Errorf("%s: resumed %v, under the certificate of %q", tls.VersionName(version), resumed, name)
		}
		if resumed, name := connect(); !resumed || name != "second" {
			t.Errorf("%s: then resumed %v, under the certificate of %q", tls.VersionName(version), resumed, name)
		}
	}
}

func TestManyHandshakesWhileTheCertificateChanges(t *testing.T) {
	h, _ := newOwnHouse(t)
	p := newPair(t, "name 0")
	addr := h.serve(t, "ws://127.0.0.1:1", p.text)
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range 20 {
				c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true})
				if err != nil {
					t.Error(err)
					return
				}
				c.Close()
			}
		})
	}
	for i := range 10 {
		p.become(t, fmt.Sprint("name ", i+1))
		h.engine.Status()
	}
	clients.Wait()
	if got := shown(t, addr, "localhost"); got != "name 10" {
		t.Errorf("in the end it shows the certificate of %q", got)
	}
}

func TestWhoRefusesAProjectsOwnCertificateIsToldSo(t *testing.T) {
	h, _ := newOwnHouse(t)
	addr := h.serve(t, "ws://127.0.0.1:1", newPair(t, "mine").text)
	_, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "localhost", RootCAs: h.roots})
	var untrusted *tls.CertificateVerificationError
	if !errors.As(err, &untrusted) {
		t.Fatalf("the client says %v", err)
	}
	f := waitForFailure(t, h)
	if f.Reason != capture.OwnDistrusted || strings.Contains(f.Explanation(), "culvert trust") ||
		!strings.Contains(f.What(), "does not trust the project's own certificate") || !strings.Contains(f.Fix, "have it trust the CA that signed") {
		t.Errorf("on record: %s", f.Explanation())
	}
}

// waitForFailure is the first handshake on record that failed.
func waitForFailure(t *testing.T, h *house) capture.FailedHandshake {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	log := h.log(t)
	for id := int64(1); ; {
		if f, ok := log.FailedHandshake(id); ok {
			return f
		}
		if err := log.Wait(ctx, 0); err != nil {
			t.Fatal(err)
		}
	}
}
