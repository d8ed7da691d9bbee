package capture

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// AppendSafe appends text from the traffic so that it is safe to print on a terminal, on one line: control characters,
// characters that reorder or hide text, and bytes that are not UTF-8 are escaped as in a Go string.
func AppendSafe(dst, text []byte) []byte {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'x', hex[text[0]>>4], hex[text[0]&15])
		case r == '\\':
			dst = append(dst, '\\', '\\')
		// SECURITY: escape sequences and bidirectional controls from the traffic must not reach a terminal.
		case r < ' ' || r == 0x7F || !unicode.IsPrint(r):
			q := strconv.AppendQuoteRuneToASCII(nil, r)
			dst = append(dst, q[1:len(q)-1]...)
		default:
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
	return dst
}
