package payload

import (
	"bytes"
	"encoding/binary"
)

// value is where a JSON value lies in a text, and how many members or elements it has.
type value struct {
	at, end int
	n       int
}

// skipSpace returns where the white space that begins at i ends.
func skipSpace(p []byte, i int) int {
	for i < len(p) && (p[i] == ' ' || p[i] == '\n' || p[i] == '\r' || p[i] == '\t') {
		i++
	}
	return i
}

// nesting is a stack of open objects and arrays, a bit each: the deepest payload takes little memory and no recursion.
type nesting struct {
	bits  []uint64
	depth int
}

func (s *nesting) push(object bool) {
	if s.depth/64 == len(s.bits) {
		s.bits = append(s.bits, 0)
	}
	bit := uint64(1) << (s.depth % 64)
	if object {
		s.bits[s.depth/64] |= bit
	} else {
		s.bits[s.depth/64] &^= bit
	}
	s.depth++
}

// object reports whether the innermost is an object.
func (s *nesting) object() bool { return s.bits[(s.depth-1)/64]>>((s.depth-1)%64)&1 == 1 }

// check reads the value that begins at i, strictly as RFC 8259 has it, but for the bytes of strings: they need not be
// UTF-8. It reads no further than to the first error.
func check(p []byte, i int) (v value, ok bool) {
	var open nesting
	object := false // the innermost that is open
	v.at = i
	for {
		// A value begins at i.
		if i >= len(p) {
			return v, false
		}
		if c := p[i]; c == '{' || c == '[' {
			if open.depth == 1 {
				v.n++
			}
			object = c == '{'
			open.push(object)
			i = skipSpace(p, i+1)
			if i >= len(p) {
				return v, false
			}
			if p[i] != c+2 { // not empty: ']' is two after '[', '}' after '{'
				if object {
					if i, ok = checkKey(p, i); !ok {
						return v, false
					}
				}
				continue
			}
		} else {
			if open.depth == 1 {
				v.n++
			}
			if i, ok = checkScalar(p, i); !ok {
				return v, false
			}
		}
		// A value ended before i, or a bracket closes at i.
		for {
			if open.depth == 0 {
				v.end = i
				return v, true
			}
			i = skipSpace(p, i)
			if i >= len(p) {
				return v, false
			}
			if p[i] == ',' {
				i = skipSpace(p, i+1)
				if object {
					if i, ok = checkKey(p, i); !ok {
						return v, false
					}
				}
				break
			}
			if object && p[i] != '}' || !object && p[i] != ']' {
				return v, false
			}
			if open.depth--; open.depth > 0 {
				object = open.object()
			}
			i++
		}
	}
}

// checkKey reads a key and its colon, and returns where the value begins.
func checkKey(p []byte, i int) (next int, ok bool) {
	if i >= len(p) || p[i] != '"' {
		return i, false
	}
	if i, ok = checkString(p, i); !ok {
		return i, false
	}
	if i = skipSpace(p, i); i >= len(p) || p[i] != ':' {
		return i, false
	}
	return skipSpace(p, i+1), true
}

func checkScalar(p []byte, i int) (end int, ok bool) {
	switch p[i] {
	case '"':
		return checkString(p, i)
	case 't':
		return i + 4, bytes.HasPrefix(p[i:], []byte("true"))
	case 'f':
		return i + 5, bytes.HasPrefix(p[i:], []byte("false"))
	case 'n':
		return i + 4, bytes.HasPrefix(p[i:], []byte("null"))
	}
	return checkNumber(p, i)
}

func checkString(p []byte, i int) (end int, ok bool) {
	for i = skipPlain(p, i+1); i < len(p); i++ {
		switch c := p[i]; {
		case c == '"':
			return i + 1, true
		case c < ' ':
			return i, false
		case c == '\\':
			i++
			if i >= len(p) {
				return i, false
			}
			switch p[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if _, ok := hex4(p, i+1); !ok {
					return i, false
				}
				i += 4
			default:
				return i, false
			}
		}
	}
	return i, false
}

// skipPlain goes on in a string, eight bytes at once, to where a quote, a backslash or a control is not far.
func skipPlain(p []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(p); i += 8 {
		x := binary.LittleEndian.Uint64(p[i:])
		quote, backslash := x^ones*'"', x^ones*'\\'
		if ((x-ones*' ')&^x|(quote-ones)&^quote|(backslash-ones)&^backslash)&high != 0 {
			break
		}
	}
	return i
}

func checkNumber(p []byte, i int) (end int, ok bool) {
	if p[i] == '-' {
		i++
	}
	from := i
	if i = skipDigits(p, i); i == from || p[from] == '0' && i > from+1 {
		return i, false
	}
	if i < len(p) && p[i] == '.' {
		from = i + 1
		if i = skipDigits(p, from); i == from {
			return i, false
		}
	}
	if i < len(p) && (p[i] == 'e' || p[i] == 'E') {
		i++
		if i < len(p) && (p[i] == '+' || p[i] == '-') {
			i++
		}
		from = i
		if i = skipDigits(p, i); i == from {
			return i, false
		}
	}
	return i, true
}

func skipDigits(p []byte, i int) int {
	for i < len(p) && p[i]-'0' <= 9 {
		i++
	}
	return i
}

// hex4 reads the four digits of \uXXXX.
func hex4(p []byte, i int) (r rune, ok bool) {
	if i+4 > len(p) {
		return 0, false
	}
	for _, c := range p[i : i+4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' < 6:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// measure finds the end and the members of the value at i of a text that was checked.
func measure(p []byte, i int) value {
	v := value{at: i}
	if c := p[i]; c != '{' && c != '[' {
		v.end = scalarEnd(p, i)
		return v
	}
	depth, commas := 0, 0
	for ; ; i++ {
		switch p[i] {
		case '"':
			i = stringEnd(p, i) - 1
		case ',':
			if depth == 1 {
				commas++
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth > 0 {
				continue
			}
			v.end = i + 1
			if commas > 0 || p[skipSpace(p, v.at+1)] != p[i] {
				v.n = commas + 1
			}
			return v
		}
	}
}

// stringEnd returns where the string that begins at i ends, in a text that was checked.
func stringEnd(p []byte, i int) int {
	near := i + 32
	for i++; i < near; i++ {
		switch p[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	for start := i; ; i++ { // a long one: at the speed of memory from quote to quote
		i += bytes.IndexByte(p[i:], '"')
		from := i
		for from > start && p[from-1] == '\\' {
			from--
		}
		if (i-from)%2 == 0 {
			return i + 1
		}
	}
}

func scalarEnd(p []byte, i int) int {
	if p[i] == '"' {
		return stringEnd(p, i)
	}
	for ; i < len(p); i++ {
		switch p[i] {
		case ',', ']', '}', ' ', '\n', '\r', '\t':
			return i
		}
	}
	return i
}
