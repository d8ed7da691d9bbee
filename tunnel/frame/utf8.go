package frame

import "encoding/binary"

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
	for {
		i += ascii(p[i:])
		for {
			if i == len(p) {
				return -1
			}
			b := p[i]
			if b < 0x80 {
				break
			}
			// A CJK text is all three-byte characters: the first case is the one that must be fast.
			if b >= 0xE1 && b <= 0xEC && i+2 < len(p) {
				if p[i+1]&0xC0 != 0x80 {
					return u.fail(i + 1)
				}
				if p[i+2]&0xC0 != 0x80 {
					return u.fail(i + 2)
				}
				i += 3
				continue
			}
			if !u.lead(b) {
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
	}
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

// ascii returns how many bytes of p are certainly ASCII before the first that is not; it may stop short of that by
// nothing, that is, p[ascii(p)] is not ASCII unless p has ended.
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
	for i < len(p) && p[i] < 0x80 {
		i++
	}
	return i
}
