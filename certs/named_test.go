package certs

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newNamedCA(t testing.TB, names ...string) *CA {
	t.Helper()
	ca, err := CreateNamed(t.TempDir(), names)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestSecondCAIsMadeOnceAndLoadedAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "ca")
	if _, err := LoadNamed(dir); !errors.Is(err, ErrNoCA) || !strings.Contains(err.Error(), "culvert trust --name NAME makes it") {
		t.Fatalf("an empty folder gives %v", err)
	}
	made, err := CreateNamed(dir, []string{"web.example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadNamed(dir)
	if err != nil || loaded.Fingerprint() != made.Fingerprint() || !loaded.key.Equal(made.key) {
		t.Errorf("LoadNamed does not give the same CA: %v", err)
	}
	root, err := ReadRoot(dir)
	if err != nil || root.Fingerprint() != made.Fingerprint() || !root.Named() {
		t.Errorf("ReadRoot does not give the same certificate: %v", err)
	}
	before := contents(t, dir)
	if _, err := CreateNamed(dir, []string{"api.example.cn"}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("making it again gives %v", err)
	}
	if contents(t, dir) != before {
		t.Error("making it again changed it")
	}
}

func TestSecondCATellsItselfFromTheFirst(t *testing.T) {
	t.Parallel()
	first, second := newTestCA(t), newNamedCA(t, "web.example.cn")
	if first.Named() || !second.Named() {
		t.Errorf("Named gives %v and %v", first.Named(), second.Named())
	}
	name := second.Certificate().Subject.CommonName
	if !strings.HasSuffix(name, " for own names") || strings.Contains(name, ":") || len(name) > 40 {
		t.Errorf("it is called %q", name)
	}
	if want := "localhost test internal home.arpa 127.0.0.0/8 ::1"; strings.Join(first.Names(), " ") != want {
		t.Errorf("the first CA signs %q", first.Names())
	}
}

func TestBadListMakesNoSecondCA(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{
		"no name":               nil,
		"one of several is bad": {"web.example.cn", "com"},
	} {
		dir := filepath.Join(t.TempDir(), "ca")
		if _, err := CreateNamed(dir, list); err == nil {
			t.Errorf("%s: it is made", name)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the folder is there: %v", name, err)
		}
	}
}

// TestSecondCAIsCheckedAsStrictly puts certificates beside the second CA's key that it did not make so.
func TestSecondCAIsCheckedAsStrictly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*x509.Certificate)
		want   string
	}{
		{"no constraints", func(c *x509.Certificate) {
			c.PermittedDNSDomains, c.PermittedIPRanges, c.PermittedDNSDomainsCritical = nil, nil, false
		}, "name constraints"},
		{"constraints that a client may ignore", func(c *x509.Certificate) { c.PermittedDNSDomainsCritical = false }, "name constraints"},
		{"no constraint of addresses", func(c *x509.Certificate) { c.PermittedIPRanges = nil }, "name constraints"},
		{"no constraint of host names", func(c *x509.Certificate) {
			c.PermittedDNSDomains, c.PermittedIPRanges = nil, []*net.IPNet{{IP: net.IPv4(192, 168, 1, 5).To4(), Mask: net.CIDRMask(32, 32)}}
		}, "name constraints"},
		{"a public suffix too", func(c *x509.Certificate) { c.PermittedDNSDomains = append(c.PermittedDNSDomains, "co.uk") }, "name constraints"},
		{"every host name", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{""} }, "name constraints"},
		{"a network", func(c *x509.Certificate) { c.PermittedIPRanges[0].Mask = net.CIDRMask(24, 32) }, "name constraints"},
		{"the first CA's constraints", func(c *x509.Certificate) {
			p := loopbackNames()
			c.PermittedDNSDomains, c.PermittedIPRanges = p.domains, p.ranges
		}, "name constraints"},
		{"the first CA's name", func(c *x509.Certificate) {
			c.RawSubject, c.Subject.CommonName = nil, strings.TrimSuffix(c.Subject.CommonName, ownNamesSuffix)
			c.Subject.Names = nil
		}, "it is called"},
		{"a leaf", func(c *x509.Certificate) {
			c.IsCA, c.MaxPathLen, c.MaxPathLenZero, c.KeyUsage = false, -1, false, x509.KeyUsageDigitalSignature
		}, "no CA certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ca := newNamedCA(t, "web.example.cn")
			dir := filepath.Dir(ca.File())
			forge(t, ca, tt.change, nil)
			_, err := LoadNamed(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "culvert trust --name NAME") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestNeitherFolderTakesTheOtherCA(t *testing.T) {
	t.Parallel()
	first, second := newTestCA(t), newNamedCA(t, "web.example.cn")
	if _, err := LoadNamed(filepath.Dir(first.File())); err == nil || !strings.Contains(err.Error(), "name constraints are others") {
		t.Errorf("the first CA as the second: %v", err)
	}
	for name, load := range map[string]func(string) (*CA, error){"Load": Load, "LoadOrCreate": LoadOrCreate} {
		if _, err := load(filepath.Dir(second.File())); err == nil || !strings.Contains(err.Error(), "name constraints are others") {
			t.Errorf("the second CA as the first by %s: %v", name, err)
		}
	}
}
