package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// warnBefore is how long before its last day a CA is to be renewed.
const warnBefore = 60 * 24 * time.Hour

// caMissing finds that nothing signs for the tunnels.
func caMissing(_ context.Context, p *Patient) []Finding {
	if len(p.machine.Authorities) > 0 || p.machine.idle {
		return nil
	}
	return []Finding{{
		Severity: Error,
		What:     "There is no local CA yet.",
		Why:      "Without it no tunnel has a certificate, and browsers open no wss:// address.",
		Fixes:    []Fix{{What: "make the CA and have the trust stores trust it", Command: "culvert trust", Action: Trust}},
	}}
}

// signing are the CAs, none where nobody needs them.
func (m *Machine) signing() []Authority {
	if m.idle {
		return nil
	}
	return m.Authorities
}

// caExpired finds CAs whose last day is over.
func caExpired(_ context.Context, p *Patient) (found []Finding) {
	now := p.machine.now()
	for _, ca := range p.machine.signing() {
		if now.After(ca.NotAfter) {
			found = append(found, Finding{
				Severity: Error,
				What:     fmt.Sprintf("The local CA %s has expired.", ca.Name),
				Evidence: "its last day was " + ca.NotAfter.Format(time.DateOnly),
				Why:      "Browsers refuse every certificate that it signed, whatever the stores say.",
				Fixes:    renewal(),
			})
		}
	}
	return found
}

// caExpiring finds CAs whose last day is near.
func caExpiring(_ context.Context, p *Patient) (found []Finding) {
	now := p.machine.now()
	for _, ca := range p.machine.signing() {
		if left := ca.NotAfter.Sub(now); left >= 0 && left < warnBefore {
			found = append(found, Finding{
				Severity: Warning,
				What:     fmt.Sprintf("The local CA %s expires in %d days.", ca.Name, int(left.Hours()/24)),
				Evidence: "its last day is " + ca.NotAfter.Format(time.DateOnly),
				Why:      "From then on browsers refuse every certificate that it signed.",
				Fixes:    renewal(),
			})
		}
	}
	return found
}

func renewal() []Fix {
	return []Fix{{What: "renew the CA: the next one is trusted before this one goes", Action: Renew}}
}

// storeUntrusted finds trust stores that are there and do not trust the CA.
func storeUntrusted(ctx context.Context, p *Patient) (found []Finding) {
	if len(p.machine.signing()) == 0 || p.machine.Stores == nil {
		return nil // no CA is a finding of its own, with the same fix
	}
	stores := p.machine.Stores(ctx)
	severity := Error
	if slices.ContainsFunc(stores, func(s Store) bool { return s.State == StoreTrusts }) {
		severity = Warning // there is a program that works; who is refused by another is a finding of its own
	}
	for _, s := range stores {
		f := Finding{
			Severity: severity,
			What:     fmt.Sprintf("The trust store %s does not trust the CA.", s.Name),
			Evidence: s.Reason,
			Why:      whyDistrusted(s.Name),
		}
		switch s.State {
		case StoreAbsent, StoreTrusts:
			continue
		case StoreUnreadable:
			f.Severity = Warning
			f.What = fmt.Sprintf("Whether the trust store %s trusts the CA cannot be told, or not be changed.", s.Name)
		}
		if s.Fix != "" {
			command, is := strings.CutPrefix(s.Fix, "run: ")
			if is {
				f.Fixes = append(f.Fixes, Fix{What: "mend the store first", Command: command})
			} else {
				f.Fixes = append(f.Fixes, Fix{What: s.Fix})
			}
		}
		f.Fixes = append(f.Fixes, Fix{
			What: "have this store trust the CA", Command: "culvert trust --store " + word(s.Name), Action: Trust, Args: []string{s.Name},
		})
		found = append(found, f)
	}
	return found
}

// whyDistrusted says what comes of a store that does not trust the CA, by who asks it.
func whyDistrusted(store string) string {
	kind, _, _ := strings.Cut(store, "/")
	switch kind {
	case "system":
		return "curl, OpenSSL, Python, git and most programs without a window ask this store, and end the handshake."
	case "java":
		return "Programs that this Java runs end the handshake (PKIX path building failed)."
	}
	return "A browser that asks this store shows a warning instead of the page, and fails a wss:// socket without one (close code 1006)."
}
