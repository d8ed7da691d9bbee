package ink

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe returns s fit to stand in a line of the window: each character that cannot be seen or that changes how others are
// seen (controls, line ends, bidirectional and zero-width ones), and each byte that is not UTF-8, is U+FFFD in it.
func Safe(s string) string {
	if strings.IndexFunc(s, unseen) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

func unseen(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x3164, 0xFFA0: // fillers of Hangul: letters without a shape
		return true
	}
	return !unicode.IsPrint(r)
}

// AppendPasteable appends text fit to be pasted anywhere, a terminal too: controls other than tabs and line ends are
// written as escapes, and bytes that are not UTF-8 as U+FFFD. All else stays: emoji and many languages are not
// themselves without the zero-width characters.
func AppendPasteable(dst, text []byte) []byte {
	for len(text) > 0 {
		plain := 0
		for plain < len(text) && text[plain] >= ' ' && text[plain] < 0x7f {
			plain++
		}
		if plain > 0 {
			dst, text = append(dst, text[:plain]...), text[plain:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		switch {
		case r == '\t' || r == '\r' || r == '\n':
			dst = append(dst, byte(r))
		case r < ' ' || r == 0x7f:
			dst = fmt.Appendf(dst, `\x%02x`, r)
		case r > 0x7f && r < 0xa0:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
		text = text[n:]
	}
	return dst
}
