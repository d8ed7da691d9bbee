package trust

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// macFirefox gives the machine macOS and a Firefox with one profile, and returns the profile's folder.
func macFirefox(t *testing.T) (*machine, string) {
	t.Helper()
	m := newMachine(t)
	m.mac()
	m.writeHome("Library/Application Support/Firefox/profiles.ini", "[Profile0]\nPath=Profiles/x.default\n\n[Profile1]\nPath=Profiles/gone\n")
	return m, m.inHome("Library/Application Support/Firefox/Profiles/x.default")
}

func TestFirefoxReadsTheRootsOfTheSystem(t *testing.T) {
	t.Parallel()
	m, profile := macFirefox(t)
	root := newRoot(t)
	firefox, login := findStore(t, m.sys, "firefox/x.default"), findStore(t, m.sys, "macos")
	if firefox.Where() != profile {
		t.Errorf("the store is at %s", firefox.Where())
	}
	want(t, firefox, root, NotTrusted, "reads the system's")
	wantStatus(t, "firefox", cannot(firefox.Add(t.Context(), root)), Cannot, "run: culvert trust --store macos")
	results := Add(t.Context(), m.sys, Stores(m.sys), root)
	for _, r := range results {
		if name := r.Store.Name(); name != "macos-system" && r.Status.State != Trusted {
			t.Errorf("%s is %v", name, r.Status)
		}
	}
	if err := firefox.Add(t.Context(), root); err != nil {
		t.Error(err)
	}
	wantStatus(t, "firefox", cannot(firefox.Remove(t.Context(), root)), Cannot, "run: culvert untrust --store macos")
	for _, r := range Remove(t.Context(), m.sys, []Store{login, firefox}, root) {
		wantStatus(t, r.Store.Name(), r.Status, NotTrusted)
	}
}

func TestFirefoxThatDoesNotReadTheRootsOfTheSystem(t *testing.T) {
	t.Parallel()
	const pref = `user_pref("security.enterprise_roots.enabled", `
	tests := []struct {
		name                       string
		prefs, user, compatibility string
		state                      State
		words                      string
	}{
		{"nothing said", "", "", "", Trusted, "reads the system's"},
		{"told to", pref + "true);\n", "", "", Trusted, ""},
		{"told not to", "// Mozilla\nuser_pref(\"a\", 1);\n" + pref + "false);\n", "", "", Cannot, "set security.enterprise_roots.enabled to true"},
		{"the user's own file against it", pref + "true);\n", pref + "false);\n", "", Cannot, "told not to"},
		{"the user's own file for it", pref + "false);\n", pref + "true);\n", "", Trusted, ""},
		{"said twice", pref + "false);\n" + pref + "true);\n", "", "", Trusted, ""},
		{"in a comment", "// " + pref + "false);\n", "", "", Trusted, ""},
		{"an old version", "", "", "[Compatibility]\nLastVersion=115.3.0_2023/2023\n", Cannot, "Firefox 115 does not"},
		{"an old version that is told to", pref + "true);\n", "", "LastVersion=115.3.0_2023/2023\n", Trusted, ""},
		{"the first version that does", "", "", "LastVersion=120.0_2023/2023\n", Trusted, ""},
		{"a version that is none", "", "", "LastVersion=99999999999999999999.0\n", Trusted, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, profile := macFirefox(t)
			for name, data := range map[string]string{"prefs.js": tt.prefs, "user.js": tt.user, "compatibility.ini": tt.compatibility} {
				if err := os.WriteFile(filepath.Join(profile, name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			root := newRoot(t)
			if err := findStore(t, m.sys, "macos").Add(t.Context(), root); err != nil {
				t.Fatal(err)
			}
			status := findStore(t, m.sys, "firefox/x.default").Check(t.Context(), root)
			if status.State != tt.state || !strings.Contains(status.String(), tt.words) {
				t.Errorf("got %v", status)
			}
		})
	}
}

func TestFirefoxOfWindowsIsFound(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.sys.GOOS = "windows"
	m.sys.Env = append(m.sys.Env, "APPDATA="+m.inHome("AppData/Roaming"))
	m.writeHome("AppData/Roaming/Mozilla/Firefox/profiles.ini", "[Profile0]\nPath=Profiles/w.default\n")
	m.inHome("AppData/Roaming/Mozilla/Firefox/Profiles/w.default")
	findStore(t, m.sys, "firefox/w.default")
	for _, s := range Stores(m.sys) {
		if s.Name() == "system" || s.Name() == "chromium" {
			t.Errorf("there is a store %s on Windows", s.Name())
		}
	}
}
