package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"culvert/certs/trust"
)

// of returns the state of the store of that name.
func (tr Trust) of(t *testing.T, name string) trust.State {
	t.Helper()
	for _, r := range tr.Results {
		if r.Store.Name() == name {
			return r.Status.State
		}
	}
	t.Fatalf("no store %s among %d", name, len(tr.Results))
	return trust.Absent
}

func TestTrustOfOneStoreAndBack(t *testing.T) {
	if _, err := exec.LookPath("certutil"); err != nil {
		t.Fatal("certutil is not installed (apt-get install libnss3-tools)")
	}
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	before := a.Trust(t.Context())
	if before.of(t, "chromium") != trust.NotTrusted || !strings.HasPrefix(before.Authority, "Culvert CA ") ||
		before.Fingerprint != a.CA().Fingerprint() || before.File != a.CA().File() {
		t.Errorf("before: %+v", before)
	}
	got, err := a.AddTrust(t.Context(), "chromium")
	if err != nil || len(got.Results) != 1 || got.of(t, "chromium") != trust.Trusted || !got.Results[0].Changed {
		t.Errorf("added: %+v, %v", got, err)
	}
	if a.Trust(t.Context()).of(t, "chromium") != trust.Trusted {
		t.Error("it does not stay")
	}
	for _, name := range a.Distrusting(t.Context()) {
		if name == "chromium" {
			t.Error("chromium is said not to trust the CA")
		}
	}
	got, err = a.RemoveTrust(t.Context(), "chromium")
	if err != nil || got.of(t, "chromium") != trust.NotTrusted {
		t.Errorf("removed: %+v, %v", got, err)
	}
	if _, err := a.AddTrust(t.Context(), "chromium", "nowhere"); err == nil || !strings.Contains(err.Error(), "store nowhere: not found (found: ") {
		t.Errorf("an unknown store: %v", err)
	}
}

func TestTheStoresAreThoseOfTheMachineThatIsGiven(t *testing.T) {
	bare := trust.System{Root: t.TempDir()}
	a := openForTest(t, Options{Folders: foldersForTest(t), System: func() trust.System { return bare }})
	if a.Trust(t.Context()).of(t, "system") != trust.Absent {
		t.Error("a machine with nothing on it has a store")
	}
	got, err := a.AddTrust(t.Context())
	if err != nil || got.of(t, "system") != trust.Absent {
		t.Errorf("added: %+v, %v", got, err)
	}
}

func TestChangesAreRememberedInTheStateFolder(t *testing.T) {
	folders := foldersForTest(t)
	sys := System(folders, nil)
	if sys.Receipt.File() != filepath.Join(folders.State, "trust.json") || sys.Prompt != nil {
		t.Errorf("the machine is %+v", sys)
	}
	a := openForTest(t, Options{Folders: folders})
	if _, err := a.AddTrust(t.Context(), "chromium"); err != nil {
		t.Fatal(err)
	}
	if e := sys.Receipt.Entries(); len(e) != 1 || e[0].Store != "chromium" {
		t.Errorf("remembered is %+v", e)
	}
	if got, err := a.RemoveTrust(t.Context(), "chromium"); err != nil || got.Receipt != nil {
		t.Errorf("removed: %+v, %v", got, err)
	}
	if e := sys.Receipt.Entries(); len(e) > 0 {
		t.Errorf("remembered is %+v", e)
	}
}

func TestCommandIsFoundInPathByAnAbsoluteEntry(t *testing.T) {
	dir := t.TempDir()
	command := filepath.Join(dir, "culvert")
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if err := os.WriteFile(command, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if got := commandPath(); got != command {
		t.Errorf("found at %q, want %q", got, command)
	}
	t.Chdir(dir)
	t.Setenv("PATH", ".")
	if got := commandPath(); got != "" {
		t.Errorf("found at %q in the current folder", got)
	}
}
