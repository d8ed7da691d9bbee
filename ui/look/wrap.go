package look

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrap cuts a text into lines that fit into width: at spaces, between the characters of scripts that write without
// spaces, and within what is wider than a line.
func (m measure) wrap(text string, width float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		for {
			n := m.fit(paragraph, width)
			lines = append(lines, strings.TrimRight(paragraph[:n], " "))
			if n == len(paragraph) {
				break
			}
			paragraph = strings.TrimLeft(paragraph[n:], " ")
		}
	}
	return lines
}

// fit returns how many bytes of text go into a line: all, or up to the last place where it may be broken; at least one
// rune.
func (m measure) fit(text string, width float32) int {
	if m.width(text) <= width {
		return len(text)
	}
	best, emergency := 0, 0
	for end := 0; ; {
		r, n := utf8.DecodeRuneInString(text[end:])
		end += n
		if end == len(text) || emergency > 0 && m.width(strings.TrimRight(text[:end], " ")) > width {
			break
		}
		emergency = end
		if next, _ := utf8.DecodeRuneInString(text[end:]); breaks(r, next) {
			best = end
		}
	}
	_, first := utf8.DecodeRuneInString(text)
	if best > 0 {
		return best
	}
	return max(emergency, first)
}

// breaks reports whether a line may end between two runes.
func breaks(before, after rune) bool {
	switch {
	case before == ' ':
		return after != ' '
	case strings.ContainsRune(noStart, after), strings.ContainsRune(noEnd, before):
		return false
	}
	return dense(before) || dense(after)
}

// Signs that a line does not begin or end with (the common part of GB/T 15834 and JIS X 4051).
const (
	noStart = " ,.;:!?)]}、。，．；：！？）》」』】〉”’…"
	noEnd   = "([{（《「『【〈“‘"
)

// dense reports whether a rune is of a script that writes without spaces, or is its punctuation.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}
