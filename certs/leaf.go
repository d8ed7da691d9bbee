package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
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

	// exportLife is for a file that somebody has to put into a server by hand: once a year is often enough. Apple's
	// clients accept up to 825 days from any CA (https://support.apple.com/103769).
	exportLife = 397 * 24 * time.Hour
)

// Permits reports whether the CA may sign a host name or an address, as a person writes it.
func (r *Root) Permits(name string) bool {
	h, err := parseGiven(name)
	return err == nil && permittedBy(r.cert).permits(h)
}

// Leaf returns one new leaf for all the hosts, each a host name or an address as a person writes it. As every leaf
// does, it names both loopback addresses too where the CA permits them. It is for a server of its own, where nobody
// renews it unasked, and so valid for a little over a year. A host that the CA may not sign is a [*NameError].
func (ca *CA) Leaf(hosts []string, now time.Time) (*tls.Certificate, error) {
	if len(hosts) == 0 {
		return nil, errors.New("certificate: no host is given (name at least one)")
	}
	var list []host
	for _, s := range hosts {
		h, err := parseGiven(s)
		if err != nil {
			return nil, err
		}
		if !permittedBy(ca.cert).permits(h) {
			return nil, refused(h)
		}
		list = append(list, h)
	}
	return ca.issue(list, exportLife, now)
}

// issue signs a leaf for hosts, which the CA must permit.
//
// Each leaf has a key of its own: a leaf may be exported to another server, and its key must open nothing else there.
// A P-256 key takes some ten microseconds, less than the signature.
//
// The chain holds the root too. A client that trusts it does not need it, but one that does not can then name the
// missing root instead of "unable to verify the first certificate", and browsers can pin a chain by the root's key.
func (ca *CA) issue(hosts []host, life time.Duration, now time.Time) (*tls.Certificate, error) {
	if ca.issuer == nil || now.After(ca.cert.NotAfter) {
		return nil, ca.untimely(now)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	names, addrs := permittedBy(ca.cert).subjects(hosts)
	template := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{organization}},
		NotBefore:   now.Add(-leafBackdate),
		NotAfter:    earlier(now.Add(life), ca.cert.NotAfter),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    names,
		IPAddresses: addrs,
	}
	leaf, err := sign(template, ca.issuer, &key.PublicKey, ca.key)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{leaf.Raw, ca.issuer.Raw, ca.cert.Raw}
	return &tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf}, nil
}

// subjects are the alternative names of a leaf for hosts. Beside them it names both loopback addresses, so that the
// same leaf serves https://app.localhost and https://127.0.0.1; and localhost if it is for addresses only, since a
// client that sends no name may still check one. A CA for other names permits none of these, and one name outside its
// constraints would spoil the leaf.
func (p permitted) subjects(hosts []host) (names []string, addrs []net.IP) {
	all := []host{{addr: netip.AddrFrom4([4]byte{127, 0, 0, 1})}, {addr: netip.IPv6Loopback()}}
	if !slices.ContainsFunc(hosts, func(h host) bool { return h.name != "" }) {
		all = append(all, host{name: "localhost"})
	}
	all = slices.DeleteFunc(all, func(h host) bool { return !p.permits(h) })
	for _, h := range unique(append(all, hosts...), host.String) {
		if h.addr.IsValid() {
			addrs = append(addrs, h.addr.AsSlice())
		} else {
			names = append(names, h.name)
		}
	}
	return names, addrs
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
