package payload_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"culvert/ui/ink"
	"culvert/ui/payload"
	"culvert/ui/words"
)

func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "en_US.UTF-8")
	if err := words.Load(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// lines returns the text of a document, line by line.
func lines(d payload.Document) []string {
	if d.Lines() == 0 {
		return nil
	}
	return strings.Split(payload.Text(d, 0, d.Lines()), "\n")
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("line %d:\n got %q\nwant %q", i, got[i], want[i])
		}
	}
}

// inked returns a line with the ink of each span before it.
func inked(d payload.Document, i int) string {
	var b strings.Builder
	for _, s := range d.Line(i, nil) {
		fmt.Fprintf(&b, "<%s>%s", s.Ink, s.Text)
	}
	return b.String()
}

var _ = []payload.Document{(*payload.Tree)(nil), (*payload.Lines)(nil), (*payload.Dump)(nil), (*payload.Sheet)(nil)}

func TestTextIsSafeToPaste(t *testing.T) {
	d := payload.Raw([]byte("a\x1b[31m\tb\x00\xff\r\nc"))
	if got, want := payload.Text(d, 0, d.Lines()), "a\\x1b[31m\tb\\x00\uFFFD\r\nc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := payload.Text(d, 1, 99), "c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInksOfATree(t *testing.T) {
	tree, _ := payload.JSON([]byte(`{"a":["x",1,true,null]}`))
	for i, want := range []string{
		"<dim>▾ <foreground>{}<dim> 1 key",
		"<>  <dim>▾ <key>\"a\"<foreground>: <foreground>[]<dim> 4 items",
		"<>    <faint>0: <string>\"x\"",
		"<>    <faint>1: <" + string(ink.Number) + ">1",
		"<>    <faint>2: <number>true",
		"<>    <faint>3: <dim>null",
	} {
		if got := inked(tree, i); got != want {
			t.Errorf("line %d:\n got %s\nwant %s", i, got, want)
		}
	}
}
