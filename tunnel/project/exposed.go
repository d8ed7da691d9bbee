package project

import (
	"net/netip"
	"slices"
)

// Exposed returns those of the addresses, each "IP:port", that other machines can reach: all but loopback ones.
func Exposed(listen []string) (exposed []string) {
	for _, l := range listen {
		addr, err := netip.ParseAddrPort(l)
		if err != nil || !addr.Addr().Unmap().IsLoopback() {
			exposed = append(exposed, l)
		}
	}
	return exposed
}

// Exposed returns those of the project's addresses that other machines can reach.
func (p *Project) Exposed() []string { return Exposed(p.Listen) }

// Guarded reports whether the project and all its routes let in this machine alone, whatever addresses it listens on.
func (p *Project) Guarded() bool {
	return !slices.ContainsFunc(p.Allow, foreign) && !slices.ContainsFunc(p.Routes, func(r Route) bool {
		return slices.ContainsFunc(r.Allow, foreign)
	})
}

// foreign reports whether a range holds addresses of other machines.
func foreign(p netip.Prefix) bool {
	return !slices.ContainsFunc(defaultAllow(), func(own netip.Prefix) bool {
		return own.Contains(p.Addr()) && p.Bits() >= own.Bits()
	})
}
