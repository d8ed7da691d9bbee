package trust

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChromiumDatabases(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		prepare func(*machine)
		trusted []string // the databases, below the home folder, that hold the root after Add
	}{
		{"no Chromium", func(*machine) {}, nil},
		{"a Chromium that has never run", func(m *machine) {
			m.script("/usr/bin/google-chrome-stable", "exit 1")
		}, []string{".local/share/pki/nssdb"}},
		{"a Chromium that a testing tool brought", func(m *machine) {
			m.inHome(".cache/ms-playwright")
		}, []string{".local/share/pki/nssdb"}},
		{"a database in the new place", func(m *machine) {
			m.database(".local/share/pki/nssdb")
		}, []string{".local/share/pki/nssdb"}},
		{"XDG_DATA_HOME", func(m *machine) {
			m.sys.Env = append(m.sys.Env, "XDG_DATA_HOME="+filepath.Join(m.home, "data"))
			m.script("/usr/bin/chromium", "exit 1")
		}, []string{"data/pki/nssdb"}},
		{"XDG_DATA_HOME that is not absolute", func(m *machine) {
			m.sys.Env = append(m.sys.Env, "XDG_DATA_HOME=data")
			m.script("/usr/bin/chromium", "exit 1")
		}, []string{".local/share/pki/nssdb"}},
		{"a database in the old place alone", func(m *machine) {
			m.database(".pki/nssdb")
			m.script("/usr/bin/chromium", "exit 1")
		}, []string{".pki/nssdb"}},
		{"databases in both places", func(m *machine) {
			m.database(".pki/nssdb")
			m.database(".local/share/pki/nssdb")
		}, []string{".local/share/pki/nssdb", ".pki/nssdb"}},
		{"an old place without a database", func(m *machine) {
			m.inHome(".pki/nssdb")
			m.script("/usr/bin/chromium", "exit 1")
		}, []string{".local/share/pki/nssdb"}},
		{"snaps", func(m *machine) {
			for _, snap := range []string{"chromium", "brave", "opera"} {
				m.database("snap/" + snap + "/current/.pki/nssdb")
			}
		}, []string{"snap/brave/current/.pki/nssdb", "snap/chromium/current/.pki/nssdb", "snap/opera/current/.pki/nssdb"}},
		{"flatpaks", func(m *machine) {
			m.database(".var/app/org.chromium.Chromium/data/pki/nssdb")
			m.database(".var/app/com.brave.Browser/.pki/nssdb")
		}, []string{".var/app/com.brave.Browser/.pki/nssdb", ".var/app/org.chromium.Chromium/data/pki/nssdb"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.tool("certutil", "libnss3-tools")
			tt.prepare(m)
			root := newRoot(t)
			var trusted []string
			for _, r := range Add(t.Context(), m.sys, Stores(m.sys), root) {
				switch r.Status.State {
				case Trusted:
					rel, err := filepath.Rel(m.home, r.Store.Where())
					if err != nil {
						t.Fatal(err)
					}
					trusted = append(trusted, filepath.ToSlash(rel))
				case Absent:
				default:
					t.Errorf("%s is %v", r.Store.Name(), r.Status)
				}
			}
			slices.Sort(trusted)
			if !slices.Equal(trusted, tt.trusted) {
				t.Errorf("trusted in %q, want %q", trusted, tt.trusted)
			}
			if !slices.Contains(tt.trusted, ".pki/nssdb") && isFile(filepath.Join(m.home, ".pki/nssdb/cert9.db")) {
				t.Error("a database was made where it hides the other one")
			}
			for _, dir := range trusted {
				info, err := os.Stat(filepath.Join(m.home, dir))
				if err != nil || info.Mode().Perm() != 0o700 {
					t.Errorf("%s: %v, %v", dir, info.Mode(), err)
				}
			}
		})
	}
}

func TestUserWithoutHome(t *testing.T) {
	t.Parallel()
	for _, home := range []string{"HOME=", "HOME=relative", "X=1"} {
		m := newMachine(t)
		m.sys.Env = []string{home, "PATH=/usr/bin"}
		m.script("/usr/bin/chromium", "exit 1")
		m.script("/usr/bin/firefox", "exit 1")
		for _, r := range Audit(t.Context(), Stores(m.sys), newRoot(t)) {
			if r.Status.State == Trusted {
				t.Errorf("%s: %s is %v", home, r.Store.Name(), r.Status)
			}
		}
	}
}

func TestRootKeepsOutOfAnotherUsersHome(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can meet this")
	}
	m := newMachine(t)
	m.tool("certutil", "libnss3-tools")
	m.script("/usr/bin/chromium", "exit 1")
	if err := os.Chown(m.home, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	store := findStore(t, m.sys, "chromium")
	result := Add(t.Context(), m.sys, []Store{store}, newRoot(t))[0]
	wantStatus(t, "chromium", result.Status, Cannot, "another user", "without sudo")
	if isDir(store.Where()) {
		t.Error("a folder was made")
	}
}
