package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
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
	if len(files) != 2 {
		t.Errorf("the folder holds %v", files)
	}
}

func TestCAIsConstrained(t *testing.T) {
	t.Parallel()
	cert := newTestCA(t).Certificate()
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
	case !cert.IsCA || !cert.MaxPathLenZero || cert.MaxPathLen != 0:
		t.Error("it may sign other CAs, or is none")
	case cert.KeyUsage != x509.KeyUsageCertSign|x509.KeyUsageCRLSign:
		t.Errorf("key usage %b", cert.KeyUsage)
	case len(cert.SubjectKeyId) != 20:
		t.Errorf("subject key identifier %x", cert.SubjectKeyId)
	}
	if years := time.Until(cert.NotAfter).Hours() / 24 / 365; years < 9.9 || years > 10.1 {
		t.Errorf("valid for %.1f years", years)
	}
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
	for file, want := range map[string]fs.FileMode{"": 0o700, keyFile: 0o600, certFile: 0o644} {
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
		{"no certificate", remove(certFile), []string{"ca.pem", "missing", "restore it"}},
		{"an empty key", write(keyFile, ""), []string{"ca-key.pem", "damaged"}},
		{"half a key, as a crash leaves it", write(keyFile, "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG"), []string{"ca-key.pem", "damaged"}},
		{"a key that is not DER", write(keyFile, block("PRIVATE KEY", []byte("junk"))), []string{"ca-key.pem", "damaged"}},
		{"an empty certificate", write(certFile, ""), []string{"ca.pem", "damaged"}},
		{"a certificate that is not DER", write(certFile, block("CERTIFICATE", []byte("junk"))), []string{"ca.pem", "damaged"}},
		{"a flipped bit in the signature", flipLastBit, []string{"ca.pem", "damaged"}},
		{"another CA's certificate", write(certFile, string(other.PEM())), []string{"ca.pem", "does not belong to the key"}},
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

func remove(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
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

// foreign replaces the certificate by one that the same key signed, but for what change does.
func foreign(change func(*x509.Certificate)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		ca, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		forge(t, ca, change)
	}
}

// forge replaces a CA's certificate on disk by one that the same key signed, but for what change does.
func forge(t *testing.T, ca *CA, change func(*x509.Certificate)) {
	t.Helper()
	template := *ca.Certificate()
	template.SerialNumber = big.NewInt(1)
	change(&template)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, ca.key.Public(), ca.key)
	if err != nil {
		t.Fatal(err)
	}
	write(certFile, block("CERTIFICATE", der))(t, filepath.Dir(ca.File()))
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
