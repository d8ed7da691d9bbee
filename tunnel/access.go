package tunnel

import (
	"fmt"
	"net/netip"

	"culvert/tunnel/project"
)

// access says which clients may connect: the narrowest range that holds an address decides, deny among equals. An
// address in none may not.
type access struct {
	allow, deny []netip.Prefix
	who         string // has it: "project chat", "route /admin of project chat"
}

// accessOf returns the access that a project gives, or nil for a route that has none of its own.
func accessOf(p *project.Project, r *project.Route) *access {
	if r == nil {
		return &access{allow: unmapped(p.Allow), deny: unmapped(p.Deny), who: "project " + p.Name}
	}
	if len(r.Allow)+len(r.Deny) == 0 {
		return nil
	}
	return &access{allow: unmapped(r.Allow), deny: unmapped(r.Deny), who: fmt.Sprintf("route %s of project %s", r.Path, p.Name)}
}

// unmapped returns ranges of IPv4 addresses as such, however they are written.
//
// SECURITY: clients' addresses are, so that a range ::ffff:10.0.0.0/104 would hold nobody, and as a deny shut nobody out.
func unmapped(list []netip.Prefix) []netip.Prefix {
	var plain []netip.Prefix
	for _, p := range list {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		plain = append(plain, p)
	}
	return plain
}

// denied says why a client may not connect, "" if it may.
func (a *access) denied(addr netip.Addr) string {
	allowed, _ := project.Narrowest(a.allow, addr)
	refused, by := project.Narrowest(a.deny, addr)
	switch {
	case allowed > refused:
		return ""
	case refused >= 0:
		return fmt.Sprintf("%s may not connect to %s: its deny has %s (see allow and deny in the project file)", addr, a.who, by)
	}
	return fmt.Sprintf("%s may not connect to %s: its allow does not have it (see allow and deny in the project file)", addr, a.who)
}

// denied says why a client may not connect to a route, nil where there is none, or "" if it may.
func (s *service) denied(c *client, rt *route) string {
	if rt != nil && rt.access != nil {
		return rt.access.denied(c.addr())
	}
	return s.access.denied(c.addr())
}
