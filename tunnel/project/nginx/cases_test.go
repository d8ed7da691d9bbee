package nginx

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/tunnel/project"
)

var update = flag.Bool("update", false, "write what comes out into testdata; look at the difference before you keep it")

// shown returns notes as the tests have them: kind, lines, directive, why.
func shown(notes []Note) string {
	var b strings.Builder
	for _, n := range notes {
		var places []string
		for _, p := range n.Places {
			places = append(places, fmt.Sprintf("%s:%d", filepath.Base(p.File), p.Line))
		}
		fmt.Fprintf(&b, "%s: %s: %s: %s\n", n.Kind, strings.Join(places, " "), n.Directive, n.Why)
	}
	return b.String()
}

// write puts files into a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// imported imports a configuration of one file in a folder.
func imported(t *testing.T, dir, conf string) (*Import, error) {
	t.Helper()
	write(t, dir, map[string]string{
		"site.conf": conf,
		"users":     "# htpasswd\nann:$apr1$x\nbob:$apr1$y\n",
	})
	return Read([]string{filepath.Join(dir, "site.conf")}, Options{Out: dir, root: dir})
}

// result returns what became of the configuration of a case. One that has no server of its own is inside of one, and its
// result is without what every server has.
func result(t *testing.T, conf string) string {
	t.Helper()
	inside := !strings.Contains(conf, "server {")
	if inside {
		conf = "server { listen 127.0.0.1:8443 ssl; server_name app.test; " + conf + "}\n"
	}
	dir := t.TempDir()
	im, err := imported(t, dir, conf)
	if err != nil {
		return strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "") + "\n"
	}
	sound(t, im)
	var b strings.Builder
	for i, f := range im.Files {
		text, _, _ := strings.Cut(string(f.Text), "\n# Not carried over:")
		_, text, _ = strings.Cut(text, "\n")
		if inside {
			text = strings.ReplaceAll(text, "name   = \"app.test\"\n", "")
			text = strings.ReplaceAll(text, "listen = [\"127.0.0.1:8443\"]         # site.conf:1 listen\n", "")
			text = strings.ReplaceAll(text, "hosts  = [\"app.test\", \"localhost\"]  # site.conf:1 server_name\n", "")
		}
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(strings.Trim(text, "\n") + "\n")
	}
	b.WriteString("---\n")
	for _, f := range im.Files {
		b.WriteString(shown(f.Notes))
	}
	b.WriteString(shown(im.Notes))
	text := strings.ReplaceAll(b.String(), dir, "DIR")
	if !inside {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "site.conf:1: listen 127.0.0.1:8443 ssl") }), "")
}

// TestCases reads testdata/cases: below a line "# sentence" a configuration, then behind --- the project file, and behind
// the next --- the notes.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { testCases(t, file) })
	}
}

func testCases(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var now strings.Builder
	for i, text := range strings.Split(string(data), "\n## ") {
		text = strings.TrimPrefix(text, "## ")
		sentence, rest, _ := strings.Cut(text, "\n")
		conf, want, _ := strings.Cut(rest+"\n", "---\n")
		got := result(t, conf)
		if i > 0 {
			now.WriteString("\n")
		}
		fmt.Fprintf(&now, "## %s\n%s---\n%s", sentence, conf, got)
		t.Run(sentence, func(t *testing.T) {
			if strings.TrimSpace(got) != strings.TrimSpace(want) && !*update {
				t.Errorf("from\n%s\ngot\n%s\nwant\n%s", conf, got, want)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhole imports the configurations of the field's own texts, as they stand there, and one like those of Debian.
func TestWhole(t *testing.T) {
	for _, c := range []struct {
		golden string
		files  []string
	}{
		{"reporting", []string{"nginx-demo.conf"}},
		{"chat", []string{"imserver.conf", "appserver.conf", "web.conf", "node.conf"}},
		{"trouble", []string{"wss.conf"}},
		{"proxy", []string{"nginx.conf"}},
		{"debian", []string{"nginx.conf"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			dir := filepath.Join("testdata", "whole", c.golden)
			var files []string
			for _, f := range c.files {
				files = append(files, filepath.Join(dir, f))
			}
			im, err := Read(files, Options{Out: dir, root: dir})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, f := range im.Files {
				fmt.Fprintf(&b, "==== %s.toml\n%s", f.Project.Name, f.Text)
				fmt.Fprintf(&b, "==== notes on %s\n%s", f.Project.Name, shown(f.Notes))
			}
			fmt.Fprintf(&b, "==== notes on no project\n%s", shown(im.Notes))
			golden := filepath.Join("testdata", "whole", c.golden+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("not as in %s, but\n%s", golden, b.String())
			}
		})
	}
}

// sound checks what holds for every import.
func sound(t *testing.T, im *Import) {
	t.Helper()
	notes := slices.Clone(im.Notes)
	names := make(map[string]bool)
	hosts := make(map[string]bool)
	for _, f := range im.Files {
		notes = append(notes, f.Notes...)
		p, err := project.Parse("x/"+f.Project.Name+".toml", f.Text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, f.Text)
		}
		if names[strings.ToLower(p.Name)] {
			t.Errorf("two projects have the name %s", p.Name)
		}
		names[strings.ToLower(p.Name)] = true
		for _, addr := range p.Listen {
			if !strings.HasPrefix(addr, "127.") && !strings.HasPrefix(addr, "[::1]:") {
				t.Errorf("%s listens on %s", p.Name, addr)
			}
			for _, host := range p.Hosts {
				if hosts[host+" at "+addr] {
					t.Errorf("two projects have %s at %s", host, addr)
				}
				hosts[host+" at "+addr] = true
			}
		}
	}
	for _, n := range notes {
		if len(n.Places) == 0 || n.Places[0].Line < 1 || n.Places[0].File == "" || n.Why == "" || strings.ContainsAny(n.Why, "\n\r") {
			t.Errorf("%+v", n)
		}
	}
}
