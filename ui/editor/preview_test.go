package editor

import (
	"strings"
	"testing"

	"culvert/ui/ink"
)

// drawn returns the lines of d with the ink of each span in front.
func drawn(d document) []string {
	var lines []string
	for i := range d.Lines() {
		var b strings.Builder
		for _, s := range d.Line(i, nil) {
			if strings.TrimSpace(string(s.Text)) != "" {
				b.WriteString(string(s.Ink) + ":" + string(s.Text) + " ")
			}
		}
		lines = append(lines, strings.TrimSpace(b.String()))
	}
	return lines
}

func TestThePreviewMarksWhatChangesAndWhatIsWrong(t *testing.T) {
	was := "name = \"a\"\n\n[auth]\nuser = 'u' # who\n"
	text := "name = \"a\"\nhosts = []\n\n[auth]\nuser = ''\n"
	got := drawn(newDocument([]byte(text), []byte(was), []int{5}))
	want := []string{
		string(ink.Key) + ":name " + string(ink.Dim) + ":= " + string(ink.String) + ":\"a\"",
		string(ink.Accent) + ":hosts = []",
		"",
		string(ink.Dim) + ":[ " + string(ink.Key) + ":auth " + string(ink.Dim) + ":]",
		string(ink.Error) + ":user = ''",
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d: got\n%s\nwant\n%s", i+1, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// FuzzColoured colours any line: nothing of it is lost.
func FuzzColoured(f *testing.F) {
	f.Add(`set_headers = { "X-From" = "a \" b", x.y = 5 } # "`)
	f.Add(`"""`)
	f.Add(`[[route]]`)
	f.Fuzz(func(t *testing.T, line string) {
		var b strings.Builder
		for _, s := range coloured([]byte(line)) {
			b.Write(s.Text)
		}
		if b.String() != line {
			t.Errorf("%q became %q", line, b.String())
		}
	})
}
