package doctor

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

// skew is by how much clocks may differ: certificates are backdated by an hour, tokens forgive some minutes.
const skew = 10 * time.Minute

// clockWrong finds a clock that is behind: before the CA was made, or before a file of this machine was written. A
// clock that is far ahead shows as an expired CA.
func clockWrong(_ context.Context, p *Patient) []Finding {
	now := p.machine.now()
	for _, ca := range p.machine.Authorities {
		if now.Before(ca.NotBefore) {
			return []Finding{clockBehind(now, fmt.Sprintf("%s is valid only from %s on", ca.Name, stamp(ca.NotBefore)), Error)}
		}
	}
	newest, at := "", now.Add(skew)
	for _, name := range clockFiles(p.machine) {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(at) {
			newest, at = name, info.ModTime()
		}
	}
	if newest == "" {
		return nil
	}
	return []Finding{clockBehind(now, fmt.Sprintf("%s was written at %s", newest, stamp(at)), Warning)}
}

// clockFiles are places that are written all the time, by whom is no matter.
func clockFiles(m *Machine) []string {
	files := []string{os.TempDir(), "/var/log", "/var/lib"}
	if m.Home != "" {
		files = append(files, m.Home)
	}
	return files
}

// clockDiffers finds a backend whose clock is another than the machine's.
func clockDiffers(ctx context.Context, p *Patient) (found []Finding) {
	for _, b := range p.probes(ctx) {
		if b.answer == nil {
			continue
		}
		says, err := http.ParseTime(b.answer.response.Get("Date"))
		if apart := says.Sub(p.machine.now()); err == nil && apart.Abs() > skew {
			found = append(found, Finding{
				Severity: Warning,
				What: fmt.Sprintf("The clocks of this machine and of the backend %s differ by %s.",
					b.to, span(apart.Abs())),
				Evidence: fmt.Sprintf("its answer is of %s, and it is %s here", stamp(says), stamp(p.machine.now())),
				Why:      "Tokens and cookies that one of them makes are expired, or not valid yet, to the other.",
				Fixes:    []Fix{{What: "set the clock that is wrong; a virtual machine's often stands still while the computer sleeps"}},
			})
			return found
		}
	}
	return found
}

func clockBehind(now time.Time, evidence string, severity Severity) Finding {
	return Finding{
		Severity: severity,
		What:     "The machine's clock is wrong: it is behind.",
		Evidence: fmt.Sprintf("it says %s, yet %s", stamp(now), evidence),
		Why:      "Browsers refuse certificates that are not valid yet, and take cookies and tokens for those of another time.",
		Fixes:    []Fix{{What: "set the clock, best by the network", Command: "sudo timedatectl set-ntp true"}},
	}
}

// stamp shows a time with its date.
func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }
