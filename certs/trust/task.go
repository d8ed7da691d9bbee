package trust

import (
	"context"
	"slices"
	"strings"

	"culvert/certs"
)

// task is a root's way into a store, or out of it.
type task struct {
	store  Store
	root   *certs.Root
	remove bool
	wanted bool // false: after is before, and nothing is done
	before Status
	after  Status
}

// perform does the tasks that are wanted, either those that take root or the others, and reads each store back.
func (sys System) perform(ctx context.Context, tasks []*task, root bool) {
	var due []*task
	for _, t := range tasks {
		if t.wanted && NeedsRoot(t.store) == root {
			due = append(due, t)
		}
	}
	switch {
	case len(due) == 0:
	case root && sys.UID != 0:
		sys.performAsRoot(ctx, due)
	default:
		for _, t := range due {
			do := t.store.Add
			if t.remove {
				do = t.store.Remove
			}
			t.finish(ctx, do(ctx, t.root))
		}
	}
}

// performAsRoot does the tasks in one transaction.
func (sys System) performAsRoot(ctx context.Context, tasks []*task) {
	var c Change
	var pem []byte
	for _, t := range tasks {
		target := Target{Store: t.store.Name(), Fingerprint: t.root.Fingerprint()}
		if t.remove {
			c.Remove = append(c.Remove, target)
		} else {
			c.Add = append(c.Add, target)
		}
		file := t.root.File()
		if file == "" {
			file = sys.Receipt.File()
		}
		if !slices.Contains(c.CA, file) {
			c.CA = append(c.CA, file)
		}
		if block := t.root.PEM(); !strings.Contains(string(pem), string(block)) {
			pem = append(pem, block...)
		}
	}
	outcomes, err := sys.elevate(ctx, c, purpose(tasks), pem)
	for _, t := range tasks {
		failed := err
		for _, o := range outcomes {
			if o.Store == t.store.Name() && o.Fingerprint == t.root.Fingerprint() {
				failed = o.problem()
			}
		}
		t.finish(ctx, failed)
	}
}

// purpose says what a password is asked for: "to put the Culvert CA into A and B".
func purpose(tasks []*task) string {
	var places []string
	for _, t := range tasks {
		if !slices.Contains(places, t.store.Where()) {
			places = append(places, t.store.Where())
		}
	}
	list := strings.Join(places, " and ")
	if tasks[0].remove {
		return "to take the Culvert CA out of " + list
	}
	return "to put the Culvert CA into " + list
}

// finish reads the store back.
func (t *task) finish(ctx context.Context, err error) {
	if err != nil {
		t.after = cannot(err)
		return
	}
	t.after = t.store.Check(ctx, t.root)
	switch {
	case t.after.State == Cannot:
	case !t.remove && t.after.State != Trusted:
		t.after = Status{
			State:  Cannot,
			Reason: "it was added, yet reading back finds it " + t.after.String(),
			Fix:    "close the programs that use " + t.store.Where() + ", then run culvert trust again",
		}
	case t.remove && t.after.State == Trusted:
		t.after = Status{
			State:  Cannot,
			Reason: "it was removed, yet reading back finds it trusted",
			Fix:    "close the programs that use " + t.store.Where() + ", then run culvert untrust again",
		}
	}
}

// result is what became of the store.
func (t *task) result() Result {
	result := Result{Store: t.store, Status: t.after}
	failed := t.after.State == Cannot || t.after.State == Cancelled
	result.Changed = !failed && (t.before.State == Trusted) != (t.after.State == Trusted)
	if r, ok := t.store.(reader); ok && result.Changed {
		result.Restart = r.Reader()
	}
	return result
}

// worse reports whether the status of a store after a removal is less what was wanted than another.
func (s Status) worse(than Status) bool {
	rank := func(s State) int { return slices.Index([]State{Absent, NotTrusted, Cancelled, Trusted, Cannot}, s) }
	return rank(s.State) > rank(than.State)
}
