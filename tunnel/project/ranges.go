package project

import "net/netip"

// Ranges returns ranges of client addresses as the file has them: one address without its length.
func Ranges(list []netip.Prefix) []string {
	var out []string
	for _, p := range list {
		if p.IsSingleIP() {
			out = append(out, p.Addr().String())
		} else {
			out = append(out, p.String())
		}
	}
	return out
}

// Narrowest returns which of the ranges of an allow or a deny holds addr most narrowly, and the length of its prefix; -1 if
// none does. Of allow and deny the one with the longer prefix decides, deny among equals.
func Narrowest(list []netip.Prefix, addr netip.Addr) (bits int, by netip.Prefix) {
	bits = -1
	for _, p := range list {
		if p.Contains(addr) && p.Bits() > bits {
			bits, by = p.Bits(), p
		}
	}
	return bits, by
}
