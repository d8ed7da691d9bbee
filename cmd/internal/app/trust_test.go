package app

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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
	auth, root := a.Authorities(), a.Roots()[0]
	audit := func() Trust {
		found, err := auth.Audit(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if audit().of(t, "chromium") != trust.NotTrusted {
		t.Error("a new CA is trusted")
	}
	got, err := auth.Add(t.Context(), root, "chromium")
	if err != nil || len(got.Results) != 1 || got.of(t, "chromium") != trust.Trusted || !got.Results[0].Changed {
		t.Errorf("added: %+v, %v", got, err)
	}
	if audit().of(t, "chromium") != trust.Trusted {
		t.Error("it does not stay")
	}
	if slices.Contains(a.Distrusting(t.Context()), "chromium") {
		t.Error("chromium is said not to trust the CA")
	}
	got, err = auth.Remove(t.Context(), root, "chromium")
	if err != nil || got.of(t, "chromium") != trust.NotTrusted {
		t.Errorf("removed: %+v, %v", got, err)
	}
	if _, err := auth.Add(t.Context(), root, "chromium", "nowhere"); err == nil || !strings.Contains(err.Error(), "store nowhere: not found (found: ") {
		t.Errorf("an unknown store: %v", err)
	}
}

func TestTheStoresAreThoseOfTheMachineThatIsGiven(t *testing.T) {
	bare := trust.System{Root: t.TempDir()}
	a := openForTest(t, Options{Folders: foldersForTest(t), System: func() trust.System { return bare }})
	found, err := a.Authorities().Audit(t.Context(), a.Roots()[0])
	if err != nil || found.of(t, "system") != trust.Absent {
		t.Errorf("a machine with nothing on it has a store: %+v, %v", found, err)
	}
	got, err := a.Authorities().Add(t.Context(), a.Roots()[0])
	if err != nil || got.of(t, "system") != trust.Absent {
		t.Errorf("added: %+v, %v", got, err)
	}
}

func TestStoreThatIsNotNeededIsChosenByItsName(t *testing.T) {
	empty := &trust.CommandError{Output: "No Trust Settings were found: the item could not be found", Err: errors.New("exit status 1")}
	mac := trust.System{
		GOOS: "darwin", Env: []string{"HOME=/Users/dev"},
		Run: func(context.Context, trust.Command) ([]byte, error) { return nil, empty },
	}
	root := openForTest(t, Options{Folders: foldersForTest(t)}).Roots()[0]
	for _, tt := range []struct {
		names []string
		want  trust.State
	}{
		{nil, trust.Absent},
		{[]string{"macos-system"}, trust.NotTrusted},
	} {
		chosen, err := ChooseStores(trust.Stores(mac), tt.names...)
		if err != nil {
			t.Fatal(err)
		}
		results := trust.Audit(t.Context(), chosen, root)
		if last := results[len(results)-1]; last.Store.Name() != "macos-system" || last.Status.State != tt.want {
			t.Errorf("%q chose %s, which is %v", tt.names, last.Store.Name(), last.Status)
		}
	}
}

func TestChangesAreRememberedInTheStateFolder(t *testing.T) {
	folders := foldersForTest(t)
	sys := System(folders, nil)
	if sys.Receipt.File() != filepath.Join(folders.State, "trust.json") || sys.Prompt != nil {
		t.Errorf("the machine is %+v", sys)
	}
	a := openForTest(t, Options{Folders: folders})
	if _, err := a.Authorities().Add(t.Context(), a.Roots()[0], "chromium"); err != nil {
		t.Fatal(err)
	}
	if e := sys.Receipt.Entries(); len(e) != 1 || e[0].Store != "chromium" {
		t.Errorf("remembered is %+v", e)
	}
	if got, err := a.Authorities().Remove(t.Context(), a.Roots()[0], "chromium"); err != nil || got.Receipt != nil {
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
	if got := Command(); got != command {
		t.Errorf("found at %q, want %q", got, command)
	}
	t.Chdir(dir)
	t.Setenv("PATH", ".")
	if got := Command(); got != "" {
		t.Errorf("found at %q in the current folder", got)
	}
}
