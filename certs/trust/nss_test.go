package trust

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"culvert/certs"
)

// firefoxProfile makes a machine with certutil and one profile of Firefox, and returns that profile's store and folder.
func firefoxProfile(t *testing.T) (*machine, Store, string) {
	t.Helper()
	m := newMachine(t)
	m.tool("certutil", "libnss3-tools")
	dir := m.database(".mozilla/firefox/x.default")
	m.writeHome(".mozilla/firefox/profiles.ini", "[Profile0]\nPath=x.default\n")
	return m, findStore(t, m.sys, "firefox/x.default"), dir
}

func TestDatabaseIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	_, store, dir := firefoxProfile(t)
	certutil(t, dir, "-A", "-t", "CT,C,", "-n", "company CA, old", "-i", newRoot(t).File())
	certutil(t, dir, "-A", "-t", ",,", "-n", "an intermediate", "-i", newRoot(t).File())
	before := certutil(t, dir, "-L")
	testStore(t, store)
	if after := certutil(t, dir, "-L"); after != before {
		t.Errorf("the database holds\n%s\nbefore:\n%s", after, before)
	}
}

func TestRootIsFoundUnderAnyNickname(t *testing.T) {
	t.Parallel()
	for _, nick := range []string{"my CA", "with:colon", "Culvert CA, mine  (2)", "büro"} {
		t.Run(nick, func(t *testing.T) {
			t.Parallel()
			_, store, dir := firefoxProfile(t)
			root := newRoot(t)
			certutil(t, dir, "-A", "-t", "C,,", "-n", nick, "-i", root.File())
			want(t, store, root, Trusted)
			if err := store.Remove(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			want(t, store, root, NotTrusted)
		})
	}
}

func TestCertificateWithoutTrustIsNotTrusted(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{",,", "p,,", "P,,", ",C,C", "c,,"} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			_, store, dir := firefoxProfile(t)
			root := newRoot(t)
			certutil(t, dir, "-A", "-t", flags, "-n", "bare", "-i", root.File())
			want(t, store, root, NotTrusted, "without trust")
			if err := store.Add(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			want(t, store, root, Trusted)
		})
	}
}

func TestDatabaseThatCannotBeChanged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(t *testing.T, m *machine, dir string)
		words []string
	}{
		{"a primary password", func(t *testing.T, m *machine, dir string) {
			old, secret := filepath.Join(m.home, "old"), filepath.Join(m.home, "new")
			m.writeHome("old", "\n")
			m.writeHome("new", "correct horse\n")
			certutil(t, dir, "-W", "-f", old, "-@", secret)
		}, []string{"primary password", "import"}},
		{"a database that is not one", func(t *testing.T, _ *machine, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "cert9.db"), []byte("not a database at all"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"cert9.db", "damaged", "move the file away"}},
		{"a database that is one only at its beginning", func(t *testing.T, _ *machine, dir string) {
			file := filepath.Join(dir, "cert9.db")
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i := range data[100:] {
				data[100+i] ^= 0x55
			}
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"cert9.db", "damaged", "move the file away"}},
		{"an empty database file", func(t *testing.T, _ *machine, dir string) {
			if err := os.Truncate(filepath.Join(dir, "cert9.db"), 0); err != nil {
				t.Fatal(err)
			}
		}, []string{"cert9.db", "damaged"}},
		{"a database that another program has for itself", func(t *testing.T, _ *machine, dir string) {
			lock(t, dir, "EXCLUSIVE")
		}, []string{"another program", "close Firefox"}},
		{"a database that another program writes to", func(t *testing.T, _ *machine, dir string) {
			lock(t, dir, "IMMEDIATE")
		}, []string{"another program", "close Firefox"}},
		{"no certutil on Debian", func(t *testing.T, m *machine, _ string) {
			m.write("/etc/os-release", "ID=debian\n", 0o644)
			m.removeTool("certutil")
		}, []string{"certutil is not installed", "apt-get install libnss3-tools"}},
		{"no certutil on Fedora", func(t *testing.T, m *machine, _ string) {
			m.write("/etc/os-release", "ID=fedora\n", 0o644)
			m.removeTool("certutil")
		}, []string{"certutil is not installed", "dnf install nss-tools"}},
		{"no certutil on a relative of Arch", func(t *testing.T, m *machine, _ string) {
			m.write("/etc/os-release", "ID=endeavouros\nID_LIKE=arch\n", 0o644)
			m.removeTool("certutil")
		}, []string{"certutil is not installed", "pacman -S nss"}},
		{"no certutil on an unknown system", func(t *testing.T, m *machine, _ string) {
			m.removeTool("certutil")
		}, []string{"certutil is not installed", "libnss3-tools", "mozilla-nss-tools"}},
		{"a certutil that does something else", func(t *testing.T, m *machine, _ string) {
			m.removeTool("certutil")
			m.script("/usr/bin/certutil", "echo unknown option >&2; exit 7")
		}, []string{"exit status 7", "unknown option"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, store, dir := firefoxProfile(t)
			tt.spoil(t, m, dir)
			root := newRoot(t)
			result := Add(t.Context(), m.sys, []Store{store}, root)[0]
			wantStatus(t, store.Name(), result.Status, Cannot, tt.words...)
			if result.Changed {
				t.Error("it says that something changed")
			}
		})
	}
}

func TestPasswordLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	m, store, dir := firefoxProfile(t)
	m.writeHome("old", "\n")
	m.writeHome("new", "correct horse\n")
	certutil(t, dir, "-W", "-f", filepath.Join(m.home, "old"), "-@", filepath.Join(m.home, "new"))
	before := certutil(t, dir, "-L")
	if err := store.Add(t.Context(), newRoot(t)); err == nil {
		t.Fatal("the password was not needed")
	}
	if after := certutil(t, dir, "-L"); after != before {
		t.Errorf("the database holds\n%s\nbefore:\n%s", after, before)
	}
}

func TestErrorKeepsCommandAndOutput(t *testing.T) {
	t.Parallel()
	m, store, _ := firefoxProfile(t)
	m.removeTool("certutil")
	m.script("/usr/bin/certutil", "echo first; echo second >&2; exit 7")
	status := store.Check(t.Context(), newRoot(t))
	failed, exit := (*CommandError)(nil), (*exec.ExitError)(nil)
	if !errors.As(status.Err, &failed) || !errors.As(status.Err, &exit) || exit.ExitCode() != 7 {
		t.Fatalf("the error is %#v", status.Err)
	}
	if failed.Output != "first\nsecond\n" || !strings.Contains(failed.Command.String(), "certutil -L -d sql:") {
		t.Errorf("command %q printed %q", failed.Command, failed.Output)
	}
}

func TestCommandThatHangsIsEnded(t *testing.T) {
	t.Parallel()
	m, store, _ := firefoxProfile(t)
	m.removeTool("certutil")
	ctx, cancel := context.WithCancel(t.Context())
	m.sys.Run = func(ctx context.Context, c Command) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return nil, &CommandError{Command: c, Err: ctx.Err()}
	}
	m.script("/usr/bin/certutil", "")
	store = findStore(t, m.sys, store.Name())
	if status := store.Check(ctx, newRoot(t)); !errors.Is(status.Err, context.Canceled) {
		t.Errorf("the error is %v", status.Err)
	}
}

func (m *machine) removeTool(name string) {
	m.t.Helper()
	if err := os.Remove(filepath.Join(m.root, "usr/bin", name)); err != nil {
		m.t.Fatal(err)
	}
}

// lock holds an SQLite lock on a profile's database in another process, as a browser does, until the test ends.
func lock(t *testing.T, dir, kind string) {
	t.Helper()
	const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN " + sys.argv[2])
print("locked", flush=True)
sys.stdin.read()`
	cmd := exec.Command("python3", "-c", script, filepath.Join(dir, "cert9.db"), kind)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (run: apt-get install python3)", err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the database could not be locked: %q, %v", line, err)
	}
}

func TestParseNSSList(t *testing.T) {
	t.Parallel()
	const list = `
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

Culvert CA 19ea36ca                                          C,,  
a name, with, commas                                         CTu,Cu,Cu
NSS Certificate DB:aa:bb                                     ,,   
`
	want := []nssEntry{{"Culvert CA 19ea36ca", "C,,"}, {"a name, with, commas", "CTu,Cu,Cu"}, {"NSS Certificate DB:aa:bb", ",,"}}
	got := parseNSSList(list)
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func FuzzParseNSSList(f *testing.F) {
	f.Add("Culvert CA 19ea36ca                                          C,,  \n")
	f.Add("x ,,\r\n,,")
	f.Fuzz(func(t *testing.T, out string) {
		for _, e := range parseNSSList(out) {
			if e.nickname == "" || strings.TrimSpace(e.nickname) == "" || strings.Count(e.flags, ",") != 2 {
				t.Errorf("%q has the entry %q", out, e)
			}
		}
	})
}

func TestHoldsReadsEveryBlock(t *testing.T) {
	t.Parallel()
	first, second, third := newRoot(t), newRoot(t), newRoot(t)
	data := append(append([]byte("# a comment\n"), first.PEM()...), second.PEM()...)
	for root, want := range map[*certs.Root]bool{first: true, second: true, third: false} {
		if holds(data, root) != want {
			t.Errorf("holds is %v", !want)
		}
	}
}
