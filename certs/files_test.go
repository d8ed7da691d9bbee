package certs

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestCAIsMadeOnceAndLoadedAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "ca")
	if _, err := Load(dir); !errors.Is(err, ErrNoCA) {
		t.Fatalf("an empty folder gives %v", err)
	}
	made, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]func(string) (*CA, error){"Load": Load, "LoadOrCreate": LoadOrCreate} {
		ca, err := load(dir)
		if err != nil || ca.Fingerprint() != made.Fingerprint() || !ca.key.Equal(made.key) {
			t.Errorf("%s does not give the same CA: %v", name, err)
		}
	}
	root, err := ReadRoot(dir)
	if err != nil || root.Fingerprint() != made.Fingerprint() {
		t.Errorf("ReadRoot does not give the same certificate: %v", err)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 3 {
		t.Errorf("the folder holds %v", files)
	}
}

func TestCAIsConstrained(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	for name, cert := range map[string]*x509.Certificate{"root": ca.Certificate(), "issuer": ca.issuer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			constrained(t, cert)
		})
	}
	root, issuer := ca.Certificate(), ca.issuer
	switch {
	case root.MaxPathLen != 1:
		t.Errorf("the root permits %d certificates between it and a leaf", root.MaxPathLen)
	case issuer.MaxPathLen != 0 || !issuer.MaxPathLenZero:
		t.Error("the issuer may sign other CAs")
	case !bytes.Equal(issuer.AuthorityKeyId, root.SubjectKeyId):
		t.Errorf("the issuer's authority key identifier is %x", issuer.AuthorityKeyId)
	case issuer.Subject.CommonName != root.Subject.CommonName+" issuer":
		t.Errorf("the issuer is called %q", issuer.Subject.CommonName)
	case !issuer.NotAfter.Equal(root.NotAfter) || !issuer.NotBefore.Equal(root.NotBefore):
		t.Errorf("the issuer is valid from %v until %v", issuer.NotBefore, issuer.NotAfter)
	}
}

func constrained(t *testing.T, cert *x509.Certificate) {
	t.Helper()
	var ranges []string
	for _, r := range cert.PermittedIPRanges {
		ranges = append(ranges, r.String())
	}
	switch {
	case !cert.PermittedDNSDomainsCritical:
		t.Error("a client may ignore the name constraints")
	case strings.Join(cert.PermittedDNSDomains, " ") != "localhost test internal home.arpa":
		t.Errorf("it may sign for %v", cert.PermittedDNSDomains)
	case strings.Join(ranges, " ") != "127.0.0.0/8 ::1/128":
		t.Errorf("it may sign for %v", ranges)
	case !cert.IsCA:
		t.Error("it is no CA")
	case cert.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign:
		t.Errorf("key usage %b", cert.KeyUsage)
	case len(cert.SubjectKeyId) != 20:
		t.Errorf("subject key identifier %x", cert.SubjectKeyId)
	}
	if years := time.Until(cert.NotAfter).Hours() / 24 / 365; years < 9.9 || years > 10.1 {
		t.Errorf("valid for %.1f years", years)
	}
}

// TestRootsKeyIsThrownAway looks for it where a thief would: Java believes whatever it signs.
func TestRootsKeyIsThrownAway(t *testing.T) {
	t.Parallel()
	eachStaged(t, func(t *testing.T, s staged) {
		for _, ca := range []*CA{s.old, s.next} {
			if ca.key != nil && ca.key.PublicKey.Equal(ca.cert.PublicKey) {
				t.Error("it is kept in memory")
			}
		}
		if _, err := Promote(s.dir); err != nil {
			t.Fatal(err)
		}
		for _, file := range keysBelow(t, s.dir) {
			key, err := folder{dir: filepath.Dir(file)}.readKey()
			if err != nil || key.PublicKey.Equal(s.next.cert.PublicKey) || key.PublicKey.Equal(s.old.cert.PublicKey) {
				t.Errorf("it is in %s (%v)", file, err)
			}
		}
	})
}

func TestKeyIsPrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // no mode bits: the folder inherits the access list of the user's profile
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(dir); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]fs.FileMode{"": 0o700, keyFile: 0o600, issuerFile: 0o644, certFile: 0o644} {
		info, err := os.Stat(filepath.Join(dir, file))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, want %v (%v)", file, info.Mode().Perm(), want, err)
		}
	}
}

func TestProcessesAtOnceShareOneCA(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "ca")
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		found = map[string]bool{}
		begin = make(chan struct{})
	)
	for range 16 {
		wg.Go(func() {
			<-begin
			ca, err := LoadOrCreate(dir)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			found[ca.Fingerprint()] = true
		})
	}
	close(begin)
	wg.Wait()
	if len(found) != 1 {
		t.Errorf("%d CAs were made", len(found))
	}
}

// TestBadCAIsRefusedAndKept damages a CA in every way that a disk, a crash or a person can. Each must be an error of
// one line that says what to do, and must leave the files as they were: a new CA in silence would leave the old one trusted.
func TestBadCAIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	other := newTestCA(t)
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   []string
	}{
		{"no key", remove(keyFile), []string{"ca-key.pem", "missing", "restore it"}},
		{"no root", remove(certFile), []string{"ca.pem", "missing", "restore it"}},
		{"no issuer", remove(issuerFile), []string{"issuer.pem", "missing", "restore it"}},
		{"the key alone", remove(certFile, issuerFile), []string{"ca.pem", "missing", "restore it"}},
		{"the root alone", remove(keyFile, issuerFile), []string{"ca-key.pem", "missing", "restore it"}},
		{"the issuer alone", remove(keyFile, certFile), []string{"ca-key.pem", "missing", "restore it"}},
		{"an empty key", write(keyFile, ""), []string{"ca-key.pem", "damaged"}},
		{"half a key, as a crash leaves it", write(keyFile, "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG"), []string{"ca-key.pem", "damaged"}},
		{"a key that is not DER", write(keyFile, block("PRIVATE KEY", []byte("junk"))), []string{"ca-key.pem", "damaged"}},
		{"an empty certificate", write(certFile, ""), []string{"ca.pem", "damaged"}},
		{"a certificate that is not DER", write(certFile, block("CERTIFICATE", []byte("junk"))), []string{"ca.pem", "damaged"}},
		{"a flipped bit in the signature", flipLastBit, []string{"ca.pem", "damaged"}},
		{"another CA's root", write(certFile, string(other.PEM())), []string{"issuer.pem", "does not carry the signature of ca.pem"}},
		{"an empty issuer", write(issuerFile, ""), []string{"issuer.pem", "damaged"}},
		{"an issuer that is not DER", write(issuerFile, block("CERTIFICATE", []byte("junk"))), []string{"issuer.pem", "damaged"}},
		{"another CA's issuer", write(issuerFile, string(EncodePEM(other.issuer))), []string{"issuer.pem", "does not belong to the key"}},
		{"the root as the issuer", func(t *testing.T, dir string) {
			write(issuerFile, string(readFile(t, filepath.Join(dir, certFile))))(t, dir)
		}, []string{"issuer.pem", "does not belong to the key"}},
		{"another CA's key", func(t *testing.T, dir string) {
			write(keyFile, string(readFile(t, filepath.Join(filepath.Dir(other.File()), keyFile))))(t, dir)
		}, []string{"issuer.pem", "does not belong to the key"}},
		{"an issuer that another root of this name signed", func(t *testing.T, dir string) {
			before := readFile(t, filepath.Join(dir, certFile))
			foreign(nil)(t, dir)
			write(certFile, string(before))(t, dir)
		}, []string{"issuer.pem", "does not carry the signature of ca.pem"}},
		{"an issuer without name constraints", foreignIssuer(func(c *x509.Certificate) {
			c.PermittedDNSDomains, c.PermittedIPRanges, c.PermittedDNSDomainsCritical = nil, nil, false
		}), []string{"issuer.pem", "not made by Culvert", "name constraints"}},
		{"an issuer that may also sign for com", foreignIssuer(func(c *x509.Certificate) {
			c.PermittedDNSDomains = append(c.PermittedDNSDomains, "com")
		}), []string{"issuer.pem", "not made by Culvert", "name constraints"}},
		{"an issuer that may sign for every address", foreignIssuer(func(c *x509.Certificate) {
			c.PermittedIPRanges = nil
		}), []string{"issuer.pem", "not made by Culvert", "name constraints"}},
		{"constraints of the issuer that a client may ignore", foreignIssuer(func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical = false
		}), []string{"issuer.pem", "not made by Culvert", "name constraints"}},
		{"an issuer that may sign another", foreignIssuer(func(c *x509.Certificate) {
			c.MaxPathLen, c.MaxPathLenZero = 1, false
		}), []string{"issuer.pem", "not made by Culvert", "longer chains"}},
		{"an issuer that another tool made", foreignIssuer(func(c *x509.Certificate) {
			c.RawSubject, c.Subject = nil, pkix.Name{CommonName: "Other CA"}
		}), []string{"issuer.pem", "not made by Culvert", `"Other CA"`}},
		{"an issuer that ends before the root", foreignIssuer(func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Hour)
		}), []string{"issuer.pem", "not made by Culvert", "valid at other times"}},
		{"a leaf as the issuer", foreignIssuer(func(c *x509.Certificate) {
			c.IsCA, c.MaxPathLen, c.MaxPathLenZero, c.KeyUsage = false, -1, false, x509.KeyUsageDigitalSignature
		}), []string{"issuer.pem", "no CA certificate"}},
		{"a root that permits two issuers in a row", foreign(func(c *x509.Certificate) {
			c.MaxPathLen = 2
		}), []string{"ca.pem", "not made by Culvert", "longer chains"}},
		{"a root that permits any chain", foreign(func(c *x509.Certificate) {
			c.MaxPathLen = -1
		}), []string{"ca.pem", "not made by Culvert", "longer chains"}},
		{"a former CA with another's key", func(t *testing.T, dir string) {
			foreign(formerly)(t, dir)
			write(keyFile, string(readFile(t, filepath.Join(filepath.Dir(other.File()), keyFile))))(t, dir)
		}, []string{"ca.pem", "does not belong to the key"}},
		{"a former CA", foreign(formerly), []string{"ca.pem", "made by a former Culvert", "(run: culvert trust --renew)"}},
		{"a key of another kind", foreignKey, []string{"ca-key.pem", "not made by Culvert"}},
		{"a CA without name constraints", foreign(func(c *x509.Certificate) {
			c.PermittedDNSDomains, c.PermittedIPRanges, c.PermittedDNSDomainsCritical = nil, nil, false
		}), []string{"ca.pem", "not made by Culvert", "name constraints"}},
		{"a CA that may also sign for com", foreign(func(c *x509.Certificate) {
			c.PermittedDNSDomains = append(c.PermittedDNSDomains, "com")
		}), []string{"ca.pem", "not made by Culvert", "name constraints"}},
		{"a CA that may sign for every address", foreign(func(c *x509.Certificate) {
			c.PermittedIPRanges[0] = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}
		}), []string{"ca.pem", "not made by Culvert", "name constraints"}},
		{"constraints that a client may ignore", foreign(func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical = false
		}), []string{"ca.pem", "not made by Culvert", "name constraints"}},
		{"another tool's CA", foreign(func(c *x509.Certificate) {
			c.RawSubject, c.Subject = nil, pkix.Name{CommonName: "Other CA"}
		}), []string{"ca.pem", "not made by Culvert", `"Other CA"`}},
		{"a leaf", foreign(func(c *x509.Certificate) {
			c.IsCA, c.MaxPathLen, c.MaxPathLenZero, c.KeyUsage = false, -1, false, x509.KeyUsageDigitalSignature
		}), []string{"ca.pem", "no CA certificate"}},
		{"an expired CA", foreign(func(c *x509.Certificate) {
			c.NotAfter = time.Now().Add(-time.Hour)
		}), []string{"ca.pem", "expired on"}},
		{"a CA from the future", foreign(func(c *x509.Certificate) {
			c.NotBefore = time.Now().Add(48 * time.Hour)
		}), []string{"ca.pem", "not valid before", "clock"}},
	}
	if runtime.GOOS != "windows" {
		for _, mode := range []fs.FileMode{0o640, 0o604, 0o666} {
			tests = append(tests, struct {
				name   string
				damage func(t *testing.T, dir string)
				want   []string
			}{"a key of mode " + mode.String(), chmodKey(mode), []string{"ca-key.pem", "other users", "chmod 600 '"}})
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := LoadOrCreate(dir); err != nil {
				t.Fatal(err)
			}
			tt.damage(t, dir)
			before := contents(t, dir)
			_, err := LoadOrCreate(dir)
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") || !strings.HasSuffix(err.Error(), ")") {
				t.Errorf("%q is not one line with a fix", err)
			}
			if errors.Is(err, ErrNoCA) {
				t.Errorf("%q passes for an empty folder", err)
			}
			if contents(t, dir) != before {
				t.Error("the files were changed")
			}
		})
	}
}

