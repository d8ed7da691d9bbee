package trust

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"culvert/certs"
	"culvert/certs/hosts"
)

// ElevatedHost is this machine as the elevated process sees it: nothing of the environment that it was started from
// counts, no home folder above all.
//
// SECURITY: so that no path of a user's is written to as root, and no program of a user's is run.
func ElevatedHost() System {
	return System{Env: []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}, UID: os.Geteuid()}
}

// Elevated does a change as root, in stores of the machine that belong to root. It is all that `culvert elevated` does.
// certificates are what the files of [Change.CA] hold, in any order. What fails at one target does not keep the others
// from being changed, and is told by its outcome; an error means that nothing was changed.
func Elevated(ctx context.Context, sys System, c Change, certificates []byte) ([]Outcome, error) {
	if sys.UID != 0 {
		return nil, errors.New("this takes root (culvert trust asks for it)")
	}
	roots, err := c.roots(certificates)
	if err != nil {
		return nil, err
	}
	var outcomes []Outcome
	for _, t := range c.Remove {
		outcomes = append(outcomes, sys.change(ctx, t, func(s Store) error { return s.Remove(ctx, roots[t.Fingerprint]) }, roots))
	}
	for _, t := range c.Add {
		outcomes = append(outcomes, sys.change(ctx, t, func(s Store) error { return s.Add(ctx, roots[t.Fingerprint]) }, roots))
	}
	if len(c.AddHosts)+len(c.RemoveHosts) > 0 {
		outcomes = append(outcomes, sys.changeHosts(c))
	}
	return outcomes, nil
}

// roots returns the roots of the targets by their fingerprints.
//
// SECURITY: a certificate counts only with the fingerprint that the user agreed to on the command line, and only if it
// is a CA of ours, which can sign for no names of others: see [certs.ParseRoots].
func (c Change) roots(certificates []byte) (map[string]*certs.Root, error) {
	roots := map[string]*certs.Root{}
	if len(c.Add)+len(c.Remove) == 0 {
		return roots, nil
	}
	parsed, err := certs.ParseRoots(certificates)
	if err != nil {
		return nil, err
	}
	for _, r := range parsed {
		roots[r.Fingerprint()] = r
	}
	for _, targets := range [][]Target{c.Remove, c.Add} {
		for _, t := range targets {
			if roots[t.Fingerprint] == nil {
				return nil, fmt.Errorf("no certificate has the fingerprint %s… (hand over the right ca.pem)", t.Fingerprint[:8])
			}
		}
	}
	return roots, nil
}

// change does one target and reads it back.
func (sys System) change(ctx context.Context, t Target, do func(Store) error, roots map[string]*certs.Root) Outcome {
	store := sys.rootStore(t.Store)
	if store == nil {
		return Outcome{
			Target: t, State: Cannot.String(),
			Reason: "no store " + t.Store + " of this machine belongs to root", Fix: "culvert trust --status lists the stores",
		}
	}
	status := store.Check(ctx, roots[t.Fingerprint])
	if status.State != Cannot {
		if err := do(store); err != nil {
			status = cannot(err)
		} else {
			status = store.Check(ctx, roots[t.Fingerprint])
		}
	}
	return Outcome{Target: t, State: status.State.String(), Reason: status.Reason, Fix: status.Fix}
}

// rootStore returns the store of that name among those that belong to root, or nil.
func (sys System) rootStore(name string) Store {
	for _, s := range Stores(sys) {
		if s.Name() == name && NeedsRoot(s) {
			return s
		}
	}
	if name == policiesName { // there may be one without a Firefox, to be cleaned
		return newFirefoxPolicies(sys)
	}
	return nil
}

func (sys System) changeHosts(c Change) Outcome {
	outcome := Outcome{Target: Target{Store: hostsOutcome}, State: "unchanged"}
	changed, err := hosts.Edit{File: sys.hostsFile(), Add: c.AddHosts, Remove: c.RemoveHosts}.Apply()
	switch {
	case err != nil:
		outcome.State, outcome.Reason = Cannot.String(), strings.ReplaceAll(err.Error(), "\n", "; ")
		outcome.Fix = "edit " + sys.hostsFile() + " by hand"
	case changed:
		outcome.State = "changed"
	}
	return outcome
}
