package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// sound reports whether the backend is there and speaks as the route says.
func (b *probe) sound() bool { return b.addr != "" && b.badCert == nil && b.speaks == wanted(b.to) }

// gravity is how much a fault of one backend matters: new sockets go to the others where a route has some that are sound.
func (p *Patient) gravity(ctx context.Context, b *probe) Severity {
	if slices.ContainsFunc(p.probes(ctx), func(o *probe) bool { return o != b && o.route == b.route && o.sound() }) {
		return Warning
	}
	return Error
}

// backendAbsent finds backends where nothing takes a connection.
func backendAbsent(ctx context.Context, p *Patient) (found []Finding) {
	told := map[string]bool{}
	for i := range p.Project.Routes {
		r := &p.Project.Routes[i]
		var absent []*probe
		where := "" // they are
		for _, b := range p.probes(ctx) {
			if b.route == r && b.addr == "" && len(b.dials) > 0 {
				absent = append(absent, b)
				where += b.dials[0].addr + " "
			}
		}
		if len(absent) == 0 || ctx.Err() != nil || told[where] {
			continue // another route leads there too
		}
		told[where] = true
		if len(r.To) == 1 {
			found = append(found, p.absent(absent[0]))
		} else {
			found = append(found, p.someAbsent(r, absent))
		}
	}
	return found
}

// absent is the finding of a route whose only backend is not there.
func (p *Patient) absent(b *probe) Finding {
	f := Finding{
		Severity: Error,
		What:     fmt.Sprintf("Nothing listens where the route %s leads: %s.", b.route.Path, b.to),
		Evidence: b.tried(),
		Why:      "The tunnel has nobody to carry the socket to; the browser gets a 502.",
		Fixes:    []Fix{{What: "start the backend"}, p.edit("correct to in the route if it listens elsewhere")},
	}
	if b.elsewhere != "" {
		f.Fixes = []Fix{p.edit(fmt.Sprintf(`let the route lead there: to = ["%s://%s"]`, b.to.Scheme, b.elsewhere))}
	}
	return f
}

// someAbsent is the finding of a route that has several backends, of which those are not there.
func (p *Patient) someAbsent(r *project.Route, absent []*probe) Finding {
	var names, tried []string
	for _, b := range absent {
		names, tried = append(names, b.to.String()), append(tried, b.tried())
	}
	f := Finding{
		Severity: Warning,
		What:     fmt.Sprintf("%d of %d upstreams of the route %s are not there: %s.", len(absent), len(r.To), r.Path, strings.Join(names, ", ")),
		Evidence: strings.Join(tried, "; "),
		Why:      "New sockets go to the others, which carry more than their share; whoever had a socket to one that went lost it.",
		Fixes:    []Fix{{What: "start them"}, p.edit("correct to in the route, or take out those that are gone for good")},
	}
	if len(absent) == len(r.To) {
		f.Severity = Error
		f.What = fmt.Sprintf("Nothing listens at any of the %d upstreams of the route %s: %s.", len(r.To), r.Path, strings.Join(names, ", "))
		f.Why = "The tunnel has nobody to carry the socket to; the browser gets a 502."
	}
	return f
}

// tried says what became of each connection to a backend that is not there.
func (b *probe) tried() string {
	var list []string
	for _, d := range b.dials {
		if d.err != nil {
			list = append(list, d.addr+": "+reason(d.err))
		}
	}
	evidence := strings.Join(list, "; ")
	if b.elsewhere != "" {
		evidence += fmt.Sprintf("; yet %s takes connections", b.elsewhere)
	}
	return evidence
}

// reason is what a failed dial comes down to, in words.
func reason(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return "the name is not known"
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return fmt.Sprintf("no answer within %s", probeTimeout)
	case errors.As(err, &op):
		var call *os.SyscallError
		if errors.As(op.Err, &call) {
			return call.Err.Error()
		}
		return op.Err.Error()
	}
	return err.Error()
}

// backendOtherFamily notes backends that listen on the other loopback address than the one named.
func backendOtherFamily(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		host := b.to.Hostname()
		if b.addr == "" || len(b.dials) < 2 || b.dials[0].err == nil || net.ParseIP(host) == nil {
			continue
		}
		found = append(found, Finding{
			Severity: Note,
			What:     fmt.Sprintf("The backend listens on %s, and the route names %s.", b.addr, b.dials[0].addr),
			Evidence: b.dials[0].addr + ": " + reason(b.dials[0].err),
			Why:      "The tunnel tries both loopback addresses, so it works; another program that is told the same address fails.",
			Fixes:    []Fix{p.edit(fmt.Sprintf(`name the address that it has: to = ["%s://%s"]`, b.to.Scheme, b.addr))},
		})
	}
	return found
}

// backendSpeaksTLS finds backends that speak TLS where the route is plain.
func backendSpeaksTLS(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.speaks == secure && wanted(b.to) == plain {
			found = append(found, p.otherSpeech(ctx, b, "speaks TLS, and the route says it is plain",
				"it completes a TLS handshake, and answers no plain request", "wss", "https"))
		}
	}
	return found
}

// backendSpeaksPlain finds backends that speak no TLS where the route has it.
func backendSpeaksPlain(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.speaks == plain && wanted(b.to) == secure {
			found = append(found, p.otherSpeech(ctx, b, "speaks no TLS, and the route says it does",
				"it answers a plain request, and completes no TLS handshake", "ws", "http"))
		}
	}
	return found
}

func (p *Patient) otherSpeech(ctx context.Context, b *probe, what, evidence, socket, page string) Finding {
	scheme := socket
	if strings.HasPrefix(b.to.Scheme, "http") {
		scheme = page
	}
	right := *b.to
	right.Scheme = scheme
	return Finding{
		Severity: p.gravity(ctx, b),
		What:     fmt.Sprintf("The backend at %s %s.", b.addr, what),
		Evidence: evidence,
		Why:      "The tunnel and the backend do not understand each other, so the browser gets a 502.",
		Fixes:    []Fix{p.edit(fmt.Sprintf("write to = [%q] in the route %s", right.String(), b.route.Path))},
	}
}

// backendCertificate finds backends elsewhere whose certificate is not trusted. On loopback the tunnel asks for none.
func backendCertificate(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.badCert == nil {
			continue
		}
		found = append(found, Finding{
			Severity: p.gravity(ctx, b),
			What:     fmt.Sprintf("The certificate of the backend %s is not trusted.", b.to),
			Evidence: safe(b.badCert.Error()),
			Why: "The tunnel speaks TLS with backends on other machines only if the system trusts their certificate; " +
				"otherwise the browser gets a 502.",
			Fixes: []Fix{
				{What: "have the system trust the CA that signed it, or correct its name or dates"},
				p.edit("or reach the backend by ws:// if the network between is yours"),
			},
		})
	}
	return found
}
