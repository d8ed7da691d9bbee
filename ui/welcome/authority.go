package welcome

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// authority is the CA and its stores, and the second CA for the user's own names, as one part of a page shows and changes
// them.
type authority struct {
	options *Options
	trust   state.Trust
	doing   string // what is under way, in words; "" for nothing
	trouble string // why the last thing could not be done, in words; of what is no store's state
	calm    bool   // the user did not want it after all
	tried   bool   // something was changed, or tried to
	changed func() // shows what there is now

	first, second memory
}

// memory is what is known of the stores of one CA that looking at them does not tell.
type memory struct {
	outcomes map[string]outcome
	proofs   map[string][]state.Proof
	changed  map[string]time.Time // when stores were: what was proven before says nothing any more
	renewed  time.Time            // when the CA was, likewise
}

// outcome is what came of the last change of a store.
type outcome struct {
	state.Store
	removing bool
}

func (a *authority) show(t state.Trust) {
	a.trust = t
	a.trust.Stores = a.first.on(t.Stores)
	if t.Named != nil {
		named := *t.Named
		named.Stores = a.second.on(named.Stores)
		a.trust.Named = &named
	}
	a.changed()
}

// on returns stores as they were found, with what is remembered of them.
func (m *memory) on(stores []state.Store) []state.Store {
	stores = slices.Clone(stores)
	for i := range stores {
		s := &stores[i]
		if len(s.Proofs) == 0 && s.Provable() {
			s.Proofs = m.proofs[s.Name]
		}
		s.Proofs = slices.DeleteFunc(slices.Clone(s.Proofs), func(p state.Proof) bool {
			return p.At.Before(m.changed[s.Name]) || p.At.Before(m.renewed)
		})
		o, ok := m.outcomes[s.Name]
		if !ok || s.State != o.State && (!o.failed() || s.State == o.wanted()) {
			continue
		}
		s.State, s.Reason, s.Fix, s.Restart = o.State, o.Reason, o.Fix, o.Restart
	}
	return stores
}

// failed reports whether the store is as it was.
func (o *outcome) failed() bool { return o.State == state.Cannot || o.State == state.Cancelled }

// wanted is the state that a change was to lead to.
func (o *outcome) wanted() state.StoreState {
	if o.removing {
		return state.NotTrusted
	}
	return state.Trusted
}

// add makes stores trust one of the CAs, all without names.
func (a *authority) add(m *memory, names ...string) {
	do := a.options.Trust.Trust
	if m == &a.second {
		do = a.options.Trust.TrustNamed
	}
	a.change(m, false, names, do)
}

// remove takes one of the CAs out of stores, all without names.
func (a *authority) remove(m *memory, names ...string) {
	do := a.options.Trust.Untrust
	if m == &a.second {
		do = a.options.Trust.UntrustNamed
	}
	a.change(m, true, names, do)
}

// change changes stores of one of the CAs and remembers what came of it.
func (a *authority) change(m *memory, removing bool, names []string,
	do func(ctx context.Context, stores ...string) []state.Store,
) {
	a.work(a.changing(m, names), func() func() {
		stores := do(a.options.context(), names...)
		return func() {
			a.tried, a.trust.Checked = true, true
			m.take(stores, removing, a.options.now())
			of := a.stores(m)
			*of = m.on(merged(*of, stores))
		}
	})
}

// take remembers what came of a change.
func (m *memory) take(stores []state.Store, removing bool, now time.Time) {
	if m.outcomes == nil {
		m.outcomes, m.changed = make(map[string]outcome), make(map[string]time.Time)
	}
	for _, s := range stores {
		m.changed[s.Name] = now
		delete(m.outcomes, s.Name)
		if o := (outcome{s, removing}); o.failed() || s.Restart != "" {
			m.outcomes[s.Name] = o
		}
	}
}

// stores are those that a memory is of.
func (a *authority) stores(m *memory) *[]state.Store {
	switch {
	case m == &a.first:
		return &a.trust.Stores
	case a.trust.Named == nil:
		return new([]state.Store)
	}
	return &a.trust.Named.Stores
}

// changing says that stores are changed, and which of them the password is asked for.
func (a *authority) changing(m *memory, names []string) string {
	if asked := protected(*a.stores(m), names...); asked != "" {
		return words.T("welcome.busy.password", "stores", asked)
	}
	return words.T("welcome.busy.change")
}

// protected lists the stores whose change asks for the password, among those of the names, all without names; "" for none.
func protected(stores []state.Store, names ...string) string {
	var titles []string
	for _, s := range stores {
		if s.NeedsRoot && s.State != state.Absent && (len(names) == 0 || slices.Contains(names, s.Name)) {
			titles = append(titles, StoreTitle(s.Name))
		}
	}
	return strings.Join(titles, words.T("welcome.comma"))
}

// check looks at the stores anew.
func (a *authority) check() {
	a.work(words.T("welcome.busy.check"), func() func() {
		t := a.options.Trust.Check(a.options.context())
		return func() {
			clear(a.first.outcomes)
			clear(a.second.outcomes)
			a.show(t)
		}
	})
}

// prove has programs try the stores, all without names.
func (a *authority) prove(names ...string) {
	a.work(words.T("welcome.busy.prove"), func() func() {
		stores := a.options.Trust.Prove(a.options.context(), names...)
		return func() {
			if a.first.proofs == nil {
				a.first.proofs = make(map[string][]state.Proof)
			}
			for _, s := range stores {
				a.first.proofs[s.Name] = s.Proofs
			}
			a.trust.Stores = a.first.on(merged(a.trust.Stores, stores))
		}
	})
}

// renew puts new CAs in the place of those that end soon.
func (a *authority) renew() {
	a.work(words.T("welcome.busy.renew"), func() func() {
		err := a.options.Trust.Renew(a.options.context())
		t := a.options.Trust.Check(a.options.context())
		return func() {
			a.fail(err)
			if err == nil {
				now := a.options.now()
				a.first, a.second = memory{renewed: now}, memory{renewed: now}
			}
			a.show(t)
		}
	})
}

// setNames makes the second CA for these names.
func (a *authority) setNames(names []string, done func(error)) {
	a.work(words.T("welcome.busy.names"), func() func() {
		t, err := a.options.Trust.SetNames(a.options.context(), names)
		return func() {
			if err == nil {
				a.second = memory{}
				a.show(t)
			}
			done(err)
		}
	})
}

// fail notes why something could not be done; nil: it could.
func (a *authority) fail(err error) {
	a.trouble, a.calm = "", errors.Is(err, state.ErrCancelled)
	switch {
	case a.calm:
		a.trouble = words.T("welcome.cancelled")
	case err != nil:
		a.trouble = ink.Safe(words.Sentence(err.Error()))
	}
}

func (a *authority) busy() bool { return a.doing != "" }

// work does one thing at a time, and says what.
func (a *authority) work(what string, task func() func()) {
	if a.busy() {
		return
	}
	a.doing = what
	a.fail(nil)
	a.changed()
	a.options.Work(func() func() {
		done := task()
		return func() {
			a.doing = ""
			done()
			a.changed()
		}
	})
}

// complete reports whether each store that is there trusts the CA.
func (a *authority) complete() bool {
	return a.trust.Checked && a.trust.Trusted() > 0 && a.trust.Trusted() == a.trust.Possible()
}

// has reports whether a store is in a state.
func (a *authority) has(is state.StoreState) bool {
	return slices.ContainsFunc(a.trust.Stores, func(s state.Store) bool { return s.State == is })
}
