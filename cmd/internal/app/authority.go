package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

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
		return after, err
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
		return done, err
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
	return fmt.Errorf("the old CA stays in use: %s", strings.Join(why, "; "))
}

// ChooseStores returns those stores that the names stand for, and all without a name. The part of a store's name before
// the slash stands for all that share it: "firefox" for all profiles.
func ChooseStores(all []trust.Store, names ...string) ([]trust.Store, error) {
	if len(names) == 0 {
		return all, nil
	}
	found := make(map[string]bool)
	var chosen []trust.Store
	for _, s := range all {
		kind, _, _ := strings.Cut(s.Name(), "/")
		if slices.Contains(names, s.Name()) || slices.Contains(names, kind) {
			chosen = append(chosen, s)
			found[s.Name()], found[kind] = true, true
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, unknownStore(name, all)
		}
	}
	return chosen, nil
}

func unknownStore(name string, all []trust.Store) error {
	var there []string
	for _, s := range all {
		there = append(there, s.Name())
	}
	return fmt.Errorf("store %s: not found (found: %s)", Printable(name), strings.Join(there, ", "))
}
