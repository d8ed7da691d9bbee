package doctor

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// brought writes a certificate and its key, self-signed unless change has it otherwise, to a file.
func brought(t *testing.T, file string, key crypto.Signer, change func(*x509.Certificate)) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "node"}, DNSNames: []string{"localhost", "app.localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeTo(t, file, append(certs.EncodePEM(leaf), pemKey(pkcs8)...))
}

// patientWith is a project that is on and brings the certificate of a file.
func patientWith(t *testing.T, file, more string) *Patient {
	t.Helper()
	p := parse(t, "%s\n[certificate]\nfile = %q\n%s", more, file, route("/ws", "ws://127.0.0.1:9"))
	return &Patient{Name: "app", Project: p, Running: true, On: true, Served: true}
}

var ownChecks = []string{
	"certificate-unreadable", "certificate-name", "certificate-expired", "certificate-untrusted", "certificate-weak",
}

func TestWhatIsWrongWithAProjectsOwnCertificate(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GODEBUG", "rsa1024min=0") // Go itself makes no such key any more
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for name, tc := range map[string]struct {
		key           crypto.Signer
		change        func(*x509.Certificate)
		hosts         string
		check         string // "" finds nothing, but that it is self-signed
		severity      Severity
		what, seen, f string
	}{
		"nothing": {ec, func(*x509.Certificate) {}, "", "", "", "", "", ""},
		"it is for none of the hosts": {
			ec, func(c *x509.Certificate) { c.DNSNames = []string{"node1.example"} }, "", "certificate-name", Error,
			"is not for localhost, app.localhost.", "it is for node1.example", "name in hosts",
		},
		"it is for some of the hosts": {
			ec, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"localhost"}, []net.IP{{127, 0, 0, 1}} }, "", "certificate-name", Warning,
			"is not for app.localhost.", "it is for localhost, 127.0.0.1", "leave [certificate] out",
		},
		"it has a subject alone": {
			ec, func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "localhost" }, `hosts = ["localhost"]`, "certificate-name", Error,
			"is not for localhost.", "no subject alternative names; its subject, CN=localhost", "subject alternative names",
		},
		"a wildcard is for a host": {
			ec, func(c *x509.Certificate) { c.DNSNames = []string{"*.corp.example"} }, `hosts = ["a.corp.example"]`, "", "", "", "", "",
		},
		"it has expired": {
			ec, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(-9*day), time.Now().Add(-day) }, "", "certificate-expired", Error,
			"has expired", "its last day is ", "valid",
		},
		"it expires soon": {
			ec, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(3*day + time.Hour) }, "", "certificate-expired", Warning,
			"expires in 3 days", "its last day is ", "valid",
		},
		"its time has not come": {
			ec, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(3 * day) }, "", "certificate-expired", Error,
			"not valid yet", "its first day is ", "valid",
		},
		"its key is short": {
			short, func(*x509.Certificate) {}, "", "certificate-weak", Warning, "an RSA key of 1024 bits", "that of CN=node", "2048 bits",
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "own.pem")
			brought(t, file, tc.key, tc.change)
			m := &Machine{LoadCertificate: loadOwn, Roots: x509.NewCertPool()}
			for _, check := range ownChecks {
				found := findIn(t, check, m, patientWith(t, file, tc.hosts))
				switch check {
				case tc.check:
					wantOne(t, found, tc.severity, tc.what, tc.seen, tc.f)
				case "certificate-untrusted":
					wantOne(t, found, Warning, "does not trust the project's own certificate", "it is self-signed, by CN=", "have the system and the browsers trust")
				default:
					wantNone(t, found)
				}
			}
		})
	}
}

func TestACertificateThatIsSignedWithSHA1(t *testing.T) {
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	openssl(t, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha1", "-subj", "/CN=old", "-addext", "subjectAltName=DNS:localhost,DNS:app.localhost",
		"-keyout", key, "-out", cert)
	p := patientWith(t, cert, "")
	p.Project.Certificate.Key = key
	wantOne(t, findIn(t, "certificate-weak", &Machine{LoadCertificate: loadOwn}, p), Error, "is signed with SHA1-RSA", "that of CN=old", "SHA-256")
}

func TestASelfSignedCertificateIsToBeTrustedItself(t *testing.T) {
	key, cert := filepath.Join(t.TempDir(), "key.pem"), filepath.Join(t.TempDir(), "cert.pem")
	openssl(t, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=node1", "-addext", "subjectAltName=DNS:localhost,DNS:app.localhost",
		"-keyout", key, "-out", cert)
	p := patientWith(t, cert, "")
	p.Project.Certificate.Key = key
	m := &Machine{LoadCertificate: loadOwn, Roots: x509.NewCertPool()}
	found := findIn(t, "certificate-untrusted", m, p)
	wantOne(t, found, Warning, "does not trust", "self-signed, by CN=node1", "trust the certificate itself")
	for _, fix := range found[0].Fixes {
		if strings.Contains(fix.What, "intermediate") {
			t.Errorf("it advises: %s", fix.What)
		}
	}
}

