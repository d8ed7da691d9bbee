package editor

import (
	"slices"
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
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheItemsOfAListAreValuesInEachOfItsLines(t *testing.T) {
	got := drawn(newDocument([]byte("a = [ # [\n \"b\",\n]\nc = { d = [1] }\n"), nil, nil))
	dim, key := string(ink.Dim), string(ink.Key)
	want := []string{
		key + ":a " + dim + ":= " + dim + ":[ " + dim + ":# [",
		string(ink.String) + ":\"b\" " + dim + ":,",
		dim + ":]",
		key + ":c " + dim + ":= " + dim + ":{ " + key + ":d " + dim + ":= " + dim + ":[ " + string(ink.Number) + ":1 " +
			dim + ":] " + dim + ":}",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// FuzzColoured colours any line: nothing of it is lost.
func FuzzColoured(f *testing.F) {
	f.Add(`set_headers = { "X-From" = "a \" b", x.y = 5 } # "`, 0)
	f.Add(`"""`, 0)
	f.Add(`[[route]]`, 0)
	f.Add(`"a", ]`, 1)
	f.Fuzz(func(t *testing.T, line string, n int) {
		var b strings.Builder
		spans, open := coloured([]byte(line), n)
		if n >= 0 && open < 0 {
			t.Errorf("%d brackets are open behind %q", open, line)
		}
		for _, s := range spans {
			b.Write(s.Text)
		}
		if b.String() != line {
			t.Errorf("%q became %q", line, b.String())
		}
	})
}
