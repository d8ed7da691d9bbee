package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// ErrName is the error, found with [errors.Is], for a host name or address that the CA's name constraints do not permit.
// No client would accept such a leaf.
var ErrName = errors.New("the local CA may not sign this name")

// unrecognizedName is the TLS alert of a server that does not know the name it is asked for (RFC 6066 §3).
const unrecognizedName tls.AlertError = 112

// NameError says which name was refused. It wraps both [ErrName] and, as a [tls.AlertError], the alert that a TLS
// server answers with, so that a server needs not know this package to send the right one.
type NameError struct {
	Name string // in canonical form, or as the client asked for it where that is no host name
	Why  string
}

func (e *NameError) Error() string {
	fix := "use localhost, a name that ends in .localhost, .test, .internal or .home.arpa, or a loopback address"
	// SECURITY: a client chose the name, and a person may run the command. Only names in the form that the second CA
	// takes are put into it: letters, digits, dots, hyphens, underscores, and the colons of an address.
	if name, err := ownName(e.Name); err == nil {
		fix = "use a name that ends in .localhost, .test, .internal or .home.arpa, or run: culvert trust --name " + name
	}
	return fmt.Sprintf("certificate for %q: %s (%s)", e.Name, e.Why, fix)
}

// Unwrap makes [errors.Is] find [ErrName] and [errors.As] find the alert.
func (e *NameError) Unwrap() []error { return []error{ErrName, unrecognizedName} }

// permitted is what a CA's name constraints let it sign: each domain with all names below it, and each range of
// addresses (RFC 5280 §4.2.1.10).
type permitted struct {
	domains []string
	ranges  []*net.IPNet
}

// loopbackNames are the names that can only mean this machine or its own network: RFC 6761 (localhost, test),
// RFC 8375 (home.arpa), ICANN's reservation of internal, and the loopback addresses. Without address ranges
// in the constraints, every address would be permitted (RFC 5280 §4.2.1.10).
func loopbackNames() permitted {
	return permitted{
		domains: []string{"localhost", "test", "internal", "home.arpa"},
		ranges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
}

// permittedBy reads a certificate's name constraints.
func permittedBy(cert *x509.Certificate) permitted {
	return permitted{domains: cert.PermittedDNSDomains, ranges: cert.PermittedIPRanges}
}

func (p permitted) equal(q permitted) bool {
	return slices.Equal(p.domains, q.domains) &&
		slices.EqualFunc(p.ranges, q.ranges, func(a, b *net.IPNet) bool { return a.String() == b.String() })
}

// permits reports whether a leaf for the host would be believed.
func (p permitted) permits(h host) bool {
	if h.addr.IsValid() {
		return slices.ContainsFunc(p.ranges, func(r *net.IPNet) bool { return r.Contains(h.addr.AsSlice()) })
	}
	return slices.ContainsFunc(p.domains, func(d string) bool {
		return h.name == d || strings.HasSuffix(h.name, "."+d)
	})
}

// host is what a leaf is for: a host name in canonical form, or an address.
// It is the key of the minter's cache.
type host struct {
	name string
	addr netip.Addr
}

// parseHost reads a name as a TLS client sends it: in any case, perhaps with the final dot, internationalised names
// already in their ASCII form (RFC 6066 §3). Some clients put an address there, which the RFC forbids; it is taken.
func parseHost(s string) (host, error) {
	name := strings.ToLower(strings.TrimSuffix(s, "."))
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return addressHost(a), nil
	}
	if !validName(name) {
		return host{}, &NameError{Name: s, Why: "it is not a host name"}
	}
	return host{name: name}, nil
}

// parseGiven reads a name as a person writes it, an internationalised one in either form.
func parseGiven(s string) (host, error) {
	name, err := lookupForm(s)
	if err != nil {
		return host{}, &NameError{Name: s, Why: "it is not a host name"}
	}
	return parseHost(name)
}

// addressHost is the host of an address that was dialled.
func addressHost(a netip.Addr) host { return host{addr: a.Unmap().WithZone("")} }

func (h host) String() string {
	if h.addr.IsValid() {
		return h.addr.String()
	}
	return h.name
}

// refused is the error for a host that no CA at hand permits.
func refused(h host) error { return &NameError{Name: h.String(), Why: ErrName.Error()} }

// maxName is the length of the longest host name, in its ASCII form and without the final dot (RFC 1035 §2.3.4).
const maxName = 253

// validName reports whether a lower-case name has the form of a host name: labels of letters, digits, hyphens, and
// underscores, which developers use and clients accept.
func validName(name string) bool {
	if len(name) > maxName {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}
