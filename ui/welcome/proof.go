package welcome

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// proofCell tells what programs made of a real handshake, how long ago, and lets them make another.
type proofCell struct {
	content fyne.CanvasObject
	prove   *look.Button
	says    *look.State
	store   state.Store
}

// newProofCell returns the cell of a store; prove is what its button does.
func newProofCell(s state.Store, now time.Time, prove func()) *proofCell {
	c := &proofCell{store: s, says: look.NewState(ink.Faint, "")}
	c.prove = look.NewButton(words.T("welcome.prove"), look.Quiet, prove)
	c.prove.Hidden = !s.Provable()
	c.content = look.Row(4, c.says, c.prove)
	if s.Provable() {
		c.content = look.Row(4, look.Grow(c.says), c.prove)
	}
	c.show(now)
	return c
}

// show says how long ago the proofs were made.
func (c *proofCell) show(now time.Time) {
	proven, refused, at := sum(c.store.Proofs)
	switch {
	case !c.store.Provable() && c.store.State != state.NotTrusted:
		c.says.Set(ink.Faint, words.T("welcome.proof.none"))
	case !c.store.Provable() || len(proven)+len(refused) == 0:
		c.says.Set(ink.Faint, words.T("welcome.proof.untried"))
	case len(refused) > 0:
		c.says.Set(ink.Error, words.T("welcome.proof.refused", "programs", list(refused), "ago", ago(at, now)))
	default:
		c.says.Set(ink.Accent, words.T("welcome.proof.proven", "programs", list(proven), "ago", ago(at, now)))
	}
}

// sum sorts proofs by how they went, and returns when the oldest was made.
func sum(proofs []state.Proof) (proven, refused []string, at time.Time) {
	for _, p := range proofs {
		switch p.State {
		case state.Proven:
			proven = append(proven, program(p))
		case state.Refused:
			refused = append(refused, program(p))
		default:
			continue
		}
		if at.IsZero() || p.At.Before(at) {
			at = p.At
		}
	}
	return proven, refused, at
}

// program is a program with as much of its version as tells something: "Chromium 156", "Python 3.11".
func program(p state.Proof) string {
	parts := strings.SplitN(p.Version, ".", 3)
	version := parts[0]
	if len(parts) > 1 && parts[1] != "0" {
		version += "." + parts[1]
	}
	return ink.Safe(strings.TrimSpace(p.Program + " " + version))
}

func list(programs []string) string { return strings.Join(programs, words.T("welcome.comma")) }

// explain says why programs refused or could not be asked, with what to do, and who accepts all the same.
func explain(s *state.Store, say, mend func(text string)) {
	if !s.Provable() {
		return
	}
	proven, refused, _ := sum(s.Proofs)
	for _, p := range s.Proofs {
		if p.State != state.Proven && p.Reason != "" {
			say(words.T("welcome.proof.why", "program", ink.Safe(strings.TrimSpace(p.Program+" "+p.Version)), "why", ink.Safe(words.Sentence(p.Reason))))
			mend(p.Fix)
		}
	}
	if len(refused) > 0 && len(proven) > 0 {
		say(words.T("welcome.proof.others", "programs", list(proven)))
	}
}

// ago tells how long ago something was: in minutes, in hours, then by its date.
func ago(at, now time.Time) string {
	switch d := now.Sub(at); {
	case d < time.Minute:
		return words.T("welcome.ago.now")
	case d < time.Hour:
		return words.N("welcome.ago.minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return words.N("welcome.ago.hours", int(d/time.Hour))
	}
	return day(at)
}

// day is a date as every language reads it (ISO 8601).
func day(t time.Time) string { return t.Local().Format(time.DateOnly) }
