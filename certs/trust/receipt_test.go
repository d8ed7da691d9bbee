package trust

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs"
)

// kept makes the machine one whose changes are remembered, and returns the file.
func (m *machine) kept() string {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "state", "trust.json")
	m.sys.Receipt = NewReceipt(file)
	return file
}

// recorded are the stores of the receipt, one for each entry.
func (m *machine) recorded() (names []string) {
	m.t.Helper()
	for _, e := range NewReceipt(m.sys.Receipt.File()).Entries() {
		names = append(names, e.Store)
	}
	slices.Sort(names)
	return names
}

func TestReceiptTellsWhatWasAddedWhere(t *testing.T) {
	t.Parallel()
	m, profile, _ := firefoxProfile(t)
	m.debian()
	file := m.kept()
	root := newRoot(t)
	system := findStore(t, m.sys, "system")
	stores := []Store{system, profile, &memoryStore{gone: true}, &memoryStore{name: "-broken", lie: true}}
	Add(t.Context(), m.sys, stores, root)
	if got := m.recorded(); !slices.Equal(got, []string{"firefox/x.default", "system"}) {
		t.Errorf("recorded are %q", got)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	for _, e := range m.sys.Receipt.Entries() {
		if e.Where == "" || e.Kind == "" || e.Fingerprint != root.Fingerprint() || e.Certificate != string(root.PEM()) || e.Added.IsZero() {
			t.Errorf("an entry lacks something: %+v", e)
		}
	}
	data := files(t, filepath.Dir(file))
	Add(t.Context(), m.sys, stores, root)
	wantSame(t, data, files(t, filepath.Dir(file)))
	Remove(t.Context(), m.sys, []Store{profile}, root)
	if got := m.recorded(); !slices.Equal(got, []string{"system"}) {
		t.Errorf("recorded are %q", got)
	}
	Remove(t.Context(), m.sys, stores, root)
	if got := m.recorded(); len(got) > 0 || m.sys.Receipt.Problem() != nil {
		t.Errorf("recorded are %q, %v", got, m.sys.Receipt.Problem())
	}
}

func TestStoreThatIsNoLongerListedIsCleaned(t *testing.T) {
	t.Parallel()
	m, profile, dir := firefoxProfile(t)
	m.kept()
	root := newRoot(t)
	before := certutil(t, dir, "-L")
	addTo(t, m.sys, profile, root)
	m.writeHome(".mozilla/firefox/profiles.ini", "")
	if slices.ContainsFunc(Stores(m.sys), func(s Store) bool { return s.Name() == profile.Name() }) {
		t.Fatal("the profile is listed still")
	}
	left := Recorded(m.sys)
	if len(left) != 1 || left[0].Name() != profile.Name() || left[0].Where() != dir {
		t.Fatalf("recorded are %v", left)
	}
	results := Remove(t.Context(), m.sys, left, root)
	if wantStatus(t, "the profile", results[0].Status, NotTrusted); !results[0].Changed || results[0].Restart != "Firefox" {
		t.Errorf("the result is %+v", results[0])
	}
	if after := certutil(t, dir, "-L"); after != before {
		t.Errorf("the database holds\n%s", after)
	}
	if left := Recorded(m.sys); len(left) > 0 {
		t.Errorf("recorded are %v", left)
	}
}

func TestEverythingIsCleanedWithoutTheCA(t *testing.T) {
	t.Parallel()
	m, profile, dir := firefoxProfile(t)
	m.debian()
	m.script("/usr/bin/firefox", "exit 1")
	before, databaseBefore := files(t, m.root), certutil(t, dir, "-L")
	m.kept()
	var certificates []string
	for range 2 { // the second took the place of the first
		ca := t.TempDir()
		made, err := certs.LoadOrCreate(ca)
		if err != nil {
			t.Fatal(err)
		}
		certificates = append(certificates, made.Fingerprint())
		for _, s := range []Store{findStore(t, m.sys, "system"), profile, findStore(t, m.sys, policiesName)} {
			addTo(t, m.sys, s, made.Root)
		}
		if err := os.RemoveAll(ca); err != nil {
			t.Fatal(err)
		}
	}
	m.sys.UID = 1000
	m.culvert()
	m.script("/usr/bin/pkexec", `echo "$@" >> "$R/asked"; shift; exec "$@"`)
	for _, r := range Remove(t.Context(), m.sys, append(Stores(m.sys), Recorded(m.sys)...)) {
		if r.Status.State != NotTrusted && r.Status.State != Absent {
			t.Errorf("%s is %v", r.Store.Name(), r.Status)
		}
	}
	asked, err := os.ReadFile(filepath.Join(m.root, "asked"))
	if err != nil || strings.Count(string(asked), "\n") != 1 {
		t.Errorf("asked for %q, %v", asked, err)
	}
	for _, c := range certificates {
		if strings.Count(string(asked), c) != 2 {
			t.Errorf("%s is not among what was asked for: %s", c, asked)
		}
	}
	for _, made := range []string{"asked", "usr/bin/culvert", "usr/bin/pkexec"} {
		if err := os.Remove(filepath.Join(m.root, made)); err != nil {
			t.Fatal(err)
		}
	}
	wantSame(t, before, files(t, m.root))
	if after := certutil(t, dir, "-L"); after != databaseBefore {
		t.Errorf("the database holds\n%s", after)
	}
	if got := m.recorded(); len(got) > 0 {
		t.Errorf("recorded are %q", got)
	}
}

func TestCommandToCopyWorksFromTheReceiptAlone(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.debian()
	file := m.kept()
	root := newRoot(t)
	system := findStore(t, m.sys, "system")
	addTo(t, m.sys, system, root)
	m.sys.UID = 1000
	result := Remove(t.Context(), m.sys, []Store{system})[0]
	wantStatus(t, "system", result.Status, Cannot, "run: sudo ", "--ca "+file, "--remove system@"+root.Fingerprint())
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pem, ok := ReceiptCertificates(data)
	if !ok || string(pem) != string(root.PEM()) {
		t.Errorf("the receipt holds %q, %v", pem, ok)
	}
	if _, ok := ReceiptCertificates(root.PEM()); ok {
		t.Error("a certificate is taken for a receipt")
	}
}

func TestReplacedCAsLeaveWithTheirSuccessor(t *testing.T) {
	t.Parallel()
	m, profile, _ := firefoxProfile(t)
	m.kept()
	old, recent := newRoot(t), newRoot(t)
	named, err := certs.CreateNamed(t.TempDir(), []string{"web.example.cn"})
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []*certs.Root{old, recent, named.Root} {
		addTo(t, m.sys, profile, root)
	}
	removeFrom(t, m.sys, profile, recent)
	want(t, profile, old, NotTrusted)
	want(t, profile, named.Root, Trusted) // it is another CA, not an older one
	if got := m.recorded(); len(got) != 1 {
		t.Errorf("recorded are %q", got)
	}
}

func TestStoresOfBeforeAreAdopted(t *testing.T) {
	t.Parallel()
	m, profile, _ := firefoxProfile(t)
	root := newRoot(t)
	addTo(t, m.sys, profile, root) // without a receipt
	m.kept()
	results := Audit(t.Context(), []Store{profile, &memoryStore{}}, root)
	m.sys.Receipt.Adopt(t.Context(), results, root)
	if got := m.recorded(); !slices.Equal(got, []string{"firefox/x.default"}) {
		t.Errorf("recorded are %q", got)
	}
}

func TestDamagedReceiptIsMovedAside(t *testing.T) {
	t.Parallel()
	m, profile, _ := firefoxProfile(t)
	file := m.kept()
	root := newRoot(t)
	addTo(t, m.sys, profile, root)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"no JSON":                    "{",
		"a later version":            strings.Replace(string(good), `"version": 1`, `"version": 2`, 1),
		"another fingerprint":        strings.Replace(string(good), root.Fingerprint(), newRoot(t).Fingerprint(), 1),
		"no place":                   strings.Replace(string(good), profile.Where(), "", 1),
		"a certificate of strangers": strings.Replace(string(good), quoteJSON(string(root.PEM())), quoteJSON(string(internetCA(t))), 1),
	} {
		dir := t.TempDir()
		bad := filepath.Join(dir, "trust.json")
		if err := os.WriteFile(bad, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		m.sys.Receipt = NewReceipt(bad)
		if got := m.sys.Receipt.Entries(); len(got) > 0 {
			t.Errorf("%s: %d entries", name, len(got))
		}
		if err := m.sys.Receipt.Problem(); err == nil || !strings.Contains(err.Error(), "was damaged") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: it is said %v", name, err)
		}
		kept, err := filepath.Glob(bad + ".damaged-*")
		if err != nil || len(kept) != 1 {
			t.Errorf("%s: moved aside is %q, %v", name, kept, err)
			continue
		}
		if content, err := os.ReadFile(kept[0]); err != nil || string(content) != data {
			t.Errorf("%s: moved aside is %q, %v", name, content, err)
		}
		Add(t.Context(), m.sys, []Store{profile}, root) // adopts it again
		if got := m.recorded(); len(got) != 1 {
			t.Errorf("%s: recorded are %q", name, got)
		}
	}
}

func TestUnreadableReceiptIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	m, profile, _ := firefoxProfile(t)
	file := m.kept()
	if err := os.MkdirAll(file, 0o700); err != nil { // a folder in its place
		t.Fatal(err)
	}
	addTo(t, m.sys, profile, newRoot(t))
	if err := m.sys.Receipt.Problem(); err == nil || !isDir(file) {
		t.Errorf("it is said %v", err)
	}
}

func TestRecordedStoreOfAnotherKind(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	file := m.kept()
	root := newRoot(t)
	there := filepath.Join(m.home, "cacerts")
	for _, where := range []string{there, filepath.Join(m.home, "deleted")} {
		m.sys.Receipt.change(func(entries []Entry) []Entry {
			return append(entries, Entry{Store: "java/x", Kind: "java", Where: where, Fingerprint: root.Fingerprint(), Certificate: string(root.PEM())})
		})
	}
	m.writeHome("cacerts", "")
	results := Remove(t.Context(), m.sys, Recorded(m.sys), root)
	wantStatus(t, "the one that is there", results[0].Status, Cannot, "trusted the CA once", "culvert untrust")
	wantStatus(t, "the one that is deleted", results[1].Status, Absent, "no longer on this machine")
	if got := NewReceipt(file).Entries(); len(got) != 1 || got[0].Where != there {
		t.Errorf("recorded are %+v", got)
	}
}

func FuzzParseReceipt(f *testing.F) {
	root := newRoot(f)
	data, err := json.Marshal(receiptFile{Version: 1, Stores: []Entry{{Store: "a", Where: "/b", Fingerprint: root.Fingerprint(), Certificate: string(root.PEM())}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseReceipt(data)
		for _, e := range entries {
			if r := e.root(); err != nil || r == nil || r.Fingerprint() != e.Fingerprint || e.Where == "" {
				t.Errorf("%+v, %v", e, err)
			}
		}
	})
}
