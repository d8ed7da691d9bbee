package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/capture"
)

// localNetworkAccess finds pages of the public network that ask for the project's sockets, which are on this machine.
func localNetworkAccess(ctx context.Context, p *Patient) (found []Finding) {
	type page struct {
		n    int
		last time.Time
	}
	pages := map[string]*page{}
	var order []string
	for _, a := range p.record(ctx).attempts {
		origin := a.info.ForeignOrigin
		if origin == "" || origin == "null" {
			continue
		}
		if pages[origin] == nil {
			pages[origin] = &page{}
			order = append(order, origin)
		}
		pages[origin].n, pages[origin].last = pages[origin].n+1, a.at
	}
	for _, origin := range order {
		if ctx.Err() != nil || !p.public(ctx, origin) {
			continue
		}
		found = append(found, Finding{
			Severity: Warning,
			What:     fmt.Sprintf("A page of the public network, %s, opens sockets to this machine.", safe(origin)),
			Evidence: "its sockets arrived " + p.machine.times(pages[origin].n, pages[origin].last),
			Why: "Chromium asks the user before a public page reaches this machine (Local Network Access; WebSockets since " +
				"version 147), and blocks the socket without a word where the answer is no, or where the page is in a frame without " +
				`allow="loopback-network".`,
			Fixes: []Fix{
				{What: "allow it in Chromium: the icon at the left of the address, Site settings, Local network access"},
				{What: "or serve the page from this machine too, through the same tunnel"},
			},
		})
	}
	return found
}

// public reports whether an origin's host is an address of the public network.
func (p *Patient) public(ctx context.Context, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || loopbackName(u.Hostname()) {
		return false
	}
	addrs := []netip.Addr(nil)
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		addrs = append(addrs, addr)
	} else if addrs, err = p.machine.lookup(ctx, u.Hostname()); err != nil {
		return false
	}
	for _, addr := range addrs {
		addr = addr.Unmap()
		if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || addr.IsUnspecified() || ours(addr) {
			return false
		}
	}
	return len(addrs) > 0
}

// browserDistrusts finds programs that refused the tunnel's certificate, and have not taken it since.
func browserDistrusts(ctx context.Context, p *Patient) (found []Finding) {
	type kind struct {
		who    string
		reason capture.Reason
	}
	count, last := map[kind]int64{}, map[kind]capture.FailedHandshake{}
	var order []kind
	for _, h := range p.record(ctx).failed {
		own := p.Project.Certificate != nil
		switch {
		case h.Reason == capture.Expired, h.Reason == capture.OwnDistrusted && own, h.Reason == capture.Distrusted && !own:
		default: // or it is of a certificate that is shown no more
			continue
		}
		k := kind{h.Who(), h.Reason}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k] += h.Count
		last[k] = h
	}
	for _, k := range order {
		h := last[k]
		if p.succeededSince(ctx, h) {
			continue
		}
		f := p.distrusts(count[k], &h)
		if at := p.record(ctx).secure; at.After(h.Time) {
			f.Severity = Warning
			f.Evidence += "; somebody, it is not known who, was answered over TLS since, at " + p.machine.clock(at)
		}
		found = append(found, f)
	}
	return found
}

// distrusts is the finding of a program that refused the certificate n times.
func (p *Patient) distrusts(n int64, h *capture.FailedHandshake) Finding {
	evidence := fmt.Sprintf("for %s, %s", safe(h.Name()), p.machine.times(int(n), h.Time))
	if h.Alert != "" {
		evidence += "; TLS alert " + safe(h.Alert)
	}
	f := Finding{
		Severity: Error,
		What:     fmt.Sprintf("%s does not trust the CA.", sentenceBegin(h)),
		Evidence: evidence,
		Why: "It ended the handshake for the sake of the certificate. A page shows a warning then; a wss:// socket fails " +
			"without one, as code 1006.",
	}
	if h.Reason == capture.OwnDistrusted && p.foreign() {
		f.What = fmt.Sprintf("%s does not trust the project's own certificate.", sentenceBegin(h))
		f.Fixes = []Fix{
			{What: "have it trust the CA that signed the certificate, then start it anew"},
			p.localCA(),
			{What: "or open the project in a browser of its own that trusts it", Action: Isolated, Args: []string{p.Name}},
		}
		return f
	}
	if h.Reason == capture.Expired && p.Project.Certificate != nil {
		f.What = fmt.Sprintf("%s takes the project's own certificate for expired.", sentenceBegin(h))
		f.Fixes = []Fix{{What: "put one there that is valid, or set the clock where the program runs"}, p.localCA()}
		return f
	}
	if h.Reason == capture.Expired {
		f.What = fmt.Sprintf("%s takes the certificate for expired.", sentenceBegin(h))
		f.Fixes = []Fix{{What: "set the clock where it runs: the tunnel renews its certificates long before they expire"}}
		return f
	}
	if h.Reason != capture.OwnDistrusted && h.Fix != "" && !strings.HasPrefix(h.Fix, "run: ") {
		f.Fixes = append(f.Fixes, Fix{What: safe(h.Fix)}) // what this program needs
	}
	f.Fixes = append(f.Fixes,
		Fix{What: "have every store trust the CA, then start the program anew", Command: "culvert trust", Action: Trust},
		Fix{What: "or open the project in a browser of its own that trusts it", Action: Isolated, Args: []string{p.Name}},
	)
	return f
}

// sentenceBegin names the client of a handshake at the beginning of a sentence.
func sentenceBegin(h *capture.FailedHandshake) string {
	who := safe(h.Who())
	if article, rest, _ := strings.Cut(who, " "); article == "a" || article == "the" {
		return "A " + rest
	}
	return who // the name of a program stays as it is
}

// succeededSince reports whether the program of a failed handshake has opened a socket over TLS after it, as far as its
// User-Agent tells.
func (p *Patient) succeededSince(ctx context.Context, h capture.FailedHandshake) bool {
	return slices.ContainsFunc(p.record(ctx).attempts, func(a *attempt) bool {
		return a.info.TLS != "" && a.at.After(h.Time) && isProgram(h.Program, a.request.Get("User-Agent"))
	})
}

// isProgram reports whether a User-Agent is that of a program, by the name that its handshakes are known by.
func isProgram(program, agent string) bool {
	sign := map[string]string{
		"Chromium": "Chrome/", "Firefox": "Firefox/", "Safari": "Safari/", "curl": "curl/", "Node.js": "node",
	}[program]
	if sign == "" {
		return program != "" && strings.Contains(strings.ToLower(agent), strings.ToLower(program))
	}
	return strings.Contains(agent, sign) && (program != "Safari" || !strings.Contains(agent, "Chrome/"))
}
