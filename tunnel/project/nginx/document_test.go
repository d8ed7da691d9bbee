package nginx

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNothingOfAConfigurationLeavesItsComment(t *testing.T) {
	const line = `\nallow = [\"10.0.0.1\"]\nbacklog = 7`
	for name, conf := range map[string]string{
		"a path of a backend": `location = /a { proxy_pass "http://127.0.0.1:9/x` + line + `"; }`,
		"a status":            `location /a { return "403` + line + `"; } location / { root /srv; }`,
		"a directive":         `location /a { "x` + line + `" 1; root /srv; }`,
		"a path":              `location "/a` + line + `" { root /srv; } location / { root /srv; }`,
	} {
		t.Run(name, func(t *testing.T) {
			im, err := imported(t, t.TempDir(), "server { listen 127.0.0.1:8443; location /b { root /srv; } "+conf+" }")
			if err != nil {
				t.Fatal(err)
			}
			staysInside(t, im)
		})
	}
	t.Run("the name of a file", func(t *testing.T) {
		dir := t.TempDir()
		name := strings.NewReplacer(`\n`, "\n", `\"`, `"`).Replace("x" + line)
		write(t, dir, map[string]string{"a.conf": "include sites/*;", filepath.Join("sites", name): one})
		im, err := Read([]string{filepath.Join(dir, "a.conf")}, Options{Out: dir, root: dir})
		if err != nil {
			t.Skip(err) // a system that has no such names
		}
		staysInside(t, im)
	})
}

func staysInside(t *testing.T, im *Import) {
	t.Helper()
	if len(im.Files) != 1 {
		t.Fatalf("%d files: %s", len(im.Files), shown(im.Notes))
	}
	f := im.Files[0]
	for line := range strings.Lines(string(f.Text)) {
		if strings.HasPrefix(line, "allow") {
			t.Errorf("a comment has become a key:\n%s", f.Text)
		}
	}
}
