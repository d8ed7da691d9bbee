package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
)

// Renew makes the successor of each CA that ends soon, or of the first if force is set, and puts it in its place: see
// replace. It returns how the stores are towards the last CA that was renewed; nothing is done where none ends soon.
func (a *Authorities) Renew(ctx context.Context, force bool) (done Trust, err error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	now := time.Now()
	for _, dir := range []string{a.folders.CA(), a.folders.NamedCA()} {
		root, err := readRoot(dir)
		if errors.Is(err, certs.ErrNoCA) {
			continue
		}
		if err != nil {
			return done, err
		}
		if !root.Expiring(now) && !(force && !root.Named()) {
			continue
		}
		next, err := certs.Stage(dir, now)
		if err != nil {
			return done, err
		}
		if done, err = a.replace(ctx, dir, root, next); err != nil {
			return done, err
		}
	}
	return done, nil
}

// SetNames makes the second CA one for exactly these names. It is made if there is none, and is then trusted by no store
// yet; else the stores that trust the one before trust its successor. Without names the CA goes, from the stores first.
func (a *Authorities) SetNames(ctx context.Context, names []string) (Trust, error) {
	dir := a.folders.NamedCA()
	before, err := a.Second()
	switch {
	case errors.Is(err, certs.ErrNoCA) && len(names) == 0:
		return Trust{}, nil
	case errors.Is(err, certs.ErrNoCA):
		ca, err := certs.CreateNamed(dir, names)
		if err != nil {
			return Trust{}, err
		}
		a.changed()
		return Trust{Root: ca.Root}, nil
	case err != nil:
		return Trust{}, err
	case len(names) == 0:
		return a.dropNames(ctx, before)
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	next, err := certs.StageNamed(dir, names, time.Now())
	if err != nil || next.Fingerprint() == before.Fingerprint() {
		return Trust{Root: before}, err
	}
	return a.replace(ctx, dir, before, next)
}

// dropNames takes the second CA out of the stores, and deletes it if none has it any more.
func (a *Authorities) dropNames(ctx context.Context, root *certs.Root) (Trust, error) {
	after, err := a.Remove(ctx, root)
	if err != nil {
		return after, err
	}
	if err := settled(after.Results, trust.NotTrusted); err != nil {
		return after, unless(err, "own names: the CA is not deleted: %w")
	}
	if err := os.RemoveAll(a.folders.NamedCA()); err != nil {
		return after, fmt.Errorf("own names: %w (delete the folder)", err)
	}
	a.changed()
	return Trust{Results: after.Results}, nil
}

// replace puts a staged CA in the place of the one in dir. The stores that trust the old one trust the new one first; then
// the new one signs, and the old key is deleted; then the old one goes from the stores for which nobody is asked again.
// Where it stays for that reason nothing can be signed with it, and Remove takes it away with the new one. If a store does
// not take the new CA, or the user gives up, everything is as it was.
func (a *Authorities) replace(ctx context.Context, dir string, old *certs.Root, next *certs.CA) (Trust, error) {
	sys := a.system()
	var stores, free []trust.Store
	for _, r := range trust.Audit(ctx, trust.Stores(sys), old) {
		if r.Status.State != trust.Trusted {
			continue
		}
		stores = append(stores, r.Store)
		if sys.UID == 0 || sys.Prompt != nil || !trust.NeedsRoot(r.Store) {
			free = append(free, r.Store)
		}
	}
	done := Trust{Root: next.Root, Results: trust.Add(ctx, sys, stores, next.Root)}
	if err := settled(done.Results, trust.Trusted); err != nil {
		trust.Retire(ctx, sys, free, next.Root)
		return done, unless(err, "the old CA stays in use: %w")
	}
	if _, err := certs.Promote(dir); err != nil {
		return done, err
	}
	a.changed()
	gone := settled(trust.Retire(ctx, sys, free, old), trust.NotTrusted) == nil
	if gone && len(free) == len(stores) {
		_ = certs.Forget(dir, old) // else Remove finds it by the receipt
	}
	done.Receipt = sys.Receipt.Problem()
	return done, nil
}

// ErrCancelled is what a change fails with if the user gave it up when asked for the password.
var ErrCancelled = errors.New("cancelled, nothing was changed")

// settled returns an error that names the stores that are there and in another state than wanted.
func settled(results []trust.Result, want trust.State) error {
	var why []string
	for _, r := range results {
		switch r.Status.State {
		case want, trust.Absent:
		case trust.Cancelled:
			return ErrCancelled
		default:
			why = append(why, r.Store.Name()+": "+r.Status.String())
		}
	}
	if len(why) == 0 {
		return nil
	}
	return errors.New(strings.Join(why, "; "))
}

// unless puts an error in its context, unless it says it all.
func unless(err error, format string) error {
	if errors.Is(err, ErrCancelled) {
		return err
	}
	return fmt.Errorf(format, err)
}
