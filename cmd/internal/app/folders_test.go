package app

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"
)

func TestCulvertHomeHoldsEverything(t *testing.T) {
	t.Setenv("CULVERT_HOME", "/h")
	f, err := FindFolders()
	if err != nil {
		t.Fatal(err)
	}
	home, err := filepath.Abs("/h")
	if err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"config": f.Config, "data": f.Data, "state": f.State, "cache": f.Cache, "run": f.Run,
	} {
		if dir != filepath.Join(home, name) {
			t.Errorf("%s is %s", name, dir)
		}
	}
}

func TestRunFolderFallsBackToTheStateFolder(t *testing.T) {
	t.Setenv("CULVERT_HOME", "")
	t.Setenv("XDG_STATE_HOME", "/s")
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(t.TempDir(), "nowhere"))
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	f, err := FindFolders()
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(f.State, "run"); f.Run != want {
		t.Errorf("run is %s, want %s", f.Run, want)
	}
}

func TestOneLineIsOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"a":                "a",
		"a\nb\nc":          "a; and 2 more",
		"a \x1b[31mred":    "a \uFFFD[31mred",
		"中文 \u0085 \u009b": "中文 \uFFFD \uFFFD",
	} {
		if got := OneLine(errors.New(text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLockIsFreedByItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "lock")
	l, err := try(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryQuietly(path); !errors.Is(err, errLocked) {
		t.Errorf("taken twice: %v", err)
	}
	if pid := holder(path); pid != os.Getpid() {
		t.Errorf("the holder is %d, want %d", pid, os.Getpid())
	}
	l.release()
	l, err = acquire(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l.release()
	if pid := holder(path); pid != 0 {
		t.Errorf("a free lock names %d", pid)
	}
}
