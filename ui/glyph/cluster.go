package glyph

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// kind is how a cluster is shown.
type kind uint8

const (
	plain  kind = iota
	broken      // not UTF-8: by U+FFFD
	escape      // by its number or, of control characters, as in JSON
)

// cluster is what takes one place in the grid: a rune with the marks on it, or what stands for something that cannot be
// shown as it is.
type cluster struct {
	n     int // bytes of the text
	cells int
	kind  kind
	r     rune // that is escaped
}

const (
	// maxMarks bounds the marks on one rune: more than a script needs, too few to paint over the lines around.
	maxMarks = 3
	// maxCluster is the length of the longest cluster: a rune, its marks, and a selector.
	maxCluster = (maxMarks + 2) * utf8.UTFMax
	// maxEscape is the length of the longest escape, \u{10ffff}.
	maxEscape = 10

	dottedCircle    = '\u25CC' // carries a mark that has no rune to stand on
	textSelector    = '\uFE0E'
	emojiSelector   = '\uFE0F'
	firstRegional   = '\U0001F1E6' // two make a flag
	lastRegional    = '\U0001F1FF'
	firstSkin       = '\U0001F3FB' // modifiers of the emoji before them
	lastSkin        = '\U0001F3FF'
	firstEmoji      = '\U0001F300'
	enclosingKeycap = '\u20E3'
)

// wide tells the width of a rune as terminals take it. Runes of ambiguous width are narrow, whatever the locale.
var wide = &runewidth.Condition{StrictEmojiNeutral: true}

// next returns the first cluster of text, which is not empty.
func next(text []byte) cluster {
	if b := text[0]; b < utf8.RuneSelf {
		switch {
		case b < ' ' || b == 0x7f:
			return cluster{n: 1, cells: escapeLen(rune(b)), kind: escape, r: rune(b)}
		case len(text) == 1 || text[1] < utf8.RuneSelf:
			return cluster{n: 1, cells: 1}
		}
	}
	r, n := utf8.DecodeRune(text)
	switch {
	case r == utf8.RuneError && n == 1:
		return cluster{n: 1, cells: 1, kind: broken}
	case hidden(r):
		return cluster{n: n, cells: escapeLen(r), kind: escape, r: r}
	case mark(r):
		return cluster{n: n, cells: 1}
	case regional(r):
		if r, m := utf8.DecodeRune(text[n:]); regional(r) {
			return cluster{n: n + m, cells: 2}
		}
	}
	k := cluster{n: n, cells: max(1, wide.RuneWidth(r))}
	k.marks(text, r)
	return k
}

// marks takes into k what stands on its rune.
func (k *cluster) marks(text []byte, base rune) {
	for range maxMarks {
		r, n := utf8.DecodeRune(text[k.n:])
		if !mark(r) && (base < firstEmoji || !skin(r)) {
			break
		}
		k.n += n
	}
	r, n := utf8.DecodeRune(text[k.n:])
	switch r {
	case emojiSelector:
		k.n += n
		k.cells = 2
		if r, n := utf8.DecodeRune(text[k.n:]); r == enclosingKeycap {
			k.n += n
		}
	case textSelector:
		k.n += n
	}
}

// appendKey appends the text to draw for the cluster k at the start of text.
func (k cluster) appendKey(dst, text []byte) []byte {
	if k.kind == broken {
		return utf8.AppendRune(dst, utf8.RuneError)
	}
	if r, _ := utf8.DecodeRune(text); mark(r) {
		dst = utf8.AppendRune(dst, dottedCircle)
	}
	return append(dst, text[:k.n]...)
}

// hidden reports whether a reader would not see r, or would see the text around it in another order.
func hidden(r rune) bool {
	switch {
	case r < 0xA0:
		return r >= utf8.RuneSelf // C1 controls
	case r < 0x300:
		return r == 0xAD // soft hyphen
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF: // variation selectors, tags
		return true
	case r >= 0x180B && r <= 0x180F, r == 0x034F: // Mongolian selectors, the grapheme joiner
		return true
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0: // fillers of Hangul
		return true
	case r == 0x2800: // braille without dots
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func mark(r rune) bool { return r >= 0x300 && !hidden(r) && unicode.In(r, unicode.Mn, unicode.Me) }

func regional(r rune) bool { return r >= firstRegional && r <= lastRegional }

func skin(r rune) bool { return r >= firstSkin && r <= lastSkin }

// short holds the second letters of the escapes of BS to CR; 0 where there is none.
const short = "btn\x00fr"

// appendEscape appends r as \n, \x1b, \u200b or \u{e0041}.
func appendEscape(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	switch escapeLen(r) {
	case 2:
		return append(dst, '\\', short[r-'\b'])
	case 4:
		return append(dst, '\\', 'x', digits[r>>4], digits[r&15])
	case 6:
		return append(dst, '\\', 'u', digits[r>>12], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
	dst = append(dst, `\u{`...)
	dst = strconv.AppendInt(dst, int64(r), 16)
	return append(dst, '}')
}

func escapeLen(r rune) int {
	switch {
	case r >= '\b' && r <= '\r' && short[r-'\b'] != 0:
		return 2
	case r < utf8.RuneSelf:
		return 4
	case r <= 0xFFFF:
		return 6
	case r <= 0xFFFFF:
		return 9
	}
	return 10
}
