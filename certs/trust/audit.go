package trust

import (
	"context"

	"culvert/certs"
)

// Result is what was found of a store, after it was changed if it was.
type Result struct {
	Store   Store
	Status  Status
	Changed bool // the store was in another state before

	// Restart names the program that has to be restarted, if it is running, before it notices a change:
	// browsers read their database when they start. It is empty where nothing changed, or where that is not so.
	Restart string
}

// reader is a store that one program reads, and only when it starts.
type reader interface {
	Reader() string
}

// Stores lists the places of this machine in which a program looks for CAs, those that are missing included where
// that is worth saying. It only looks; a browser that is installed later appears in the next list.
//
// A store whose programs read another one's comes behind that one.
func Stores(sys System) []Store {
	var stores []Store
	switch sys.goos() {
	case "darwin":
		stores = append(macosStores(sys), firefoxRootsStores(sys, "macos")...)
	case "windows":
		stores = append([]Store{&windowsStore{}}, firefoxRootsStores(sys, "windows")...)
	default:
		stores = append([]Store{systemStore(sys)}, chromiumStores(sys)...)
		stores = append(stores, firefoxStores(sys)...)
		stores = append(stores, firefoxPoliciesStores(sys)...)
		stores = append(stores, wslStores(sys)...)
	}
	return append(stores, javaStores(sys)...)
}

// Audit checks every store.
func Audit(ctx context.Context, stores []Store, root *certs.Root) []Result {
	results := make([]Result, len(stores))
	for i, s := range stores {
		results[i] = Result{Store: s, Status: s.Check(ctx, root)}
	}
	for i := range results {
		if why := needless(results, i); why != "" {
			results[i].Status = Status{State: Absent, Reason: why}
		}
	}
	return covered(results)
}

// Add makes every store trust the root, and reads each back. Stores that trust it already are left alone, and what
// fails in one does not keep the others from being changed. All that takes root is done in one go, for which the user is
// asked once, after the rest. What trusts the root in the end is in the receipt.
func Add(ctx context.Context, sys System, stores []Store, root *certs.Root) []Result {
	tasks := make([]*task, len(stores))
	results := make([]Result, len(stores))
	for i, s := range stores {
		tasks[i] = &task{store: s, root: root, before: s.Check(ctx, root)}
		tasks[i].after = tasks[i].before
		tasks[i].wanted = tasks[i].before.State == NotTrusted
	}
	sys.perform(ctx, tasks, false)
	for i, t := range tasks {
		results[i] = t.result()
	}
	for i, t := range tasks {
		if why := needless(results, i); why != "" {
			t.wanted, t.after = false, Status{State: Absent, Reason: why}
		}
	}
	sys.perform(ctx, tasks, true)
	for i, t := range tasks {
		results[i] = t.result()
	}
	sys.Receipt.remember(ctx, results, root)
	return covered(results)
}

// Remove takes roots out of every store, and reads each back, and with them those that the receipt names for the store
// and that one of the roots has replaced. A store that had only a part of one, such as the certificate without trust,
// loses that too. Without roots, because their files are lost, everything that the receipt names for the stores goes.
func Remove(ctx context.Context, sys System, stores []Store, roots ...*certs.Root) []Result {
	entries := sys.Receipt.Entries()
	return remove(ctx, sys, stores, func(s Store) []*certs.Root { return rootsOf(entries, s, roots) })
}

// Retire takes exactly one root out of every store: one that another has replaced, which stays.
func Retire(ctx context.Context, sys System, stores []Store, root *certs.Root) []Result {
	return remove(ctx, sys, stores, func(Store) []*certs.Root { return []*certs.Root{root} })
}

// remove takes the roots that of names for each store out of it.
func remove(ctx context.Context, sys System, stores []Store, of func(Store) []*certs.Root) []Result {
	var tasks []*task
	for _, s := range stores {
		for _, r := range of(s) {
			t := &task{store: s, root: r, remove: true, before: s.Check(ctx, r)}
			t.after = t.before
			t.wanted = t.before.State == Trusted || t.before.State == NotTrusted && (!NeedsRoot(s) || t.before.Reason != "")
			tasks = append(tasks, t)
		}
	}
	sys.perform(ctx, tasks, false)
	sys.perform(ctx, tasks, true)
	sys.Receipt.forget(tasks)
	results := make([]Result, len(stores))
	for i, s := range stores {
		results[i] = Result{Store: s, Status: Status{State: NotTrusted}}
		first := true
		for _, t := range tasks {
			if t.store == s && (first || t.after.worse(results[i].Status)) {
				results[i], first = t.result(), false
			}
		}
	}
	return results
}

// A standIn is a store that serves the browsers of other stores where those cannot be changed. It is found even where
// it is not used.
type standIn interface {
	StandsInFor(Store) bool
	Instead() string // who is served by those: "Firefox is served by its profiles"
}

// needless says why the store of a result, which does not trust the root, need not: it stands in for others, of which
// none needs it. A store that stands in for nobody in the list was asked for by its name.
func needless(results []Result, i int) (why string) {
	s, ok := results[i].Store.(standIn)
	if !ok || results[i].Status.State != NotTrusted {
		return ""
	}
	others := 0
	for _, r := range results {
		switch {
		case !s.StandsInFor(r.Store):
		case barred(r.Status):
			return ""
		default:
			others++
		}
	}
	if others == 0 {
		return ""
	}
	why = "not needed, " + s.Instead() + "; culvert trust --store " + results[i].Store.Name() + " adds it all the same"
	return why
}

// covered gives stores the state that the program has by another that stands in for them.
func covered(results []Result) []Result {
	for _, by := range results {
		s, ok := by.Store.(standIn)
		if !ok || by.Status.State != Trusted {
			continue
		}
		for i, r := range results {
			if s.StandsInFor(r.Store) && (r.Status.State == NotTrusted || barred(r.Status)) {
				why := "by " + by.Store.Where()
				if isPasswordError(r.Status.Err) {
					why = "by " + by.Store.Where() + "; Firefox asks for its primary password before it reads that"
				}
				results[i].Status = Status{State: Trusted, Reason: why}
			}
		}
	}
	return results
}
