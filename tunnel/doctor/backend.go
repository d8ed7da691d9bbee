package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// backendAbsent finds backends where nothing takes a connection.
func backendAbsent(ctx context.Context, p *Patient) (found []Finding) {
	told := map[string]bool{}
	for _, b := range p.probes(ctx) {
		if b.addr != "" || ctx.Err() != nil {
			continue
		}
		var tried []string
		for _, d := range b.dials {
			if d.err != nil {
				tried = append(tried, d.addr+": "+reason(d.err))
			}
		}
		if told[tried[0]] {
			continue // another route leads there too
		}
		told[tried[0]] = true
		f := Finding{
			Severity: Error,
			What:     fmt.Sprintf("Nothing listens where the route %s leads: %s.", b.route.Path, to(b.route)),
			Evidence: strings.Join(tried, "; "),
			Why:      "The tunnel has nobody to carry the socket to; the browser gets a 502.",
			Fixes:    []Fix{{What: "start the backend"}, p.edit("correct to in the route if it listens elsewhere")},
		}
		if b.elsewhere != "" {
			f.Evidence += fmt.Sprintf("; yet %s takes connections", b.elsewhere)
			f.Fixes = []Fix{p.edit(fmt.Sprintf(`let the route lead there: to = ["%s://%s"]`, b.route.To[0].Scheme, b.elsewhere))}
		}
		found = append(found, f)
	}
	return found
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
		host := b.route.To[0].Hostname()
		if b.addr == "" || len(b.dials) < 2 || b.dials[0].err == nil || net.ParseIP(host) == nil {
			continue
		}
		found = append(found, Finding{
			Severity: Note,
			What:     fmt.Sprintf("The backend listens on %s, and the route names %s.", b.addr, b.dials[0].addr),
			Evidence: b.dials[0].addr + ": " + reason(b.dials[0].err),
			Why:      "The tunnel tries both loopback addresses, so it works; another program that is told the same address fails.",
			Fixes:    []Fix{p.edit(fmt.Sprintf(`name the address that it has: to = ["%s://%s"]`, b.route.To[0].Scheme, b.addr))},
		})
	}
	return found
}

// backendSpeaksTLS finds backends that speak TLS where the route is plain.
func backendSpeaksTLS(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.speaks == secure && wanted(b.route.To[0]) == plain {
			found = append(found, p.otherSpeech(b, "speaks TLS, and the route says it is plain",
				"it completes a TLS handshake, and answers no plain request", "wss", "https"))
		}
	}
	return found
}

// backendSpeaksPlain finds backends that speak no TLS where the route has it.
func backendSpeaksPlain(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.speaks == plain && wanted(b.route.To[0]) == secure {
			found = append(found, p.otherSpeech(b, "speaks no TLS, and the route says it does",
				"it answers a plain request, and completes no TLS handshake", "ws", "http"))
		}
	}
	return found
}

func (p *Patient) otherSpeech(b *probe, what, evidence, socket, page string) Finding {
	scheme := socket
	if strings.HasPrefix(b.route.To[0].Scheme, "http") {
		scheme = page
	}
	right := *b.route.To[0]
	right.Scheme = scheme
	return Finding{
		Severity: Error,
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
			Severity: Error,
			What:     fmt.Sprintf("The certificate of the backend %s is not trusted.", to(b.route)),
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
