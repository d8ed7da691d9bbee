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

// changed is the result of a store that was changed.
func changed(s Store, status Status) Result {
	result := Result{Store: s, Status: status, Changed: true}
	if r, ok := s.(reader); ok {
		result.Restart = r.Reader()
	}
	return result
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
		stores = append(stores, wslStores(sys)...)
	}
	return append(stores, javaStores(sys)...)
}

// optional is a store that another one makes superfluous, until its user asks for it.
type optional interface {
	asked() Store
}

// Asked is a store whose user named it. It differs from what [Stores] lists where that one tells of itself as
// not needed: the system keychain of macOS, beside the login keychain.
func Asked(s Store) Store {
	if o, ok := s.(optional); ok {
		return o.asked()
	}
	return s
}

// Audit checks every store.
func Audit(ctx context.Context, stores []Store, root *certs.Root) []Result {
	return each(stores, func(s Store) Result {
		return Result{Store: s, Status: s.Check(ctx, root)}
	})
}

// Add makes every store trust the root, and reads each back. Stores that trust it already are left alone, and what
// fails in one does not keep the others from being changed.
func Add(ctx context.Context, sys System, stores []Store, root *certs.Root) []Result {
	return each(stores, func(s Store) Result {
		before := s.Check(ctx, root)
		if before.State != NotTrusted {
			return Result{Store: s, Status: before}
		}
		if err := s.Add(ctx, root); err != nil {
			return Result{Store: s, Status: cannot(err)}
		}
		after := s.Check(ctx, root)
		if after.State != Trusted && after.State != Cannot {
			after = Status{
				State:  Cannot,
				Reason: "it was added, yet reading back finds it " + after.String(),
				Fix:    "close the programs that use " + s.Where() + ", then run culvert trust again",
			}
		}
		if after.State != Trusted {
			return Result{Store: s, Status: after}
		}
		return changed(s, after)
	})
}

// Remove takes the root out of every store, and reads each back. A store that had only a part of it, such as the
// certificate without trust, loses that too.
func Remove(ctx context.Context, sys System, stores []Store, root *certs.Root) []Result {
	return each(stores, func(s Store) Result {
		before := s.Check(ctx, root)
		if before.State == Absent || before.State == Cannot {
			return Result{Store: s, Status: before}
		}
		if err := s.Remove(ctx, root); err != nil {
			return Result{Store: s, Status: cannot(err)}
		}
		after := s.Check(ctx, root)
		if after.State == Trusted {
			after = Status{
				State:  Cannot,
				Reason: "it was removed, yet reading back finds it trusted",
				Fix:    "close the programs that use " + s.Where() + ", then run culvert untrust again",
			}
		}
		if before.State != Trusted || after.State == Cannot {
			return Result{Store: s, Status: after}
		}
		return changed(s, after)
	})
}

func each(stores []Store, do func(Store) Result) []Result {
	results := make([]Result, len(stores))
	for i, s := range stores {
		results[i] = do(s)
	}
	return results
}