func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := LoadOrCreate(filepath.Join(file, "ca"))
	if err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
}

func remove(files ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, file := range files {
			if err := os.Remove(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func write(file, data string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func chmodKey(mode fs.FileMode) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Chmod(filepath.Join(dir, keyFile), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func flipLastBit(t *testing.T, dir string) {
	root, err := ReadRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	der := append([]byte(nil), root.Certificate().Raw...)
	der[len(der)-1] ^= 1
	write(certFile, block("CERTIFICATE", der))(t, dir)
}

func foreignKey(t *testing.T, dir string) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(keyFile, block("PRIVATE KEY", der))(t, dir)
}

// foreign replaces the root by another one, as ours are but for what change does, with the same key for leafs.
func foreign(change func(*x509.Certificate)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { forge(t, mustLoad(t, dir), change, nil) }
}

// foreignIssuer is foreign for the issuer.
func foreignIssuer(change func(*x509.Certificate)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { forge(t, mustLoad(t, dir), nil, change) }
}

func mustLoad(t *testing.T, dir string) *CA {
	t.Helper()
	ca, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// formerly makes a root one of the former kind.
func formerly(root *x509.Certificate) { root.MaxPathLen, root.MaxPathLenZero = 0, true }

// forge replaces a CA's root and issuer on disk by new ones, as ours are but for what the changes do, with the same key
// for leafs. Where the root is of the former kind its own key lies there instead, and no issuer.
func forge(t *testing.T, ca *CA, changeRoot, changeIssuer func(*x509.Certificate)) {
	t.Helper()
	dir := filepath.Dir(ca.File())
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id, err := keyID(&rootKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	template := *ca.cert
	template.PublicKey = &rootKey.PublicKey // as it is the parent too
	template.SubjectKeyId, template.RawSubject, template.Subject = id[:20], nil, subject(commonName(id, ca.Named()))
	if changeRoot != nil {
		changeRoot(&template)
	}
	root, err := sign(&template, &template, &rootKey.PublicKey, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	write(certFile, string(EncodePEM(root)))(t, dir)
	if former(root) {
		der, err := x509.MarshalPKCS8PrivateKey(rootKey)
		if err != nil {
			t.Fatal(err)
		}
		write(keyFile, block("PRIVATE KEY", der))(t, dir)
		os.Remove(filepath.Join(dir, issuerFile)) // a former one has none
		return
	}
	template = *ca.issuer
	template.NotBefore, template.NotAfter = root.NotBefore, root.NotAfter
	template.RawSubject, template.Subject = nil, subject(root.Subject.CommonName+issuerSuffix)
	if changeIssuer != nil {
		changeIssuer(&template)
	}
	issuer, err := sign(&template, root, &ca.key.PublicKey, rootKey)
	if err != nil {
		t.Fatal(err)
	}
	write(issuerFile, string(EncodePEM(issuer)))(t, dir)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// contents is everything a folder holds, in one comparable value.
func contents(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name() + "\n" + string(data))
	}
	return all.String()
}
