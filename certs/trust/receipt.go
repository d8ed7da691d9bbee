package trust

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"culvert/certs"
)

// Receipt is the file that remembers which stores trust a CA by our doing, so that each of them is found and cleaned
// again: one that is no longer listed, one with a CA that was replaced since, and all of them when the CA's folder is
// lost. What is in it is only ever a reason to look; a store is changed by what is found there.
//
// The file is read anew each time, since the window and the command line share it, and replaced whole. A store whose
// entry was lost is adopted when it is next found to trust the CA. A nil Receipt remembers nothing. The methods may be
// called from several goroutines.
type Receipt struct {
	file string

	mu      sync.Mutex
	problem error
	frozen  bool // the file cannot be read, and is not written over
}

// Entry is a store that was found to trust a CA after it was added, or was adopted.
type Entry struct {
	Store       string    `json:"store"`          // the store's name
	Kind        string    `json:"kind,omitempty"` // how it can be opened again
	Where       string    `json:"where"`
	Program     string    `json:"program,omitempty"` // that reads it
	Fingerprint string    `json:"fingerprint"`
	Certificate string    `json:"certificate"` // PEM
	Added       time.Time `json:"added"`
}

// receiptFile is the form of the file.
type receiptFile struct {
	Version int     `json:"version"`
	Stores  []Entry `json:"stores"`
}

const receiptVersion = 1

// NewReceipt returns the receipt in a file, which is made when something is first remembered.
func NewReceipt(file string) *Receipt { return &Receipt{file: file} }

// File returns the path of the file, "" for nil.
func (r *Receipt) File() string {
	if r == nil {
		return ""
	}
	return r.file
}

// Problem tells in one line that the file was damaged or could not be written since the Receipt was made, and what was
// done about it; nil if all is well.
func (r *Receipt) Problem() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.problem
}

// Entries returns what is remembered. A file that is damaged is moved aside, see [Receipt.Problem].
func (r *Receipt) Entries() []Entry {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read()
}

// Adopt remembers the stores that were found to trust the root, those that were trusted before there was a receipt for
// example.
func (r *Receipt) Adopt(ctx context.Context, results []Result, root *certs.Root) {
	r.remember(ctx, results, root)
}

func (r *Receipt) remember(ctx context.Context, results []Result, root *certs.Root) {
	var found []Entry
	for _, result := range results {
		if result.Status.State == Trusted {
			found = append(found, entriesOf(ctx, result.Store, root)...)
		}
	}
	r.change(func(entries []Entry) []Entry {
		for _, e := range found {
			if !slices.ContainsFunc(entries, e.same) {
				entries = append(entries, e)
			}
		}
		return entries
	})
}

// forget takes out what the tasks removed.
func (r *Receipt) forget(tasks []*task) {
	r.change(func(entries []Entry) []Entry {
		return slices.DeleteFunc(entries, func(e Entry) bool {
			return slices.ContainsFunc(tasks, func(t *task) bool {
				gone := t.after.State == NotTrusted || t.after.State == Absent
				return gone && e.of(t.store) && e.Fingerprint == t.root.Fingerprint()
			})
		})
	})
}

// change replaces the file if f changes the entries.
func (r *Receipt) change(f func([]Entry) []Entry) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.read()
	after := f(slices.Clone(before))
	if r.frozen || len(before) == len(after) {
		return
	}
	if err := r.write(after); err != nil {
		r.problem = fmt.Errorf("receipt: %w (make its folder writable; what trusts the CA is not remembered)", err)
	}
}

// write replaces the file; where nothing is left to be remembered there is none.
func (r *Receipt) write(entries []Entry) error {
	if len(entries) == 0 {
		return os.Remove(r.file)
	}
	data, err := json.MarshalIndent(receiptFile{Version: receiptVersion, Stores: entries}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(r.file), 0o700); err != nil {
		return err
	}
	return replaceFile(r.file, append(data, '\n'), 0o600)
}

func (r *Receipt) read() []Entry {
	data, err := os.ReadFile(r.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		r.frozen, r.problem = true, fmt.Errorf("receipt: %w (make it readable; what trusts the CA is not remembered)", err)
		return nil
	}
	r.frozen = false
	entries, err := parseReceipt(data)
	if err == nil {
		return entries
	}
	aside := fmt.Sprintf("%s.damaged-%s", r.file, time.Now().UTC().Format("20060102T150405.000000000"))
	if err := os.Rename(r.file, aside); err != nil {
		r.frozen, r.problem = true, fmt.Errorf("receipt %s is damaged, and stays so: %w (what trusts the CA is not remembered)", r.file, err)
		return nil
	}
	r.problem = fmt.Errorf("receipt %s was damaged: %w (it is now %s; stores that are found to trust the CA are remembered anew)", r.file, err, aside)
	return nil
}

// parseReceipt reads the file.
//
// SECURITY: an entry counts only with a certificate that is a CA of ours and has the entry's fingerprint, since the
// certificate will be searched for, and removed, in every store that is named.
func parseReceipt(data []byte) ([]Entry, error) {
	var f receiptFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	if f.Version != receiptVersion {
		return nil, fmt.Errorf("version is %d, not %d", f.Version, receiptVersion)
	}
	for i, e := range f.Stores {
		roots, err := certs.ParseRoots([]byte(e.Certificate))
		switch {
		case err != nil:
			return nil, fmt.Errorf("store %d: %w", i+1, err)
		case len(roots) != 1 || roots[0].Fingerprint() != e.Fingerprint:
			return nil, fmt.Errorf("store %d: the certificate is not the one with its fingerprint", i+1)
		case e.Store == "" || e.Where == "":
			return nil, fmt.Errorf("store %d has no name or no place", i+1)
		}
	}
	return f.Stores, nil
}

