package welcome

import (
	"slices"

	"culvert/ui/state"
)

// authority is the CA and its stores as one part of a page shows and changes them.
type authority struct {
	options *Options
	trust   state.Trust
	busy    bool
	tried   bool   // something was changed, or tried to
	changed func() // shows what there is now
}

func (a *authority) show(t state.Trust) {
	a.trust = t
	a.changed()
}

// add makes stores trust the CA, all without names.
func (a *authority) add(names ...string) {
	a.change(func() []state.Store { return a.options.Trust.Trust(a.options.context(), names...) })
}

// remove takes the CA out of stores, all without names.
func (a *authority) remove(names ...string) {
	a.change(func() []state.Store { return a.options.Trust.Untrust(a.options.context(), names...) })
}

func (a *authority) change(do func() []state.Store) {
	a.work(func() func() {
		stores := do()
		return func() {
			a.tried, a.trust.Checked = true, true
			a.trust.Stores = merged(a.trust.Stores, stores)
		}
	})
}

// check looks at the stores anew.
func (a *authority) check() {
	a.work(func() func() {
		t := a.options.Trust.Check(a.options.context())
		return func() { a.trust = t }
	})
}

// work does one thing at a time.
func (a *authority) work(task func() func()) {
	if a.busy {
		return
	}
	a.busy = true
	a.changed()
	a.options.Work(func() func() {
		done := task()
		return func() {
			a.busy = false
			done()
			a.changed()
		}
	})
}

// complete reports whether each store that is there trusts the CA.
func (a *authority) complete() bool {
	return a.trust.Checked && a.trust.Trusted() > 0 && a.trust.Trusted() == a.trust.Possible()
}

// troubled reports whether a store could not be changed.
func (a *authority) troubled() bool {
	return slices.ContainsFunc(a.trust.Stores, func(s state.Store) bool { return s.State == state.Cannot })
}
