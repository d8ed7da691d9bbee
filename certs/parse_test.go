package certs

import (
	"crypto/x509"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func TestOnlyCAsOfOursAreTaken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*x509.Certificate)
		why    string // "" for one that is taken
	}{
		{"ours, expired", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }, ""},
		{"ours, of the former kind", formerly, ""},
		{"no CA", func(c *x509.Certificate) { c.IsCA, c.MaxPathLen = false, -1 }, "no CA certificate"},
		{"a longer chain", func(c *x509.Certificate) { c.MaxPathLen = 2 }, "longer chains"},
		{"any chain", func(c *x509.Certificate) { c.MaxPathLen = -1 }, "longer chains"},
		{"a CA of others", func(c *x509.Certificate) { c.RawSubject, c.Subject.CommonName = nil, "Company CA" }, "not made by Culvert"},
		{"no constraints", func(c *x509.Certificate) { c.PermittedDNSDomains, c.PermittedIPRanges = nil, nil }, "name constraints"},
		{"constraints that clients may ignore", func(c *x509.Certificate) { c.PermittedDNSDomainsCritical = false }, "name constraints"},
		{"every name", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{""} }, "name constraints"},
		{"a top-level domain", func(c *x509.Certificate) { c.PermittedDNSDomains = append(c.PermittedDNSDomains, "com") }, "name constraints"},
		{"every address", func(c *x509.Certificate) { c.PermittedIPRanges = nil }, "name constraints"},
		{"a network", func(c *x509.Certificate) {
			c.PermittedIPRanges = append(c.PermittedIPRanges, &net.IPNet{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)})
		}, "name constraints"},
		{"the second one's name", func(c *x509.Certificate) {
			c.RawSubject, c.Subject.CommonName = nil, c.Subject.CommonName+ownNamesSuffix
		}, "name constraints"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ca := newTestCA(t)
			forge(t, ca, tt.change, nil)
			roots, err := ParseRoots(fileOf(t, ca))
			if tt.why == "" {
				if err != nil || len(roots) != 1 || roots[0].File() != "" || roots[0].Named() {
					t.Errorf("got %v, %v", roots, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v, want %q", err, tt.why)
			}
		})
	}
}

func TestEveryBlockIsParsed(t *testing.T) {
	t.Parallel()
	one, named, foreign := newTestCA(t), newNamedCA(t, "web.example.cn", "192.168.1.5"), newTestCA(t)
	roots, err := ParseRoots(append(one.PEM(), named.PEM()...))
	if err != nil || len(roots) != 2 || roots[0].Fingerprint() != one.Fingerprint() || !roots[1].Named() {
		t.Errorf("got %d roots, %v", len(roots), err)
	}
	forge(t, foreign, func(c *x509.Certificate) { c.PermittedIPRanges = nil }, nil)
	unsigned := one.PEM()
	flipped := append([]byte{}, one.Certificate().Raw...)
	flipped[len(flipped)-1] ^= 1
	if cert, err := x509.ParseCertificate(flipped); err == nil {
		unsigned = EncodePEM(cert)
	}
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"no PEM":              []byte("hello"),
		"a key":               []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
		"a damaged one":       []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		"a forged signature":  unsigned,
		"our issuer":          EncodePEM(one.issuer),
		"the second's issuer": EncodePEM(named.issuer),
		"a foreign one after": append(one.PEM(), fileOf(t, foreign)...),
	} {
		if roots, err := ParseRoots(data); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %d roots, %v", name, len(roots), err)
		}
	}
}

func FuzzParseRoots(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add(newTestCA(f).PEM())
	f.Fuzz(func(t *testing.T, data []byte) {
		roots, err := ParseRoots(data)
		if (err == nil) != (len(roots) > 0) {
			t.Errorf("%d roots with the error %v", len(roots), err)
		}
	})
}

func fileOf(t *testing.T, ca *CA) []byte {
	t.Helper()
	data, err := os.ReadFile(ca.File())
	if err != nil {
		t.Fatal(err)
	}
	return data
}
