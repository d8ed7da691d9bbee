package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"culvert/certs"
	"culvert/certs/trust"
)

// Authorities are the user's CAs, as they lie in the user's folders, and the trust that the machine's stores put into
// them: the first, which every user has, and the second, for names beyond its constraints, if the user listed any. Both
// commands change them through it, also while the app runs: it follows the files. The methods may be called from any
// goroutine; what changes stores runs programs and asks for a password, and takes as long.
type Authorities struct {
	folders Folders
	system  func() trust.System
	changed func() // told that a CA has become another

	changing sync.Mutex // held while a CA or a store is changed
}

// NewAuthorities returns the CAs in the folders. Nothing is read or made yet.
func NewAuthorities(f Folders, system func() trust.System) *Authorities {
	return &Authorities{folders: f, system: system, changed: func() {}}
}

// Load reads the CAs that sign, the first one first; it is made if there is none. One that has expired, or is of the former
// kind, is among them: its user is told so where they look, and renews it. Beside an error that concerns the second CA
// alone the first is there.
func (a *Authorities) Load() ([]*certs.CA, error) {
	first, err := certs.LoadOrCreate(a.folders.CA())
	if late := (*certs.TimeError)(nil); errors.As(err, &late) {
		first, err = certs.LoadExpired(a.folders.CA())
	}
	if err != nil {
		return nil, err
	}
	second, err := certs.LoadNamed(a.folders.NamedCA())
	switch {
	case errors.Is(err, certs.ErrNoCA):
		return []*certs.CA{first}, nil
	case err != nil:
		return []*certs.CA{first}, fmt.Errorf("own names: %w", err)
	}
	return []*certs.CA{first, second}, nil
}

// First returns the certificate of the first CA, [certs.ErrNoCA] if there is none.
func (a *Authorities) First() (*certs.Root, error) { return readRoot(a.folders.CA()) }

// Second returns the certificate of the second CA, [certs.ErrNoCA] if there is none.
func (a *Authorities) Second() (*certs.Root, error) { return readRoot(a.folders.NamedCA()) }

// readRoot reads a CA's certificate, for which its key is not needed.
func readRoot(dir string) (*certs.Root, error) {
	root, err := certs.ReadRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = certs.ErrNoCA
	}
	return root, err
}

// files returns the files that are another's when a CA has become another.
func (a *Authorities) files() []string {
	return []string{certs.File(a.folders.CA()), certs.File(a.folders.NamedCA())}
}

// Trust tells how the stores are towards a CA.
type Trust struct {
	Root    *certs.Root
	Results []trust.Result
	Receipt error // what is wrong with the file that remembers what was changed, nil if nothing is
}

// Audit looks at the stores of those names, or at all without a name.
func (a *Authorities) Audit(ctx context.Context, root *certs.Root, stores ...string) (Trust, error) {
	sys := a.system()
	chosen, err := ChooseStores(trust.Stores(sys), stores...)
	if err != nil {
		return Trust{}, err
	}
	results := trust.Audit(ctx, chosen, root)
	sys.Receipt.Adopt(ctx, results, root)
	return Trust{root, results, sys.Receipt.Problem()}, nil
}

// Add makes the stores of those names trust a CA, or all without a name, and reads each back. What the user is to know of
// a store that cannot be changed is in its result. A CA of the former kind is a [certs.TimeError].
func (a *Authorities) Add(ctx context.Context, root *certs.Root, stores ...string) (Trust, error) {
	// SECURITY: the key of such a root lies on this machine, and Java believes whatever it signs.
	if err := root.Former(); err != nil {
		return Trust{}, err
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	sys := a.system()
	chosen, err := ChooseStores(trust.Stores(sys), stores...)
	if err != nil {
		return Trust{}, err
	}
	return Trust{root, trust.Add(ctx, sys, chosen, root), sys.Receipt.Problem()}, nil
}

// Remove takes a CA, and those that it has replaced, out of the stores of those names, or all without a name, and reads
// each back. All are also those that only the receipt knows of.
func (a *Authorities) Remove(ctx context.Context, root *certs.Root, stores ...string) (Trust, error) {
	results, err := a.remove(ctx, []*certs.Root{root}, stores...)
	return Trust{root, results, a.system().Receipt.Problem()}, err
}

// RemoveAll takes all CAs that there are, and that the receipt knows of, out of the stores of those names, or all without
// a name; the password is asked once. The error is [certs.ErrNoCA] if nothing can be in a store.
func (a *Authorities) RemoveAll(ctx context.Context, stores ...string) ([]trust.Result, error) {
	var roots []*certs.Root
	for _, read := range []func() (*certs.Root, error){a.First, a.Second} {
		root, err := read()
		if err == nil {
			roots = append(roots, root)
		} else if !errors.Is(err, certs.ErrNoCA) && len(a.system().Receipt.Entries()) == 0 {
			return nil, err // else the receipt has the certificate
		}
	}
	if len(roots) == 0 && len(a.system().Receipt.Entries()) == 0 {
		return nil, certs.ErrNoCA
	}
	return a.remove(ctx, roots, stores...)
}

func (a *Authorities) remove(ctx context.Context, roots []*certs.Root, stores ...string) ([]trust.Result, error) {
	a.changing.Lock()
	defer a.changing.Unlock()
	sys := a.system()
	chosen, err := ChooseStores(append(trust.Stores(sys), trust.Recorded(sys)...), stores...)
	if err != nil {
		return nil, err
	}
	return trust.Remove(ctx, sys, chosen, roots...), nil
}
