package doctor

import (
	"errors"
	"time"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// report is what is known of one project.
type report struct {
	findings []state.Finding
	at       time.Time // of the examination; zero: there was none
	doing    string    // what is under way, in words; "" for nothing
	failed   string    // why the last thing could not be done, in words; "" if it could
	calm     bool      // the user did not want it after all
}

// fresh is how long an examination is as good as a new one.
const fresh = time.Minute

// stale reports whether the project should be examined before it is looked at.
func (r *report) stale(now time.Time) bool {
	return r.at.IsZero() || now.Sub(r.at) > fresh
}

// troubles counts what is wrong. Notes are not.
func (r *report) troubles() (n int64) {
	for _, f := range r.findings {
		if f.Severity != state.Note {
			n++
		}
	}
	return n
}

// worst is the severity of the worst finding, "" where there is none.
func (r *report) worst() (worst state.Severity) {
	for _, f := range r.findings {
		if worst == "" || rank(f.Severity) < rank(worst) {
			worst = f.Severity
		}
	}
	return worst
}

// rank orders severities, the worst first.
func rank(s state.Severity) int {
	switch s {
	case state.Error:
		return 0
	case state.Warning:
		return 1
	default:
		return 2
	}
}

// looks are the colour of the dot and the word for a severity.
func looks(s state.Severity) (ink.Ink, string) {
	switch s {
	case state.Error:
		return ink.Error, words.T("doctor.severity.error")
	case state.Warning:
		return ink.Warning, words.T("doctor.severity.warning")
	default:
		return ink.Dim, words.T("doctor.severity.note")
	}
}

// fail notes why something could not be done; nil: it could.
func (r *report) fail(err error) {
	r.failed, r.calm = "", errors.Is(err, state.ErrCancelled)
	switch {
	case r.calm:
		r.failed = words.T("doctor.cancelled")
	case err != nil:
		r.failed = ink.Safe(words.Sentence(err.Error()))
	}
}
