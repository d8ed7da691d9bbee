package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// openToNetwork finds addresses of the project that other machines reach, and says who is let in there.
func openToNetwork(_ context.Context, p *Patient) []Finding {
	var beyond []string
	for _, addr := range p.Project.Listen {
		if at, err := netip.ParseAddrPort(addr); err == nil && !at.Addr().Unmap().IsLoopback() {
			beyond = append(beyond, addr)
		}
	}
	if len(beyond) == 0 {
		return nil
	}
	let := admitted(p.Project.Allow, p.Project.Deny)
	for _, r := range p.Project.Routes {
		let = append(let, admitted(r.Allow, r.Deny)...)
	}
	slices.SortFunc(let, netip.Prefix.Compare)
	let = slices.Compact(let)
	if len(let) == 0 {
		return []Finding{{
			Severity: Note,
			What:     fmt.Sprintf("Other machines reach %s, and none is let in.", strings.Join(beyond, ", ")),
			Evidence: "allow has: " + list(p.Project.Allow),
			Why:      "allow has addresses of this machine alone, unless it says otherwise; others get a 403.",
			Fixes: []Fix{
				p.edit("let them in by allow, as in allow = [\"127.0.0.0/8\", \"::1\", \"192.168.1.0/24\"]"),
				p.edit("or listen on 127.0.0.1"),
			},
		}}
	}
	f := Finding{
		Severity: Warning,
		What:     fmt.Sprintf("Other machines reach the tunnel at %s.", strings.Join(beyond, ", ")),
		Evidence: "let in are " + list(let),
		Why:      "Whoever is let in uses the backends as if from this machine, and they may trust that.",
		Fixes:    []Fix{p.edit("if that is not meant, listen on 127.0.0.1, or let in fewer by allow and deny")},
	}
	if len(p.Project.Deny) > 0 {
		f.Evidence += "; but not " + list(p.Project.Deny)
	}
	if p.Project.Auth == nil {
		f.Evidence += "; nobody is asked for a password"
		f.Fixes = append(f.Fixes, p.edit("or ask for a password: [auth]"))
	}
	return []Finding{f}
}

// admitted are the ranges beyond this machine that are let in. Of equal ranges deny decides.
func admitted(allow, deny []netip.Prefix) (let []netip.Prefix) {
	for _, r := range allow {
		if here := r.Addr().Unmap().IsLoopback() && (r.Bits() >= 8 || r.Addr().Is6()); !here && !slices.Contains(deny, r) {
			let = append(let, r)
		}
	}
	return let
}

func list(ranges []netip.Prefix) string {
	var words []string
	for _, r := range ranges {
		words = append(words, r.String())
	}
	return strings.Join(words, ", ")
}

// passwordMissing finds that the password of [auth] is not in the environment.
func passwordMissing(_ context.Context, p *Patient) []Finding {
	if !p.lacksPassword() {
		return nil
	}
	f := Finding{
		Severity: Error,
		What:     "The password that the project asks for is missing.",
		Evidence: fmt.Sprintf("the environment variable %s is not set, or empty", p.Project.Auth.PasswordEnv),
		Why:      "The project is not served without it, as nobody could be let in.",
		Fixes: []Fix{
			{What: "set the variable where culvert is started, and start it anew"},
			p.edit("or name another variable as password_env in [auth], or leave [auth] out"),
		},
	}
	if !p.Running {
		f.Severity = Warning // the app may be started with other variables
	}
	return []Finding{f}
}

func (p *Patient) lacksPassword() bool {
	return p.Project.Auth != nil && p.machine.getenv(p.Project.Auth.PasswordEnv) == ""
}
