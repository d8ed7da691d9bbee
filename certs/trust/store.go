package trust

import (
	"context"
	"errors"

	"culvert/certs"
)

// Store is one place in which a program looks for the CAs that it trusts.
// Its methods change nothing but their own store, and may be called again after any outcome.
type Store interface {
	// Name tells the store from the others of the machine, in a form fit for the command line: "system",
	// "chromium", "firefox/4xkd1a2b.default".
	Name() string

	// Where is the folder or file that the certificate lies in, for people to read.
	Where() string

	// Check reads the store and says whether the root is trusted in it. It changes nothing.
	Check(ctx context.Context, root *certs.Root) Status

	// Add makes the store trust the root. Adding again is no error. An error is a [*Problem] where
	// something can be done about it.
	Add(ctx context.Context, root *certs.Root) error

	// Remove takes the root out of the store, every copy of it, and nothing else. A root that is not there is no error.
	Remove(ctx context.Context, root *certs.Root) error
}

// NeedsRoot reports whether changing the store takes root, so that the user is asked for a password. Such a store has
// the method NeedsRoot; what it answers does not depend on who asks.
func NeedsRoot(s Store) bool {
	n, ok := s.(interface{ NeedsRoot() bool })
	return ok && n.NeedsRoot()
}

// State is what a store is found to be in.
type State uint8

const (
	Absent     State = iota // no such store on this machine: nothing to do
	NotTrusted              // the store does not trust the root; Add may help
	Trusted                 // the root was found by its fingerprint, with the trust that TLS servers need
	Cannot                  // the store could not be read or changed, see the reason
	Cancelled               // the user said no when asked for a password: nothing was changed
)

func (s State) String() string {
	switch s {
	case Trusted:
		return "trusted"
	case NotTrusted:
		return "not trusted"
	case Cannot:
		return "cannot"
	case Cancelled:
		return "cancelled"
	default:
		return "not there"
	}
}

// Status is a store's state in words. Reason and Fix are empty where the state says everything: nothing of the root is
// in a store that is NotTrusted without a reason.
type Status struct {
	State  State
	Reason string // why the state is not Trusted
	Fix    string // what the user can do about it, often a command to copy
	Err    error  // what failed, when the state is Cannot; where a command did, there is a [*CommandError] within
}

// String puts a status in one line: "cannot: certutil is not installed (apt-get install libnss3-tools)".
func (s Status) String() string {
	line := s.State.String()
	if s.Reason != "" {
		line += ": " + s.Reason
	}
	if s.Fix != "" {
		line += " (" + s.Fix + ")"
	}
	return line
}

// Problem is an error of a store that its user can do something about.
type Problem struct {
	Reason string
	Fix    string
	Err    error // what lies beneath, or nil
}

func (p *Problem) Error() string { return p.Reason + " (" + p.Fix + ")" }

// Unwrap returns what lies beneath.
func (p *Problem) Unwrap() error { return p.Err }

// errCancelled is beneath the problem of a user who said no.
var errCancelled = errors.New("cancelled")

// cannot is the status of a store that failed, or whose change the user did not want.
func cannot(err error) Status {
	status := Status{State: Cannot, Reason: err.Error(), Err: err}
	if errors.Is(err, errCancelled) {
		status.State = Cancelled
	}
	if p := (*Problem)(nil); errors.As(err, &p) {
		status.Reason, status.Fix = p.Reason, p.Fix
	}
	return status
}
