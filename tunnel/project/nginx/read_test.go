package nginx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const one = "server { listen 127.0.0.1:8443; location / { root /srv; } }\n"

// notesOf returns all notes of an import.
func notesOf(im *Import) string {
	text := shown(im.Notes)
	for _, f := range im.Files {
		text += shown(f.Notes)
	}
	return text
}

func TestIncludesAreReadWhereNginxLooksForThem(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"etc/nginx.conf":          "http { include mime.types; include /abs/*.conf; include sites/*; include missing.conf; include none/*.conf; }",
		"etc/sites/a":             "server { listen 127.0.0.1:8001; server_name a.test; include snippets/root.conf; }",
		"etc/sites/.hidden":       "this is { no configuration",
		"etc/sites/b/c":           "not reached by the pattern",
		"etc/snippets/root.conf":  "root /srv; include root2.conf;",
		"etc/snippets/root2.conf": "location /ws { proxy_pass http://127.0.0.1:9000; }",
		"root/abs/x.conf":         "server { listen 127.0.0.1:8002; server_name x.test; location / { root /x; } }",
	})
	if err := os.RemoveAll(filepath.Join(dir, "etc/sites/b")); err != nil {
		t.Fatal(err)
	}
	im, err := Read([]string{filepath.Join(dir, "etc/nginx.conf")}, Options{Out: dir, root: filepath.Join(dir, "root")})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, im)
	var names []string
	for _, f := range im.Files {
		names = append(names, f.Project.Name)
	}
	if strings.Join(names, " ") != "x.test a.test" {
		t.Fatalf("got %v", names)
	}
	if text := string(im.Files[1].Text); !strings.Contains(text, "# snippets/root2.conf:1 location /ws") || !strings.Contains(text, `root = "/srv"`) {
		t.Errorf("got\n%s", text)
	}
	notes := notesOf(im)
	for _, want := range []string{
		"not carried: nginx.conf:1: include missing.conf: the file is not there",
		"needless: nginx.conf:1: include none/*.conf: it matches no file",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in\n%s", want, notes)
		}
	}
}

func TestAFileThatIncludesItselfEnds(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a.conf": one + "include b.conf;",
		"b.conf": "include a.conf; include ./b.conf;",
	})
	im, err := Read([]string{filepath.Join(dir, "a.conf")}, Options{Out: dir, root: dir})
	if err != nil {
		t.Fatal(err)
	}
	if notes := notesOf(im); !strings.Contains(notes, "not carried: b.conf:1: include: it includes itself") {
		t.Errorf("got\n%s", notes)
	}
}

func TestAMistakeInAnIncludeIsFoundThere(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.conf": "\ninclude b.conf;", "b.conf": "server {\n\n  listen 80\n}\n"})
	_, err := Read([]string{filepath.Join(dir, "a.conf")}, Options{Out: dir, root: dir})
	if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, "b.conf")+":4: a } where a ; is due") ||
		!strings.HasSuffix(err.Error(), ", included in "+filepath.Join(dir, "a.conf")+":2") {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNoConfigurationIsAnError(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"empty.conf":  "",
		"none.conf":   "events { }\nhttp { sendfile on; }",
		"binary.conf": "server {\n\x00}",
		"deep.conf":   strings.Repeat("a{", 2000),
		"large.conf":  strings.Repeat("# much\n", maxSize/4),
	})
	for file, want := range map[string]string{
		"empty.conf":  "there is no server in it",
		"none.conf":   "there is no server in it",
		"binary.conf": ":2: a control character",
		"deep.conf":   ":1: too many blocks in blocks",
		"large.conf":  ":1: the file is larger than 1 MiB",
		"missing":     "cannot be read: ",
		".":           "is no file",
	} {
		_, err := Read([]string{filepath.Join(dir, file)}, Options{Out: dir, root: dir})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), filepath.Join(dir, file)) {
			t.Errorf("%s: got %v", file, err)
		}
	}
}

func TestTheLinesOfWindowsAndMarksOfEditorsChangeNothing(t *testing.T) {
	conf := "server {\n  listen 127.0.0.1:8443; # one\n  location / {\n    root /srv;\n  }\n}\n"
	unix := result(t, conf)
	if got := result(t, "\ufeff"+strings.ReplaceAll(conf, "\n", "\r\n")); got != unix {
		t.Errorf("got\n%s\nwant\n%s", got, unix)
	}
}

func TestRelativeFoldersAreBelowThePrefix(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"nginx/conf/nginx.conf": "http { server { listen 127.0.0.1:8443; root html; } }"})
	for prefix, want := range map[string]string{"": `root = "nginx/html"`, filepath.Join(dir, "p"): `root = "p/html"`, "/opt": `root = "/opt/html"`} {
		im, err := Read([]string{filepath.Join(dir, "nginx/conf/nginx.conf")}, Options{Out: dir, Prefix: prefix, root: dir})
		if err != nil {
			t.Fatal(err)
		}
		if text := string(im.Files[0].Text); !strings.Contains(text, want) {
			t.Errorf("prefix %q: no %s in\n%s", prefix, want, text)
		}
	}
}

// FuzzRead imports any text: there is an error with file and line, or what is written can be read, listens on loopback
// only, and each note has its line.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	whole, err := filepath.Glob("testdata/whole/*/*.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, whole...) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, text := range strings.Split(string(data), "\n## ") {
			_, text, _ = strings.Cut(text, "\n")
			conf, _, _ := strings.Cut(text, "---\n")
			f.Add([]byte(conf))
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := parse("a.conf", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "a.conf:") || strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("%q", err)
			}
			return
		}
		im := newImporter(Options{Out: dir, root: dir})
		im.topFile = "a.conf"
		im.finish(tree)
		sound(t, &im.result)
	})
}
