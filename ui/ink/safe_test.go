package ink

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"nothing", "", ""},
		{"plain text", "web-chat 王さん 😀 é", "web-chat 王さん 😀 é"},
		{"an accent of its own", "e\u0301", "e\u0301"},
		{"a line end", "a\r\nb", "a\ufffd\ufffdb"},
		{"an escape sequence", "\x1b[31m", "\ufffd[31m"},
		{"a C1 control", "\u009b31m", "\ufffd31m"},
		{"the other direction", "a\u202egnp.exe", "a\ufffdgnp.exe"},
		{"an isolate", "\u2066a\u2069", "\ufffda\ufffd"},
		{"no width", "a\u200bb\ufeffc\u00add", "a\ufffdb\ufffdc\ufffdd"},
		{"a letter without a shape", "a\u3164b", "a\ufffdb"},
		{"a space of another width", "a\u2003b", "a\ufffdb"},
		{"no UTF-8", "a\xffb\xe4\xb8", "a\ufffdb\ufffd\ufffd"},
	} {
		if got := Safe(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestAppendPasteable(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"plain text", "web-chat 王さん 😀", "web-chat 王さん 😀"},
		{"tabs and line ends", "a\tb\r\nc", "a\tb\r\nc"},
		{"an escape sequence", "\x1b[31m\x00\x7f", `\x1b[31m\x00\x7f`},
		{"a C1 control", "\u009b31m", `\u009b31m`},
		{"an emoji of several", "👩\u200d💻", "👩\u200d💻"},
		{"the other direction", "\u202e", "\u202e"},
		{"no UTF-8", "a\xffb", "a\ufffdb"},
	} {
		if got := string(AppendPasteable([]byte("> "), []byte(c.in))); got != "> "+c.want {
			t.Errorf("%s: %q, want %q", c.what, got, "> "+c.want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[0m\u202e\u200b", "\xff\xe4\xb8", "e\u0301 王 😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe := Safe(s)
		if !utf8.ValidString(safe) || strings.ContainsFunc(safe, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is not safe", safe)
		}
		if Safe(safe) != safe {
			t.Errorf("%q is not safe at once", s)
		}
		if utf8.RuneCountInString(safe) != utf8.RuneCountInString(s) {
			t.Errorf("%q has other characters than %q", safe, s)
		}
		pasted := string(AppendPasteable(nil, []byte(s)))
		obeyed := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }
		if !utf8.ValidString(pasted) || strings.ContainsFunc(pasted, obeyed) {
			t.Errorf("%q may not be pasted", pasted)
		}
	})
}
