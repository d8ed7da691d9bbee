package frame

import (
	"encoding/binary"
	"math/bits"
)

// highBits has the top bit of each of eight bytes, which ASCII leaves clear.
const highBits = 0x8080808080808080

// UTF8 checks a text for UTF-8 (RFC 3629) as it arrives, in pieces that may end inside a character. It fails fast: at the
// first byte that no UTF-8 text could have there, so that overlong forms, surrogates and code points above U+10FFFF
// fail at the byte that makes them so. The zero value is at the start of a text. Not safe for concurrent use.
type UTF8 struct {
	need   uint8 // bytes that the open character still lacks
	lo, hi uint8 // bounds of its next byte
	failed bool
}

// Write takes the next piece of the text and returns the offset in p of the first bad byte, or -1. After a bad byte
// the text is lost: every later Write fails at 0. Set the value to UTF8{} for a new text.
func (u *UTF8) Write(p []byte) (bad int) {
	if len(p) == 0 {
		return -1
	}
	if u.failed {
		return 0
	}
	i := 0
	for ; u.need > 0; i++ {
		if i == len(p) {
			return -1
		}
		if p[i] < u.lo || p[i] > u.hi {
			u.failed = true
			return i
		}
		u.need, u.lo, u.hi = u.need-1, 0x80, 0xBF
	}
	return u.scan(p, i)
}

// Complete reports whether the text so far is valid and ends between characters.
func (u *UTF8) Complete() bool { return u.need == 0 && !u.failed }

// scan checks p from i, where a character starts.
func (u *UTF8) scan(p []byte, i int) (bad int) {
	for len(p)-i >= 8 {
		v := binary.LittleEndian.Uint64(p[i:])
		if v&highBits == 0 {
			i += 8
			i += ascii(p[i:])
			continue
		}
		i += bits.TrailingZeros64(v&highBits) / 8
		n := characters(p[i:])
		if n == 0 {
			break // bad, or too near to the end to be read at once
		}
		i += n
	}
	for i < len(p) {
		if p[i] < 0x80 {
			i++
			continue
		}
		if !u.lead(p[i]) {
			return u.fail(i)
		}
		for i++; u.need > 0; i++ {
			if i == len(p) {
				return -1
			}
			if p[i] < u.lo || p[i] > u.hi {
				return u.fail(i)
			}
			u.need, u.lo, u.hi = u.need-1, 0x80, 0xBF
		}
	}
	return -1
}

// Patterns of whole characters in a little-endian word: the bits that are fixed, and what they are (RFC 3629 §3).
const (
	mask2, char2 = 0xC0E0, 0x80C0
	mask3, char3 = 0xC0C0F0, 0x8080E0
	mask4, char4 = 0xC0C0C0F8, 0x808080F0

	plain3 = 0xDFFE // bit n: a three-byte character whose first byte is 0xE0|n needs no look at its second
)

// characters returns how many bytes at the start of p are valid characters, as far as a quick look tells: a run of
// three-byte characters, which is what a Chinese text is, or one character of two or four bytes.
func characters(p []byte) int {
	i := 0
	for len(p)-i >= 8 {
		v := binary.LittleEndian.Uint64(p[i:])
		if v&(mask3|mask3<<24) != char3|char3<<24 || plain3>>(v&0xF)&(plain3>>(v>>24&0xF))&1 == 0 {
			break
		}
		i += 6
	}
	if i > 0 || len(p) < 4 {
		return i
	}
	x := binary.LittleEndian.Uint32(p)
	switch second := x >> 8 & 0xFF; {
	case x&mask2 == char2 && x&0x1E != 0: // not overlong
		return 2
	case x&mask3 == char3:
		switch {
		case plain3>>(x&0xF)&1 != 0, x&0xF == 0 && second >= 0xA0, x&0xF == 0xD && second <= 0x9F:
			return 3
		}
	case x&mask4 == char4:
		switch {
		case x&7 >= 1 && x&7 <= 3, x&7 == 0 && second >= 0x90, x&7 == 4 && second <= 0x8F:
			return 4
		}
	}
	return 0
}

func (u *UTF8) fail(i int) int {
	u.failed = true
	return i
}

// lead opens the character whose first byte is b ≥ 0x80 and reports whether there is one (RFC 3629 §4).
func (u *UTF8) lead(b byte) bool {
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case b < 0xC2: // a continuation byte, or an overlong form of ASCII
		return false
	case b < 0xE0:
		u.need = 1
	case b < 0xF0:
		u.need = 2
		switch b {
		case 0xE0:
			u.lo = 0xA0 // below: overlong
		case 0xED:
			u.hi = 0x9F // above: surrogates
		}
	case b < 0xF5:
		u.need = 3
		switch b {
		case 0xF0:
			u.lo = 0x90 // below: overlong
		case 0xF4:
			u.hi = 0x8F // above: beyond U+10FFFF
		}
	default:
		return false
	}
	return true
}

// ascii returns how many bytes at the start of p are ASCII, in steps of eight.
func ascii(p []byte) int {
	i := 0
	for ; len(p)-i >= 64; i += 64 {
		b := (*[64]byte)(p[i:])
		or := binary.LittleEndian.Uint64(b[0:]) | binary.LittleEndian.Uint64(b[8:]) |
			binary.LittleEndian.Uint64(b[16:]) | binary.LittleEndian.Uint64(b[24:]) |
			binary.LittleEndian.Uint64(b[32:]) | binary.LittleEndian.Uint64(b[40:]) |
			binary.LittleEndian.Uint64(b[48:]) | binary.LittleEndian.Uint64(b[56:])
		if or&highBits != 0 {
			break
		}
	}
	for ; len(p)-i >= 8; i += 8 {
		if binary.LittleEndian.Uint64(p[i:])&highBits != 0 {
			break
		}
	}
	return i
}
