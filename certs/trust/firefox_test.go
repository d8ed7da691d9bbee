package trust

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseProfiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		ini  string
		want []string
	}{
		{"what Firefox writes", `[3B6073811A6ABF12]
Default=v48gkm0m.default-esr
Locked=1

[Profile1]
Name=default
IsRelative=1
Path=fc7st427.default
Default=1

[Profile0]
Name=default-esr
IsRelative=1
Path=v48gkm0m.default-esr

[General]
StartWithLastProfile=1
Version=2
`, []string{"/ff/fc7st427.default", "/ff/v48gkm0m.default-esr"}},
		{"a profile elsewhere", "[Profile0]\nIsRelative=0\nPath=/data/my profile\n", []string{"/data/my profile"}},
		{"the path before the kind of path", "[Profile0]\nPath=/data/p\nIsRelative=0\n", []string{"/data/p"}},
		{"a relative path in a subfolder", "[Profile0]\nIsRelative=1\nPath=Profiles/a.b\n", []string{"/ff/Profiles/a.b"}},
		{"lines as Windows ends them", "[Profile0]\r\nIsRelative=1\r\nPath=a.b\r\n", []string{"/ff/a.b"}},
		{"no end of line", "[Profile0]\nPath=a.b", []string{"/ff/a.b"}},
		{"an absolute path that is none", "[Profile0]\nIsRelative=0\nPath=a.b\n", nil},
		{"a path outside any profile", "Path=a.b\n[General]\nPath=c.d\n", nil},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := parseProfiles(tt.ini, "/ff"); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParseProfiles(f *testing.F) {
	f.Add("[Profile0]\nIsRelative=0\nPath=/data/p\n")
	f.Add("[Profile0]\nPath=a\n[Profile1]\r\nPath=../../b")
	f.Fuzz(func(t *testing.T, ini string) {
		for _, dir := range parseProfiles(ini, "/ff") {
			if !filepath.IsAbs(dir) || dir != filepath.Clean(dir) {
				t.Errorf("%q has the profile %q", ini, dir)
			}
		}
	})
}

func TestEveryProfileOfEveryFirefoxIsTrusted(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.tool("certutil", "libnss3-tools")
	config := filepath.Join(m.home, "cfg")
	m.sys.Env = append(m.sys.Env, "XDG_CONFIG_HOME="+config)
	elsewhere := m.inHome("my profiles/work")
	places := map[string]string{ // profiles.ini to the store's name
		".mozilla/firefox":                                    "firefox",
		"cfg/mozilla/firefox":                                 "firefox",
		"snap/firefox/common/.mozilla/firefox":                "firefox-snap",
		".var/app/org.mozilla.firefox/.mozilla/firefox":       "firefox-flatpak",
		".var/app/org.mozilla.firefox/config/mozilla/firefox": "firefox-flatpak",
	}
	var names []string
	for place, name := range places {
		id := strings.ReplaceAll(strings.Trim(place, "."), "/", "-")
		m.database(place + "/" + id + ".used")
		m.inHome(place + "/" + id + ".new") // Firefox makes some profiles without using them
		m.writeHome(place+"/profiles.ini", "[Profile0]\nPath="+id+".used\n[Profile1]\nPath="+id+".new\n[Profile2]\nPath=deleted\n")
		names = append(names, name+"/"+id+".used", name+"/"+id+".new")
	}
	m.inHome(".config/mozilla/firefox/unread") // XDG_CONFIG_HOME says otherwise
	m.writeHome(".config/mozilla/firefox/profiles.ini", "[Profile0]\nPath=unread\n")
	m.writeHome(".mozilla/firefox/profiles.ini", "[Profile0]\nPath=mozilla-firefox.used\n[Profile1]\nPath=mozilla-firefox.new\n"+
		"[Profile2]\nIsRelative=0\nPath="+elsewhere+"\n[Profile3]\nPath=../firefox/mozilla-firefox.used\n")
	names = append(names, "firefox/work")

	root := newRoot(t)
	var trusted []string
	for _, r := range Add(t.Context(), m.sys, firefoxStores(m.sys), root) {
		wantStatus(t, r.Store.Name(), r.Status, Trusted)
		trusted = append(trusted, r.Store.Name())
	}
	slices.Sort(trusted)
	slices.Sort(names)
	if !slices.Equal(trusted, names) {
		t.Errorf("trusted in\n%s\nwant\n%s", strings.Join(trusted, "\n"), strings.Join(names, "\n"))
	}
}

func TestFirefoxThatHasNeverRun(t *testing.T) {
	t.Parallel()
	root := newRoot(t)
	t.Run("is not there", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		want(t, findStore(t, m.sys, "firefox"), root, Absent, "not installed")
	})
	t.Run("is told of before it is started", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		m.script("/usr/bin/firefox", "exit 1")
		want(t, findStore(t, m.sys, "firefox"), root, NotTrusted, "no profile yet")
	})
	t.Run("does not start", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		m.tool("certutil", "libnss3-tools")
		m.script("/usr/bin/firefox", "echo no such display >&2; exit 1")
		result := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "firefox")}, root)[0]
		wantStatus(t, "firefox", result.Status, Cannot, "start Firefox once, then run culvert trust again")
		if !said(result.Status.Err, "no such display") {
			t.Errorf("what it printed is lost: %v", result.Status.Err)
		}
	})
	t.Run("is not started without certutil", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		m.script("/usr/bin/firefox", `touch "$R/started"`)
		result := Add(t.Context(), m.sys, []Store{findStore(t, m.sys, "firefox")}, root)[0]
		wantStatus(t, "firefox", result.Status, Cannot, "certutil is not installed")
		if isFile(filepath.Join(m.root, "started")) {
			t.Error("it was started for nothing")
		}
	})
}
