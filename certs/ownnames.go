package certs

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// A name form without a subtree is unrestricted (RFC 5280 §4.2.1.10): a CA for names alone could sign every address.
// Where a list has nothing of a form, that form permits only what nothing on Earth is called.
const (
	noDomain  = "invalid"   // RFC 6761 §6.4: no such name exists
	noAddress = "192.0.2.0" // RFC 5737 §3: an address for documentation only
)

// ownNames returns the constraints of a CA for exactly these names, each a host name or an address, in their order.
// A host name brings the names below it, as a subtree of RFC 5280 does; an address is a range of one.
func ownNames(list []string) (permitted, error) {
	var p permitted
	for _, s := range list {
		name, err := ownName(s)
		if err != nil {
			return permitted{}, err
		}
		if a, err := netip.ParseAddr(name); err == nil {
			p.ranges = append(p.ranges, single(a))
		} else {
			p.domains = append(p.domains, name)
		}
	}
	if len(list) == 0 {
		return permitted{}, errors.New("names of the second CA: none is given (list at least one host name or address)")
	}
	p.domains = unique(p.domains, func(d string) string { return d })
	p.ranges = unique(p.ranges, (*net.IPNet).String)
	if len(p.domains) == 0 {
		p.domains = []string{noDomain}
	}
	if len(p.ranges) == 0 {
		p.ranges = []*net.IPNet{single(netip.MustParseAddr(noAddress))}
	}
	return p, nil
}

// list returns what is permitted, in words that ownNames takes: without what stands for an empty form.
func (p permitted) list() []string {
	var names []string
	for _, d := range p.domains {
		if d != noDomain {
			names = append(names, d)
		}
	}
	for _, r := range p.ranges {
		name := r.String()
		if ones, bits := r.Mask.Size(); ones == bits {
			name = r.IP.String()
		}
		if name != noAddress {
			names = append(names, name)
		}
	}
	return names
}

// own reports whether p is what ownNames makes of some list.
func (p permitted) own() bool {
	q, err := ownNames(p.list())
	return err == nil && p.equal(q)
}

// single is the range of one address.
func single(a netip.Addr) *net.IPNet {
	return &net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(a.BitLen(), a.BitLen())}
}

// unique returns the list without what has the same key as something before it.
func unique[T any](list []T, key func(T) string) []T {
	seen := make(map[string]bool)
	return slices.DeleteFunc(list, func(v T) bool {
		before := seen[key(v)]
		seen[key(v)] = true
		return before
	})
}

// ownName returns the canonical form of a name that the second CA may be made for: lower case, ASCII, without the final
// dot; an address without brackets. It refuses what the first CA signs already, what is no name of one host, and what
// so many hosts are below that a stolen key would matter to others.
func ownName(s string) (string, error) {
	name, err := lookupForm(s)
	if err != nil {
		return "", nameError(s, "it is not a host name", "write only the name, as in web.example.cn")
	}
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return ownAddress(s, a)
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case strings.HasPrefix(name, "*."):
		return "", nameError(s, "wildcards are not needed", "write "+name[2:]+"; the names below it are signed too")
	case strings.Contains(name, "/"):
		return "", nameError(s, "it is not one name or address", "list each, without https:// and path")
	case !validName(name):
		return "", nameError(s, "it is not a host name", "write only the name, as in web.example.cn")
	case strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"):
		// Browsers take a name that ends in a number for an address (WHATWG URL, "ends in a number").
		return "", nameError(s, "it is not an address", "write all four numbers, as in 192.168.1.5")
	case loopbackNames().permits(host{name: name}):
		return "", nameError(s, "the local CA signs it already", "run: culvert trust")
	case shared(name):
		return "", nameError(s, "hosts of others are below it", "list your host itself, as in web."+name)
	}
	return name, nil
}

// ownAddress is ownName for an address.
func ownAddress(s string, a netip.Addr) (string, error) {
	a = a.Unmap()
	switch {
	case a.Zone() != "":
		return "", nameError(s, "a certificate holds no interface", "write it without "+"%"+a.Zone())
	case loopbackNames().permits(host{addr: a}):
		return "", nameError(s, "the local CA signs it already", "run: culvert trust")
	case a.IsUnspecified() || a.IsMulticast() || a == netip.MustParseAddr(noAddress):
		return "", nameError(s, "no machine has this address", "write the address that clients connect to")
	}
	return a.String(), nil
}

func nameError(name, why, fix string) error {
	return fmt.Errorf("name %q: %s (%s)", name, why, fix)
}

// lookupForm returns a name as browsers look it up: UTS #46 as the WHATWG URL standard uses it, which allows
// underscores, and hyphens in any place.
func lookupForm(s string) (string, error) {
	// SECURITY: clients choose names of 64 KiB, and the conversion takes time that grows with the square of the length.
	if len(s) > 4*maxName {
		return "", errors.New("it is too long")
	}
	lookup := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))
	name, err := lookup.ToASCII(s)
	if err != nil {
		return "", err
	}
	// What is no UTF-8 gives a name that no browser would send.
	if again, err := lookup.ToASCII(name); err != nil || again != name {
		return "", errors.New("it has no ASCII form")
	}
	return strings.TrimSuffix(name, "."), nil
}

// shared reports whether hosts of several owners are below a name.
func shared(name string) bool {
	switch name {
	// Special for everyone by RFC 6761, 6762, 7686, 9476 and 3172, and what private networks use as their top by
	// RFC 6762 appendix G.
	case "example", noDomain, "local", "onion", "alt", "arpa", "intranet", "private", "corp", "home", "lan":
		return true
	}
	// SECURITY: with a public suffix, or the domain of which each child is one, the key could sign for whole countries.
	return publicSuffix(name) || publicSuffix("x."+name)
}

// publicSuffix reports whether people register names directly below this one. A single label that the list does not
// have, as devbox, is none.
func publicSuffix(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	return suffix == name && (icann || strings.Contains(name, "."))
}
