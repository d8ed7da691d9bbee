package migration

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const readme = "../../../README.md"

// portHeadings are those of the section of README about an integration server's port, in its languages.
var portHeadings = []string{
	"If you come from an integration server's WebSocketSecure port",
	"如果您使用集成服务器的 WebSocketSecure 端口",
}

func TestREADMENamesEveryParameterOfAPort(t *testing.T) {
	var want []string
	for _, p := range parameters {
		want = append(want, p.name)
	}
	for _, heading := range portHeadings {
		var got []string
		for line := range strings.Lines(section(t, heading)) {
			if cells := strings.Split(line, "|"); len(cells) == 4 && !strings.HasPrefix(cells[1], "---") {
				got = append(got, strings.Trim(cells[1], " "))
			}
		}
		if len(got) == 0 || !slices.Equal(got[1:], want) { // the first row is the table's head
			t.Errorf("%s has rows for %q, want them for %q", heading, got, want)
		}
	}
}

func TestREADMEShowsProjectFilesThatTheTestsServe(t *testing.T) {
	files, err := filepath.Glob("testdata/*/culvert.toml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	section(t, portHeadings[0])
	for _, file := range files {
		keys := withoutComments(read(t, file))
		n := 0
		for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(read(t, readme), -1) {
			if withoutComments(block[1]) == keys {
				n++
			}
		}
		if n != len(portHeadings) {
			t.Errorf("README shows %s %d times, want once for each language", file, n)
		}
	}
}

// withoutComments is a project file less its comments, which are in the language of their readers.
func withoutComments(file string) string {
	return regexp.MustCompile(`(?m)[ \t]*#.*$`).ReplaceAllString(file, "")
}

// section returns what follows a heading of README, up to the next.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, readme), " "+heading+"\n")
	if !found {
		t.Fatalf("README has no section %q", heading)
	}
	before, _, _ := strings.Cut(rest, "\n#")
	return before
}
