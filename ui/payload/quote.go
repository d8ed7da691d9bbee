package payload

import (
	"bytes"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// appendReadable appends part of a JSON string as it is written, but with the printable characters that need no
// escape in place of their \u escapes: many encoders escape all that is not ASCII.
func appendReadable(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			return append(dst, s...)
		}
		dst, s = append(dst, s[:i]...), s[i:]
		r, n := unescape(s)
		if s[1] == 'u' && r >= 0x80 && r != utf8.RuneError && unicode.IsPrint(r) {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
}

// decode returns what a JSON string says; s has its quotes.
func decode(s []byte) []byte {
	s = s[1 : len(s)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return append(out, s...)
		}
		out = append(out, s[:i]...)
		r, n := unescape(s[i:])
		out = utf8.AppendRune(out, r)
		s = s[i+n:]
	}
}

// unescape reads the escape at the start of s, a pair of surrogates as one. A cut escape is itself.
func unescape(s []byte) (r rune, n int) {
	switch s[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r, ok := hex4(s, 2)
		if !ok {
			return utf8.RuneError, 2
		}
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if low, ok := hex4(s, 8); ok {
				if r := utf16.DecodeRune(r, low); r != utf8.RuneError {
					return r, 12
				}
			}
		}
		return utf8.RuneError, 6
	}
	return rune(s[1]), 2
}

// cutString returns the first n bytes of s or a few less, so that neither a rune nor an escape is cut.
func cutString(s []byte, n int) []byte {
	if len(s) <= n {
		return s
	}
	for back := 1; back < utf8.UTFMax && !utf8.RuneStart(s[n]); back++ {
		n--
	}
	for i := 0; i < n; {
		if s[i] != '\\' {
			i++
			continue
		}
		_, size := unescape(s[i:])
		if i+size > n {
			return s[:i]
		}
		i += size
	}
	return s[:n]
}
