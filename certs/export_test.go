package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These tests open what is exported with the programs that servers' owners use: OpenSSL, and Java's keytool.

// run gives a program's output, with the password "secret1" in the variable PASSWORD.
func run(t *testing.T, pkg, tool string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Fatalf("%s is not installed (run: apt-get install %s)", tool, pkg)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "PASSWORD=secret1", "HOME="+t.TempDir(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// mustRun is run of a program that has to succeed.
func mustRun(t *testing.T, pkg, tool string, args ...string) string {
	t.Helper()
	out, err := run(t, pkg, tool, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, out)
	}
	return out
}

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	return mustRun(t, "openssl", "openssl", args...)
}

func keytool(t *testing.T, args ...string) string {
	t.Helper()
	return mustRun(t, "default-jdk-headless", "keytool", append(args, "-J-Duser.language=en")...)
}

// save writes data to a file of the test's.
func save(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// exported is a leaf and every form in which it can be exported.
type exported struct {
	ca    *CA
	leaf  *tls.Certificate
	files map[string][]byte
}

func newExported(t *testing.T, ca *CA, hosts ...string) exported {
	t.Helper()
	leaf, err := ca.Leaf(hosts, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	e := exported{ca, leaf, make(map[string][]byte)}
	if e.files["chain"], e.files["key"], err = EncodePair(leaf); err != nil {
		t.Fatal(err)
	}
	for name, encode := range map[string]func() ([]byte, error){
		"p12":         func() ([]byte, error) { return EncodePKCS12(leaf, "secret1") },
		"legacy p12":  func() ([]byte, error) { return EncodeLegacyPKCS12(leaf, "secret1") },
		"jks":         func() ([]byte, error) { return EncodeJKS(leaf, "Web-Chat", "secret1") },
		"trust store": func() ([]byte, error) { return TrustStore([]*x509.Certificate{ca.Certificate()}, "secret1") },
	} {
		if e.files[name], err = encode(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return e
}

// eachExported runs a test on leafs of both CAs.
func eachExported(t *testing.T, test func(*testing.T, exported)) {
	t.Run("of the first CA", func(t *testing.T) {
		t.Parallel()
		test(t, newExported(t, newTestCA(t), "localhost", "web-chat.localhost"))
	})
	t.Run("of the second CA", func(t *testing.T) {
		t.Parallel()
		test(t, newExported(t, newNamedCA(t, "example.cn", "192.168.1.5"), "web.example.cn", "192.168.1.5"))
	})
}

// names is how openssl prints the leaf's alternative names.
func (e exported) names() string {
	var list []string
	for _, name := range e.leaf.Leaf.DNSNames {
		list = append(list, "DNS:"+name)
	}
	for _, ip := range e.leaf.Leaf.IPAddresses {
		if ip.To4() == nil {
			list = append(list, "IP Address:0:0:0:0:0:0:0:1")
		} else {
			list = append(list, "IP Address:"+ip.String())
		}
	}
	return strings.Join(list, ", ")
}

// check lets openssl verify PEM certificates, the leaf first, and compare their key.
func (e exported) check(t *testing.T, chain, key string) {
	t.Helper()
	host := e.leaf.Leaf.DNSNames[0]
	out := openssl(t, "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
		"-CAfile", e.ca.File(), "-no-CApath", "-no-CAstore", "-untrusted", chain, "-show_chain", chain)
	if !strings.Contains(out, ": OK") || !strings.Contains(out, e.ca.Certificate().Subject.CommonName) {
		t.Errorf("it is not verified:\n%s", out)
	}
	if out := openssl(t, "x509", "-in", chain, "-noout", "-ext", "subjectAltName"); !strings.Contains(out, e.names()) {
		t.Errorf("the names are\n%s, want %s", out, e.names())
	}
	if a, b := openssl(t, "x509", "-in", chain, "-noout", "-pubkey"), openssl(t, "pkey", "-in", key, "-pubout"); a != b {
		t.Errorf("the key is another:\n%s%s", a, b)
	}
	if n := strings.Count(string(readFile(t, chain)), "BEGIN CERTIFICATE"); n != 3 {
		t.Errorf("there are %d certificates, want leaf, issuer and root", n)
	}
}

func TestPairIsReadByOpenSSL(t *testing.T) {
	t.Parallel()
	eachExported(t, func(t *testing.T, e exported) {
		e.check(t, save(t, "chain.pem", e.files["chain"]), save(t, "key.pem", e.files["key"]))
		both := save(t, "both.pem", append(e.files["chain"], e.files["key"]...))
		e.check(t, both, both)
		if !bytes.HasPrefix(e.files["key"], []byte("-----BEGIN PRIVATE KEY-----\n")) {
			t.Errorf("the key is not in PKCS#8 form:\n%.40s", e.files["key"])
		}
	})
}

func TestPKCS12IsReadByOpenSSL(t *testing.T) {
	t.Parallel()
	eachExported(t, func(t *testing.T, e exported) {
		for name, want := range map[string][]string{
			"p12":        {"MAC: sha256", "PBES2, PBKDF2, AES-256-CBC", "hmacWithSHA256"},
			"legacy p12": {"MAC: sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"},
		} {
			file := save(t, "leaf.p12", e.files[name])
			open := func(args ...string) string {
				if name == "legacy p12" {
					args = append(args, "-legacy") // what it stands for: OpenSSL 1 and its contemporaries
				}
				return openssl(t, append([]string{"pkcs12", "-in", file, "-passin", "env:PASSWORD"}, args...)...)
			}
			info := open("-info", "-noout")
			for _, want := range want {
				if !strings.Contains(info, want) {
					t.Errorf("%s lacks %q:\n%s", name, want, info)
				}
			}
			e.check(t, save(t, "chain.pem", []byte(open("-nokeys"))), save(t, "key.pem", []byte(open("-nocerts", "-nodes"))))
		}
	})
}

func TestKeystoresAreReadByJava(t *testing.T) {
	t.Parallel()
	eachExported(t, func(t *testing.T, e exported) {
		for name, want := range map[string][]string{
			"p12":         {"Keystore type: PKCS12", "Alias name: 1\n", "PrivateKeyEntry", "chain length: 3"},
			"legacy p12":  {"Keystore type: PKCS12", "Alias name: 1\n", "PrivateKeyEntry", "chain length: 3"},
			"jks":         {"Keystore type: JKS", "Alias name: web-chat\n", "PrivateKeyEntry", "chain length: 3"},
			"trust store": {"Keystore type: PKCS12", "contains 1 entry", "trustedCertEntry"},
		} {
			out := keytool(t, "-list", "-v", "-keystore", save(t, "store", e.files[name]), "-storepass:env", "PASSWORD")
			if name != "trust store" {
				want = append(want, colons(Fingerprint(e.leaf.Leaf)), colons(Fingerprint(e.ca.issuer)))
			}
			for _, want := range append(want, colons(e.ca.Fingerprint())) {
				if !strings.Contains(out, want) {
					t.Errorf("%s lacks %q:\n%s", name, want, out)
				}
			}
		}
	})
}

// colons is a fingerprint as keytool prints it.
func colons(fingerprint string) string {
	var pairs []string
	for ; fingerprint != ""; fingerprint = fingerprint[2:] {
		pairs = append(pairs, fingerprint[:2])
	}
	return strings.ToUpper(strings.Join(pairs, ":"))
}

// TestJavaTakesTheKeyOutOfJKS has Java decrypt the key, which listing does not.
func TestJavaTakesTheKeyOutOfJKS(t *testing.T) {
	t.Parallel()
	e := newExported(t, newTestCA(t), "localhost")
	p12 := filepath.Join(t.TempDir(), "java.p12")
	keytool(t, "-importkeystore", "-srckeystore", save(t, "leaf.jks", e.files["jks"]), "-srcstorepass:env", "PASSWORD",
		"-destkeystore", p12, "-deststoretype", "PKCS12", "-deststorepass:env", "PASSWORD")
	open := []string{"pkcs12", "-in", p12, "-passin", "env:PASSWORD"}
	chain := openssl(t, append(open, "-nokeys")...)
	e.check(t, save(t, "chain.pem", []byte(chain)), save(t, "key.pem", []byte(openssl(t, append(open, "-nocerts", "-nodes")...))))
}

func TestTrustStoreHoldsEveryRoot(t *testing.T) {
	t.Parallel()
	a, b := newTestCA(t), newNamedCA(t, "web.example.cn")
	data, err := TrustStore([]*x509.Certificate{a.Certificate(), b.Certificate()}, "changeit")
	if err != nil {
		t.Fatal(err)
	}
	out := keytool(t, "-list", "-keystore", save(t, "trust.p12", data), "-storepass", "changeit")
	if !strings.Contains(out, "contains 2 entries") || !strings.Contains(out, colons(a.Fingerprint())) || !strings.Contains(out, colons(b.Fingerprint())) {
		t.Errorf("keytool lists\n%s", out)
	}
	if _, err := TrustStore(nil, "changeit"); err == nil {
		t.Error("an empty one is made, which Java refuses")
	}
}

func TestCAsKeyIsInNoExport(t *testing.T) {
	t.Parallel()
	eachExported(t, func(t *testing.T, e exported) {
		secret, err := e.ca.key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{"ca.pem": e.ca.PEM()}
		for name, data := range e.files {
			files[name] = data
		}
		// What encryption hides is taken out.
		for _, name := range []string{"p12", "legacy p12"} {
			out := openssl(t, "pkcs12", "-in", save(t, "leaf.p12", e.files[name]), "-passin", "env:PASSWORD", "-nodes")
			files[name+", opened"] = []byte(out)
		}
		for name, data := range files {
			forms := [][]byte{secret, []byte(hex.EncodeToString(secret))}
			for rest := data; ; {
				i := bytes.Index(rest, []byte("-----BEGIN PRIVATE KEY-----\n"))
				if i < 0 {
					break
				}
				text, after, _ := bytes.Cut(rest[i+len("-----BEGIN PRIVATE KEY-----\n"):], []byte("-----END"))
				der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
				if err != nil {
					t.Fatal(err)
				}
				key, err := x509.ParsePKCS8PrivateKey(der)
				if err != nil || key.(*ecdsa.PrivateKey).Equal(e.ca.key) {
					t.Errorf("%s holds the CA's key (%v)", name, err)
				}
				rest = after
			}
			for _, form := range forms {
				if bytes.Contains(data, form) {
					t.Errorf("%s holds the CA's key", name)
				}
			}
		}
	})
}

func TestWhatIsNoLeafIsNotExported(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	leaf, err := ca.Leaf([]string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, cert := range map[string]*tls.Certificate{
		"an issuer with its key": {Certificate: [][]byte{ca.issuer.Raw, ca.cert.Raw}, PrivateKey: ca.key},
		"a leaf with its CA's":   {Certificate: leaf.Certificate, PrivateKey: ca.key},
		"a leaf without its key": {Certificate: leaf.Certificate},
		"nothing":                {},
		"damaged":                {Certificate: [][]byte{[]byte("junk")}, PrivateKey: leaf.PrivateKey},
	} {
		_, _, pair := EncodePair(cert)
		_, p12 := EncodePKCS12(cert, "changeit")
		_, legacy := EncodeLegacyPKCS12(cert, "changeit")
		_, jks := EncodeJKS(cert, "a", "changeit")
		if pair == nil || p12 == nil || legacy == nil || jks == nil {
			t.Errorf("%s is exported", name)
		}
	}
}

func TestPasswordsThatJavaCannotUseAreRefused(t *testing.T) {
	t.Parallel()
	leaf, err := newTestCA(t).Leaf([]string{"localhost"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := []*x509.Certificate{leaf.Leaf}
	for password, want := range map[string]string{"": "0 characters", "short": "at least 6", "pässword": "ASCII", "line\nbreak": "ASCII", "ok, then": ""} {
		_, p12 := EncodePKCS12(leaf, password)
		_, legacy := EncodeLegacyPKCS12(leaf, password)
		_, jks := EncodeJKS(leaf, "a", password)
		_, trust := TrustStore(roots, password)
		for _, err := range []error{p12, legacy, jks, trust} {
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", password, err)
			}
		}
	}
	if _, err := EncodeJKS(leaf, "", "changeit"); err == nil || !strings.Contains(err.Error(), "alias is empty") {
		t.Errorf("without an alias: %v", err)
	}
}