// ReceiptCertificates returns the certificates of a receipt as PEM; false if the data is no receipt.
func ReceiptCertificates(data []byte) (pem []byte, ok bool) {
	entries, err := parseReceipt(data)
	for _, e := range entries {
		pem = append(pem, e.Certificate...)
	}
	return pem, err == nil
}

// The kinds of stores that can be opened again where they are no longer listed.
const (
	kindAnchors  = "anchors"
	kindNSS      = "nss"
	kindPolicies = "policies"
	kindJava     = "java"
)

func kindOf(s Store) string {
	if k, ok := s.(interface{ Kind() string }); ok {
		return k.Kind()
	}
	return ""
}

// entriesOf returns the entries of a store that trusts the root: its own, or one for each store that it stands for.
func entriesOf(ctx context.Context, s Store, root *certs.Root) []Entry {
	if f, ok := s.(*newFirefox); ok {
		var entries []Entry
		for _, p := range firefoxProfiles(f.sys) {
			if p.Check(ctx, root).State == Trusted {
				entries = append(entries, entriesOf(ctx, p, root)...)
			}
		}
		return entries
	}
	e := Entry{
		Store: s.Name(), Kind: kindOf(s), Where: s.Where(), Fingerprint: root.Fingerprint(),
		Certificate: string(root.PEM()), Added: time.Now().UTC().Truncate(time.Second),
	}
	if r, ok := s.(reader); ok {
		e.Program = r.Reader()
	}
	return []Entry{e}
}

// of reports whether the entry is the store's. Names of some kinds can change, and places of others are shared.
func (e Entry) of(s Store) bool {
	return e.Kind == kindOf(s) && e.Where == s.Where() && (e.Kind != "" || e.Store == s.Name())
}

func (e Entry) same(other Entry) bool {
	return e.Kind == other.Kind && e.Where == other.Where && e.Fingerprint == other.Fingerprint &&
		(e.Kind != "" || e.Store == other.Store)
}

// root returns the entry's root. It was parsed before, by parseReceipt.
func (e Entry) root() *certs.Root {
	roots, err := certs.ParseRoots([]byte(e.Certificate))
	if err != nil {
		return nil
	}
	return roots[0]
}

// rootsOf returns what has to leave a store with the roots, which come first: those that the entries name for the store
// and that one of the roots has replaced. Without roots, all of them.
func rootsOf(entries []Entry, s Store, roots []*certs.Root) []*certs.Root {
	leaving := slices.Clone(roots)
	for _, e := range entries {
		named := slices.ContainsFunc(leaving, func(r *certs.Root) bool { return r.Fingerprint() == e.Fingerprint })
		if !e.of(s) || named {
			continue
		}
		old := e.root()
		replaced := slices.ContainsFunc(roots, func(r *certs.Root) bool { return old != nil && replaces(r, old) })
		if old != nil && (replaced || len(roots) == 0) {
			leaving = append(leaving, old)
		}
	}
	return leaving
}

// replaces reports whether two roots are of one kind, the machine's own or that for the names its user listed: there is
// one of each at a time.
func replaces(a, b *certs.Root) bool { return a.Named() == b.Named() }

// Recorded returns the stores that the receipt names and that [Stores] does not list: a profile that was taken out of
// the list of Firefox, for example.
func Recorded(sys System) []Store {
	listed := Stores(sys)
	var stores []Store
	for _, e := range sys.Receipt.Entries() {
		if !slices.ContainsFunc(listed, e.of) && !slices.ContainsFunc(stores, e.of) {
			stores = append(stores, reopen(sys, e))
		}
	}
	return stores
}

// reopen returns the store of an entry.
func reopen(sys System, e Entry) Store {
	switch e.Kind {
	case kindNSS:
		return &nssDatabase{sys: sys, name: e.Store, dir: e.Where, reader: e.Program}
	case kindPolicies:
		if f := newFirefoxPolicies(sys); e.of(f) {
			return f
		}
	case kindJava:
		if home, found := homeOf(e.Where); found {
			return &javaStore{sys: sys, name: e.Store, home: home, file: e.Where}
		}
	}
	return &lostStore{e}
}

// lostStore is a store of a receipt that nothing is found of, or nothing that can be changed.
type lostStore struct{ entry Entry }

func (s *lostStore) Name() string  { return s.entry.Store }
func (s *lostStore) Where() string { return s.entry.Where }
func (s *lostStore) Kind() string  { return s.entry.Kind }

func (s *lostStore) Check(context.Context, *certs.Root) Status {
	if _, err := os.Stat(s.entry.Where); errors.Is(err, fs.ErrNotExist) {
		return Status{State: Absent, Reason: "it is no longer on this machine"}
	}
	return cannot(&Problem{
		Reason: "it trusted the CA once, and is not found now as a store that can be read",
		Fix:    "install again what it belonged to, then run culvert untrust",
	})
}

func (s *lostStore) Add(context.Context, *certs.Root) error    { return nil }
func (s *lostStore) Remove(context.Context, *certs.Root) error { return nil }
