package trust

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"

	"culvert/certs"
)

// TestEveryStoreKeepsThePromises runs one and the same test on every kind of store.
func TestEveryStoreKeepsThePromises(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		store func(*testing.T, *machine) Store
		trace string // the folder, below the machine's root, that must be as before in the end
	}{
		{"a store in memory", func(*testing.T, *machine) Store { return &memoryStore{} }, ""},
		{"Debian, as root", func(t *testing.T, m *machine) Store {
			m.debian()
			return findStore(t, m.sys, "system")
		}, "/"},
		{"Debian, through sudo", func(t *testing.T, m *machine) Store {
			m.debian()
			m.sudo(&bytes.Buffer{})
			return &elevatedStore{findStore(t, m.sys, "system"), m.sys}
		}, "/"},
		{"the policies of a Firefox, as root", func(t *testing.T, m *machine) Store {
			m.script("/usr/bin/firefox", "exit 1")
			return findStore(t, m.sys, "firefox-policies")
		}, "/"},
		{"the policies of a Firefox that has some", func(t *testing.T, m *machine) Store {
			m.script("/usr/bin/firefox", "exit 1")
			m.write("/etc/firefox/policies/policies.json", somePolicies, 0o640)
			return findStore(t, m.sys, "firefox-policies")
		}, "/"},
		{"the policies of a Firefox, through sudo", func(t *testing.T, m *machine) Store {
			m.script("/usr/bin/firefox", "exit 1")
			m.sudo(&bytes.Buffer{})
			return &elevatedStore{findStore(t, m.sys, "firefox-policies"), m.sys}
		}, "/"},
		{"Fedora", func(t *testing.T, m *machine) Store {
			m.bundler("ID=fedora\n", "/usr/bin/update-ca-trust", "extract",
				"/etc/pki/ca-trust/source/anchors", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")
			return findStore(t, m.sys, "system")
		}, "/"},
		{"Arch", func(t *testing.T, m *machine) Store {
			m.bundler("ID=arch\n", "/usr/bin/trust", "extract-compat",
				"/etc/ca-certificates/trust-source/anchors", "/etc/ca-certificates/extracted/tls-ca-bundle.pem")
			return findStore(t, m.sys, "system")
		}, "/"},
		{"SUSE", func(t *testing.T, m *machine) Store {
			m.bundler("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n", "/usr/sbin/update-ca-certificates", "",
				"/etc/pki/trust/anchors", "/var/lib/ca-certificates/ca-bundle.pem")
			return findStore(t, m.sys, "system")
		}, "/"},
		{"a Chromium that has run", func(t *testing.T, m *machine) Store {
			m.tool("certutil", "libnss3-tools")
			m.database(".local/share/pki/nssdb")
			return findStore(t, m.sys, "chromium")
		}, ""},
		{"a Chromium that has never run", func(t *testing.T, m *machine) Store {
			m.tool("certutil", "libnss3-tools")
			m.script("/usr/bin/chromium", "exit 1")
			return findStore(t, m.sys, "chromium")
		}, ""},
		{"a profile of Firefox", func(t *testing.T, m *machine) Store {
			m.tool("certutil", "libnss3-tools")
			m.database(".mozilla/firefox/x.default")
			m.writeHome(".mozilla/firefox/profiles.ini", "[Profile0]\nPath=x.default\n")
			return findStore(t, m.sys, "firefox/x.default")
		}, ""},
		{"a Firefox that has never run", func(t *testing.T, m *machine) Store {
			m.tool("certutil", "libnss3-tools")
			m.tool("firefox-esr", "firefox-esr")
			return findStore(t, m.sys, "firefox")
		}, ""},
		{"the login keychain", func(t *testing.T, m *machine) Store {
			m.mac()
			return findStore(t, m.sys, "macos")
		}, ""},
		{"the system keychain, as root", func(t *testing.T, m *machine) Store {
			m.mac()
			m.sys.UID = 0
			return findStore(t, m.sys, "macos-system")
		}, ""},
		{"the roots of Windows, from WSL", func(t *testing.T, m *machine) Store {
			m.wsl()
			return findStore(t, m.sys, "windows")
		}, "/"},
		{"a Java of the form before version 18", func(t *testing.T, m *machine) Store {
			m.java("/opt/jdk")
			return findStore(t, m.sys, "java/jdk")
		}, ""},
		{"a Java of the form since version 18", func(t *testing.T, m *machine) Store {
			pkcs12Keystore(t, m.java("/opt/jdk"), "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE", "-J-Dkeystore.pkcs12.macAlgorithm=NONE")
			return findStore(t, m.sys, "java/jdk")
		}, ""},
		{"a Java whose roots are sealed as PKCS#12", func(t *testing.T, m *machine) Store {
			pkcs12Keystore(t, m.java("/opt/jdk"))
			return findStore(t, m.sys, "java/jdk")
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			store := tt.store(t, m)
			var before string
			if tt.trace != "" {
				before = files(t, filepath.Join(m.root, tt.trace))
			}
			testStore(t, store)
			if tt.trace != "" {
				wantSame(t, before, files(t, filepath.Join(m.root, tt.trace)))
			}
		})
	}
}

// testStore is what every store has to pass, one that is empty of our roots to begin with.
func testStore(t *testing.T, s Store) {
	ours, other := newRoot(t), newRoot(t)
	ctx := t.Context()
	if s.Name() == "" || s.Where() == "" {
		t.Errorf("store %q at %q is hard to find", s.Name(), s.Where())
	}
	do := func(what string, f func(context.Context, *certs.Root) error, root *certs.Root) {
		t.Helper()
		if err := f(ctx, root); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	want(t, s, ours, NotTrusted)
	do("remove what is not there", s.Remove, ours)
	do("add", s.Add, ours)
	want(t, s, ours, Trusted)
	want(t, s, other, NotTrusted)
	do("add again", s.Add, ours)
	want(t, s, ours, Trusted)
	do("add another root", s.Add, other)
	want(t, s, ours, Trusted)
	want(t, s, other, Trusted)
	do("remove", s.Remove, ours)
	want(t, s, ours, NotTrusted)
	want(t, s, other, Trusted)
	do("remove again", s.Remove, ours)
	do("remove the other", s.Remove, other)
	want(t, s, other, NotTrusted)
}

// elevatedStore is a store that is changed in a process of its own, as that of a user who is not root.
type elevatedStore struct {
	Store
	sys System
}

func (s *elevatedStore) Add(ctx context.Context, root *certs.Root) error {
	return s.outcome(Add(ctx, s.sys, []Store{s.Store}, root))
}

func (s *elevatedStore) Remove(ctx context.Context, root *certs.Root) error {
	return s.outcome(Remove(ctx, s.sys, []Store{s.Store}, root))
}

func (s *elevatedStore) outcome(results []Result) error {
	if got := results[0].Status; got.State == Cannot || got.State == Cancelled {
		return errors.New(got.String())
	}
	return nil
}

// memoryStore is a store in memory that fails when it is told to.
type memoryStore struct {
	name  string
	roots map[string]bool
	err   error // of Add and Remove
	lie   bool  // Add and Remove do nothing, and say that all is well
	gone  bool
}

var _ Store = (*memoryStore)(nil)

func (s *memoryStore) Name() string  { return "memory" + s.name }
func (s *memoryStore) Where() string { return "memory" }

func (s *memoryStore) Check(_ context.Context, root *certs.Root) Status {
	switch {
	case s.gone:
		return Status{}
	case s.roots[root.Fingerprint()]:
		return Status{State: Trusted}
	}
	return Status{State: NotTrusted}
}

func (s *memoryStore) Add(_ context.Context, root *certs.Root) error {
	if s.err == nil && !s.lie {
		if s.roots == nil {
			s.roots = map[string]bool{}
		}
		s.roots[root.Fingerprint()] = true
	}
	return s.err
}

func (s *memoryStore) Remove(_ context.Context, root *certs.Root) error {
	if s.err == nil && !s.lie {
		delete(s.roots, root.Fingerprint())
	}
	return s.err
}

// audit is Audit in the form of Add and Remove.
func audit(ctx context.Context, _ System, stores []Store, root *certs.Root) []Result {
	return Audit(ctx, stores, root)
}

func TestOneStoresFailureStopsNoOther(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	broken := errors.New("broken")
	has := func() map[string]bool { return map[string]bool{root.Fingerprint(): true} }
	tests := []struct {
		name    string
		do      func(context.Context, System, []Store, *certs.Root) []Result
		store   *memoryStore
		state   State
		changed bool
	}{
		{"audit of an empty store", audit, &memoryStore{}, NotTrusted, false},
		{"audit of a missing store", audit, &memoryStore{gone: true}, Absent, false},
		{"add", Add, &memoryStore{}, Trusted, true},
		{"add to a store that has it", Add, &memoryStore{roots: has(), err: broken}, Trusted, false},
		{"add to a missing store", Add, &memoryStore{gone: true, err: broken}, Absent, false},
		{"add to a broken store", Add, &memoryStore{err: broken}, Cannot, false},
		{"add to a store that lies", Add, &memoryStore{lie: true}, Cannot, false},
		{"remove", removeOne, &memoryStore{roots: has()}, NotTrusted, true},
		{"remove from a store without it", removeOne, &memoryStore{}, NotTrusted, false},
		{"remove from a missing store", removeOne, &memoryStore{gone: true, err: broken}, Absent, false},
		{"remove from a broken store", removeOne, &memoryStore{roots: has(), err: broken}, Cannot, false},
		{"remove from a store that lies", removeOne, &memoryStore{roots: has(), lie: true}, Cannot, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			last := &memoryStore{name: "-last"}
			results := tt.do(t.Context(), System{}, []Store{tt.store, last}, root)
			if len(results) != 2 || results[1].Store != last || results[1].Status.State == Cannot {
				t.Fatalf("the store behind it was not served: %v", results)
			}
			if got := results[0]; got.Status.State != tt.state || got.Changed != tt.changed {
				t.Errorf("got %v, changed %v", got.Status, got.Changed)
			}
			if tt.store.err != nil && results[0].Status.State == Cannot && !errors.Is(results[0].Status.Err, broken) {
				t.Errorf("the error is lost: %v", results[0].Status.Err)
			}
		})
	}
}

func TestChangeTellsWhichBrowserToRestart(t *testing.T) {
	t.Parallel()
	m, database, _ := firefoxProfile(t)
	root := newRoot(t)
	stores := []Store{database, &memoryStore{}}
	for _, step := range []struct {
		name string
		do   func(context.Context, System, []Store, *certs.Root) []Result
		want string
	}{
		{"add", Add, "Firefox"},
		{"add again", Add, ""},
		{"audit", audit, ""},
		{"remove", removeOne, "Firefox"},
		{"remove again", removeOne, ""},
	} {
		results := step.do(t.Context(), m.sys, stores, root)
		if results[0].Restart != step.want || results[1].Restart != "" {
			t.Errorf("%s: restart %q and %q, want %q", step.name, results[0].Restart, results[1].Restart, step.want)
		}
	}
}

// removeOne is Remove for one root.
func removeOne(ctx context.Context, sys System, stores []Store, root *certs.Root) []Result {
	return Remove(ctx, sys, stores, root)
}
