package frames

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

// preview makes the cell of a frame's payload p.
func (w *rows) preview(row *capture.Row, p []byte, text, plain bool) {
	c := &w.cells
	total := row.Size()
	switch {
	case !plain && row.First != row.ID:
		c.buf = w.terms.part.number(c.buf, row.First)
		c.end(ink.Faint)
	case row.Has(capture.Inflating):
		c.word(w.terms.inflating, ink.Faint)
	case row.Has(capture.NotInflated):
		c.text(w.terms.notInflated)
		c.between(" · ")
		c.buf = appendDump(c.buf, p, total)
		c.end(ink.Error)
	case row.Opcode == frame.Close:
		w.closeCode(p)
		c.end(ink.None)
	case row.Opcode.Control():
		if printable(p) {
			c.buf = appendLine(c.buf, p, previewSize)
		} else {
			c.buf = appendDump(c.buf, p, total)
		}
		c.end(ink.Dim)
	case text:
		if _, body, ok := stomp(p); ok && len(body) > 0 {
			p = body
		}
		c.buf = appendLine(c.buf, p, previewSize)
		if row.Has(capture.InvalidUTF8) || row.Has(capture.Faulty) {
			c.end(ink.Error)
		} else {
			c.end(ink.None)
		}
	default:
		c.buf = appendDump(c.buf, p, total)
		c.end(ink.None)
	}
}

// clip returns the first n bytes of s, and one more where it is longer, by which appendLine knows.
func clip(s string, n int) []byte { return []byte(s[:min(len(s), n+1)]) }

// appendLine appends at most limit bytes of text as one line: line ends, with the blanks around them, become one blank.
// What is cut ends with "…". The text is not made safe otherwise: who draws it does that.
func appendLine(dst, text []byte, limit int) []byte {
	text = bytes.TrimRight(text, "\x00\r\n")
	end := len(dst) + limit
	for i := 0; i < len(text); {
		if len(dst) >= end {
			return append(dst, "…"...)
		}
		c := text[i]
		if c == '\r' || c == '\n' {
			for i < len(text) && blank(text[i]) {
				i++
			}
			dst = append(bytes.TrimRight(dst, " \t"), ' ')
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(text[i:])
		}
		dst = append(dst, text[i:i+size]...)
		i += size
	}
	return dst
}

// appendDump appends the first bytes of p as hex and as text. total is how many there are.
func appendDump(dst, p []byte, total int64) []byte {
	const digits = "0123456789abcdef"
	n := min(len(p), dumpSize)
	for i, b := range p[:n] {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	if n > 0 {
		dst = append(dst, "  "...)
	}
	for _, b := range p[:n] {
		if b < ' ' || b > '~' {
			dst = append(dst, "·"...)
		} else {
			dst = append(dst, b)
		}
	}
	if total > int64(n) {
		dst = append(dst, "…"...)
	}
	return dst
}

// printable reports whether p is text without control characters.
func printable(p []byte) bool {
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && size == 1 || !strconv.IsPrint(r) {
			return false
		}
		i += size
	}
	return len(p) > 0
}
