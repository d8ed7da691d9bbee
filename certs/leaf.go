package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

const (
	// leafLife is short enough for every client (Apple's limit for local roots is 825 days), and long enough
	// for a leaf that is renewed with a third left to outlast any sleep of a laptop.
	leafLife = 90 * 24 * time.Hour

	// leafBackdate lets clients whose clock is a little behind accept a leaf that was made for their handshake.
	leafBackdate = time.Hour
)

// issue signs a leaf for one host, with both loopback addresses beside it, so that the same leaf serves
// https://app.localhost and https://127.0.0.1.
//
// Each leaf has a key of its own: a leaf may be exported to another server, and its key must open nothing else there.
// A P-256 key takes some ten microseconds, less than the signature.
//
// The chain holds the CA too. A client that trusts it does not need it, but one that does not can then name the
// missing root instead of "unable to verify the first certificate", and browsers can pin a chain by the CA's key.
func (ca *CA) issue(h host, now time.Time) (*tls.Certificate, error) {
	if now.After(ca.cert.NotAfter) {
		return nil, fmt.Errorf("CA certificate %s: expired on %s (%s)",
			ca.File(), ca.cert.NotAfter.Format(time.DateOnly), anew(ca.dir))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	names, addrs := h.subjects()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{Organization: []string{organization}},
		NotBefore:    now.Add(-leafBackdate),
		NotAfter:     earlier(now.Add(leafLife), ca.cert.NotAfter),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     names,
		IPAddresses:  addrs,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, ca.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// subjects are the alternative names of a host's leaf: the host itself first. A leaf for an address also names
// localhost, since a client that sends no name may still check one.
func (h host) subjects() ([]string, []net.IP) {
	addrs := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	name := h.name
	if h.addr.IsValid() {
		name = "localhost"
		if !slices.Contains(addrs, h.addr) {
			addrs = append(addrs, h.addr)
		}
	}
	ips := make([]net.IP, len(addrs))
	for i, a := range addrs {
		ips[i] = a.AsSlice()
	}
	return []string{name}, ips
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
