package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/capture"
)

// hostNotResolving finds hosts of the project that lead elsewhere than to the tunnel's addresses, or nowhere.
func hostNotResolving(ctx context.Context, p *Patient) (found []Finding) {
	for _, host := range p.Project.Hosts {
		if _, err := netip.ParseAddr(host); err == nil {
			continue
		}
		addrs, err := p.machine.lookup(ctx, host)
		if ctx.Err() != nil {
			return found
		}
		if err == nil && slices.ContainsFunc(addrs, p.leadsHere) {
			continue
		}
		f := Finding{
			Severity: Error,
			What:     fmt.Sprintf("The name %s does not lead to this machine.", host),
			Evidence: fmt.Sprintf("%s is known at %s", host, spelled(addrs)),
			Why:      "A browser looks for the page and its socket elsewhere, or nowhere.",
			Fixes:    p.hostsFixes(host),
		}
		if err != nil || len(addrs) == 0 {
			f.Evidence = "the system finds no address for " + host
		}
		if loopbackName(host) {
			f.Severity, f.What = Note, fmt.Sprintf("Not every program finds %s.", host)
			f.Why = "Chromium and Firefox know by themselves that names below localhost are this machine (RFC 6761 §6.3); Safari, " +
				"older versions of curl, and most other programs ask the system, which does not know it."
		}
		found = append(found, f)
	}
	return found
}

// hostsFixes are the ways to make a name lead here.
func (p *Patient) hostsFixes(host string) []Fix {
	return []Fix{
		{
			What:    fmt.Sprintf("write it into the hosts file, as the lines 127.0.0.1 %s and ::1 %s", host, host),
			Command: "culvert hosts --add " + host,
			Action:  Hosts, Args: []string{host},
		},
		p.edit("or take it out of hosts, and use localhost"),
	}
}

// leadsHere reports whether the tunnel is reached at an address.
func (p *Patient) leadsHere(addr netip.Addr) bool {
	addr = addr.Unmap()
	if addr.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(slices.Concat(p.Project.Listen, p.Listen), func(listen string) bool {
		at, err := netip.ParseAddrPort(listen)
		return err == nil && (at.Addr().Unmap() == addr || at.Addr().IsUnspecified() && ours(addr))
	})
}

// ours reports whether an address is one of this machine's.
func ours(addr netip.Addr) bool {
	list, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(list, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == addr
	})
}

func spelled(addrs []netip.Addr) string {
	var list []string
	for _, a := range addrs {
		list = append(list, a.Unmap().String())
	}
	return strings.Join(list, ", ")
}

// nameNotCovered finds names that no CA may sign: hosts of the project, and names that clients asked for in vain.
func nameNotCovered(ctx context.Context, p *Patient) (found []Finding) {
	if len(p.machine.Authorities) == 0 || p.Project.Certificate != nil {
		return nil
	}
	for _, host := range p.Project.Hosts {
		if !p.machine.covers(host) {
			found = append(found, p.uncovered(host, "it is among the hosts of the project file"+p.askedFor(ctx, host)))
		}
	}
	for _, name := range p.namesAsked(ctx) {
		if !slices.Contains(p.Project.Hosts, name) && !p.machine.covers(name) {
			found = append(found, p.uncovered(name, "it is not among the hosts of the project file"+p.askedFor(ctx, name)))
		}
	}
	return found
}

// covers reports whether a CA may sign for a name.
func (m *Machine) covers(host string) bool {
	return slices.ContainsFunc(m.Authorities, func(ca Authority) bool { return ca.Permits != nil && ca.Permits(host) })
}

func (p *Patient) uncovered(host, evidence string) Finding {
	var signs []string
	for _, ca := range p.machine.Authorities {
		signs = append(signs, ca.Signs...)
	}
	return Finding{
		Severity: Error,
		What:     fmt.Sprintf("The CA may not sign for %s.", safe(host)),
		Evidence: evidence,
		Why: fmt.Sprintf("The CA is held to certain names (%s), so that its key opens nothing else; "+
			"the tunnel has no certificate for the name, and browsers stop at the handshake.", strings.Join(signs, ", ")),
		Fixes: []Fix{
			p.edit(fmt.Sprintf("use a name that is covered: hosts = [%q]", p.Name+".localhost")),
			{
				What: "or let a second CA sign for exactly this name", Command: "culvert trust --name " + word(safe(host)),
				Action: Name, Args: []string{host},
			},
		},
	}
}

// namesAsked are the names, in lower case, that clients asked for and the CA may not sign.
func (p *Patient) namesAsked(ctx context.Context) (names []string) {
	for _, h := range p.record(ctx).failed {
		name := strings.ToLower(h.Name())
		if h.Reason == capture.NameRefused && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// askedFor says how often clients asked for a name in vain, "" if none did.
func (p *Patient) askedFor(ctx context.Context, name string) string {
	var n int64
	var last time.Time
	var who []string
	for _, h := range p.record(ctx).failed {
		if h.Reason != capture.NameRefused || !strings.EqualFold(h.Name(), name) {
			continue
		}
		n, last = n+h.Count, later(last, h.Time)
		if !slices.Contains(who, h.Who()) {
			who = append(who, h.Who())
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %s asked for it %s", safe(strings.Join(who, ", ")), p.machine.times(int(n), last))
}
