package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// siteConf is a configuration of which something is of each kind of note.
const siteConf = `server {
    listen 127.0.0.1:8443 ssl;
    server_name app.test;
    ssl_protocols SSLv3 TLSv1.2;
    location /ws { proxy_pass http://127.0.0.1:9000; }
    location ~ /\. { deny all; }
    location / { root /srv; autoindex on; sendfile on; }
}
server {
    listen 127.0.0.1:8444;
    server_name other.test;
    location / { root /srv; }
}
`

// withSite is a machine with siteConf in its home.
func withSite(t *testing.T) machine {
	t.Helper()
	m := newMachine(t)
	if err := os.WriteFile(filepath.Join(m.home, "site.conf"), []byte(siteConf), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestImportWritesProjectsThatCanBeAdded(t *testing.T) {
	m := withSite(t)
	out := m.must("import", "nginx", "site.conf", "--out", "made")
	for _, want := range []string{
		filepath.Join("made", "app.test.toml") + " written\n  careful:\n    site.conf:6 location ~ /\\.: ",
		"\n  not carried:\n    site.conf:7 autoindex on: ",
		"\n  insecure:\n    site.conf:4 ssl_protocols SSLv3 TLSv1.2: SSLv3: ",
		"\n  different:\n    site.conf:",
		"\n" + filepath.Join("made", "other.test.toml") + " written\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "sendfile") {
		t.Errorf("what needs nothing is listed without --verbose:\n%s", out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	add := strings.Fields(strings.TrimSuffix(lines[len(lines)-1], " makes them known"))
	if len(add) != 4 || add[0] != "culvert" || add[1] != "add" {
		t.Fatalf("last line: %q", lines[len(lines)-1])
	}
	m.must(add[1:]...)
	if list := m.must("list"); !strings.Contains(list, "app.test") || !strings.Contains(list, "other.test") {
		t.Errorf("got\n%s", list)
	}
}

func TestImportReplacesNothingUnlessItIsForced(t *testing.T) {
	m := withSite(t)
	mine := filepath.Join(m.home, "other.test.toml")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := m.do("import", "nginx", "site.conf")
	if r.code != 1 || r.err != "culvert: import nginx: other.test.toml is there already (choose another folder with --out, or add --force)\n" {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
	if _, err := os.Stat(filepath.Join(m.home, "app.test.toml")); err == nil {
		t.Error("one of the two was written all the same")
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("it holds %q (%v)", text, err)
	}
	m.must("import", "nginx", "site.conf", "--force")
	m.must("check", "app.test.toml", "other.test.toml")
}

func TestImportPrintsTheFilesInstead(t *testing.T) {
	m := withSite(t)
	r := m.do("import", "nginx", "site.conf", "--out", "-", "--verbose")
	if r.code != 0 || !strings.HasPrefix(r.out, "# From site.conf, by culvert import nginx.") || strings.Contains(r.out, "different:") ||
		!strings.Contains(r.err, "needless:\n    site.conf:7 sendfile on: ") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if files, err := filepath.Glob(filepath.Join(m.home, "*.toml")); err != nil || len(files) > 0 {
		t.Errorf("written: %v (%v)", files, err)
	}
}

func TestImportTellsMachines(t *testing.T) {
	m := withSite(t)
	var state struct {
		Files []struct {
			Name, File string
			Notes      []struct {
				Kind, Directive, Why string
				Places               []struct {
					File string
					Line int
				}
			}
		}
		Notes []any
	}
	if err := json.Unmarshal([]byte(m.must("import", "nginx", "site.conf", "--json")), &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Files) != 2 || state.Files[0].Name != "app.test" || state.Files[0].File != "app.test.toml" || state.Notes == nil {
		t.Fatalf("got %+v", state)
	}
	first := state.Files[0].Notes[0]
	if first.Kind != "careful" || first.Places[0].File != "site.conf" || first.Places[0].Line != 6 || first.Why == "" {
		t.Errorf("got %+v", first)
	}
}

func TestImportRefusesWhatIsNoConfiguration(t *testing.T) {
	m := newMachine(t)
	for name, text := range map[string]string{
		"broken.conf": "server {\n  listen 80\n}\n",
		"php.conf":    "server { listen 8080; location / { fastcgi_pass 127.0.0.1:9000; } }\n",
	} {
		if err := os.WriteFile(filepath.Join(m.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"nginx", "broken.conf"}, 1, "culvert: import nginx: broken.conf:3: a } where a ; is due (try nginx -t, which takes only what is whole)\n"},
		{[]string{"nginx", "php.conf"}, 1, "culvert: import nginx: php.conf: nothing in it can be carried (the list above says why)\n"},
		{[]string{"nginx", "missing.conf"}, 1, "culvert: import nginx: missing.conf cannot be read: "},
		{[]string{"nginx"}, 2, "culvert: import: nginx: takes at least one file of nginx"},
		{[]string{"apache", "x"}, 2, `culvert: import: knows nginx, not "apache"`},
		{[]string{"nginx", "a.conf", "--json", "--out", "-"}, 2, "culvert: import: nginx: --json and --out - exclude each other"},
	} {
		r := m.do(append([]string{"import"}, c.args...)...)
		if r.code != c.code || !strings.HasPrefix(r.err, c.err) {
			t.Errorf("%v: exit %d: %s", c.args, r.code, r.err)
		}
	}
}