func TestWhoSignedAProjectsOwnCertificate(t *testing.T) {
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Leaf([]string{"localhost", "app.localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "own.pem")
	chain, key, err := certs.EncodePair(leaf)
	if err != nil {
		t.Fatal(err)
	}
	writeTo(t, file, append(chain, key...))
	m := &Machine{LoadCertificate: loadOwn, Roots: x509.NewCertPool()}
	wantOne(t, findIn(t, "certificate-untrusted", m, patientWith(t, file, "")), Warning, "does not trust the project's own",
		"it was signed by CN=Culvert CA", "an intermediate CA")
	m.Roots.AddCert(ca.Certificate())
	for _, check := range ownChecks {
		wantNone(t, findIn(t, check, m, patientWith(t, file, "")))
	}
	m = &Machine{
		LoadCertificate: loadOwn, Roots: x509.NewCertPool(), Authorities: []Authority{{Name: "CA", Root: ca.Certificate(), NotAfter: time.Now().Add(time.Hour)}},
		Stores: func(context.Context) []Store { return []Store{{Name: "system", State: StoreDistrusts}} },
	}
	for _, check := range ownChecks { // it is the local CA that is to be trusted
		wantNone(t, findIn(t, check, m, patientWith(t, file, "")))
	}
	wantOne(t, findIn(t, "store-untrusted", m, patientWith(t, file, "")), Error, "does not trust the CA", "", "have this store trust the CA")
	log := capture.New(1 << 20)
	defer log.Close()
	log.Handshake(capture.FailedHandshake{
		Time: time.Now(), Client: "127.0.0.1:1", ServerName: "localhost", Program: "curl", By: capture.Client, Reason: capture.OwnDistrusted,
	})
	p := patientWith(t, file, "")
	p.Capture = log
	wantOne(t, findIn(t, "browser-distrusts", m, p), Error, "curl does not trust the CA.", "for localhost", "have every store trust the CA")
	m = &Machine{LoadCertificate: loadOwn, Roots: x509.NewCertPool()}
	writeTo(t, file, append(certs.EncodePEM(leaf.Leaf), key...)) // the issuer is not sent
	wantOne(t, findIn(t, "certificate-untrusted", m, patientWith(t, file, "")), Warning, "", "unknown authority", "put that one's certificate behind it")
}

func TestAProjectsOwnCertificateThatCannotBeRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.pem")
	m := &Machine{LoadCertificate: loadOwn}
	p := patientWith(t, file, "")
	wantOne(t, findIn(t, "certificate-unreadable", m, p), Warning, "cannot be read", "none.pem: there is no such file", "read anew at the next handshake")
	p = patientWith(t, file, "")
	p.Served, p.Reason = false, "certificate: no"
	wantOne(t, findIn(t, "certificate-unreadable", m, p), Error, "cannot be read", "there is no such file", "switch it on again")
	wantNone(t, findIn(t, "not-served", m, p)) // said already

	p = patientWith(t, file, "")
	p.Project.Certificate.PasswordEnv = "KEY_PASSWORD"
	asked := ""
	m = &Machine{
		Getenv: func(name string) string { return "the value of " + name },
		LoadCertificate: func(_ project.Certificate, password string) (*tls.Certificate, error) {
			asked = password
			return nil, errors.New("no")
		},
	}
	findIn(t, "certificate-unreadable", m, p)
	if asked != "the value of KEY_PASSWORD" {
		t.Errorf("it was read with the password %q", asked)
	}
	plain := &Patient{Name: "app", Project: parse(t, "%s", route("/ws", "ws://127.0.0.1:9"))}
	for _, check := range ownChecks {
		wantNone(t, findIn(t, check, m, plain))
	}
}

func TestTheCAIsOfNoMatterWhereEveryProjectBringsItsOwn(t *testing.T) {
	m := &Machine{
		Authorities: []Authority{{Name: "CA", NotAfter: time.Now().Add(-time.Hour)}},
		Stores: func(context.Context) []Store {
			return []Store{{Name: "system", State: StoreDistrusts}}
		},
		LoadCertificate: loadOwn,
	}
	own := patientWith(t, "own.pem", "")
	other := &Patient{Name: "other", Project: parse(t, "%s", route("/ws", "ws://127.0.0.1:9"))}
	for _, check := range []string{"ca-expired", "store-untrusted"} {
		wantNone(t, findIn(t, check, m, own))
		if found := findIn(t, check, m, own, other); len(found) != 1 {
			t.Errorf("with another project: %+v", found)
		}
	}
}

func TestAProgramThatDoesNotTrustTheProjectsOwnCertificate(t *testing.T) {
	log := capture.New(1 << 20)
	defer log.Close()
	refused := func(reason capture.Reason) {
		log.Handshake(capture.FailedHandshake{
			Time: time.Now(), Client: "127.0.0.1:1", Address: "127.0.0.1:2", ServerName: "localhost", Program: "curl",
			By: capture.Client, Alert: "unknown_ca", Reason: reason,
		})
	}
	refused(capture.Distrusted) // while the local CA's was shown
	p := patientWith(t, "own.pem", "")
	p.Capture = log
	wantNone(t, findIn(t, "browser-distrusts", &Machine{}, p))
	refused(capture.OwnDistrusted)
	p = patientWith(t, "own.pem", "")
	p.Capture = log
	found := findIn(t, "browser-distrusts", &Machine{}, p)
	wantOne(t, found, Error, "curl does not trust the project's own certificate.", "unknown_ca", "leave [certificate] out")
	for _, fix := range found[0].Fixes {
		if fix.Action == Trust {
			t.Errorf("it advises to trust the local CA: %+v", fix)
		}
	}
}

func writeTo(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func pemKey(pkcs8 []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

// openssl runs OpenSSL.
func openssl(t *testing.T, args ...string) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is not installed (run: apt-get install openssl)")
	}
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
}
