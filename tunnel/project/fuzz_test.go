package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse feeds any bytes to Parse: each answer is a project that Marshal keeps, or problems that each have a place
// inside the file, a text in one line, and something to do.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(strings.ReplaceAll(whole, "\n", "\r\n")))
	f.Add([]byte("\ufeff" + head + foot))
	f.Add([]byte(head + "listen = [\n  bad,\n]\n[[route]\nto = 5\n[[route]]\nroot.x = '''a\n"))
	f.Add([]byte("route = [{ to = [\"unix:/a\"], set_headers = { A.b = 1 } }]\nname = \"\\u0061\"\n\xb4"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("dir/culvert.toml", data)
		if err == nil {
			again, err := Parse("culvert.toml", p.Marshal())
			if err != nil || !same(p, again) {
				t.Fatalf("Marshal changed %+v to %+v (%v)\n%s", p, again, err, p.Marshal())
			}
			return
		}
		var problems Errors
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("%T %v", err, err)
		}
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		for _, problem := range problems {
			if problem.Line < 1 || problem.Line > len(lines) || problem.Column < 1 ||
				problem.Column > utf8.RuneCountInString(strings.TrimSuffix(lines[problem.Line-1], "\r"))+1 {
				t.Errorf("%v: not inside the file", problem)
			}
			if problem.What == "" || problem.Fix == "" || strings.ContainsAny(problem.Error(), "\n\r\x1b") {
				t.Errorf("%q", problem.Error())
			}
		}
	})
}

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.toml")
	if err := os.WriteFile(file, []byte(strings.Repeat("# much\n", maxSize/4)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file)
	if err == nil || !strings.HasSuffix(err.Error(), ":1:1: the file is larger than 1 MiB (name a project file, culvert.toml)") {
		t.Errorf("got %v", err)
	}
}
