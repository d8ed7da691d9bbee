package payload

import "culvert/ui/ink"

// dumpWidth is how many bytes a line of a Dump shows.
const dumpWidth = 16

// Dump is a payload as hexadecimal numbers: offset, sixteen bytes and their ASCII text on each line.
type Dump struct {
	p   []byte
	buf []byte
}

// Hex returns the dump of the payload. Nothing is computed before a line is asked for.
func Hex(p []byte) *Dump { return &Dump{p: p} }

// Lines returns the number of lines.
func (d *Dump) Lines() int { return (len(d.p) + dumpWidth - 1) / dumpWidth }

// Line appends the spans of line i. What is not printable ASCII is a faint dot in the text.
func (d *Dump) Line(i int, dst []ink.Span) []ink.Span {
	row := d.p[i*dumpWidth : min((i+1)*dumpWidth, len(d.p))]
	if cap(d.buf) < 256 {
		d.buf = make([]byte, 0, 256) // more than a line takes: spans point into it, it must not move
	}
	d.buf = d.buf[:0]
	add := func(from int, i ink.Ink) {
		dst = append(dst, ink.Span{Text: d.buf[from:len(d.buf):len(d.buf)], Ink: i})
	}

	d.buf = appendOffset(d.buf, i*dumpWidth)
	add(0, ink.Faint)
	from := len(d.buf)
	for k := range dumpWidth {
		if k == dumpWidth/2 {
			d.buf = append(d.buf, ' ')
		}
		d.buf = append(d.buf, ' ')
		if k < len(row) {
			d.buf = append(d.buf, hexDigits[row[k]>>4], hexDigits[row[k]&15])
		} else {
			d.buf = append(d.buf, "  "...)
		}
	}
	add(from, ink.Text)
	from = len(d.buf)
	d.buf = append(d.buf, "  "...)
	for k, b := range row {
		plain := printable(b)
		if k > 0 && plain != printable(row[k-1]) {
			add(from, asciiInk(!plain))
			from = len(d.buf)
		}
		if plain {
			d.buf = append(d.buf, b)
		} else {
			d.buf = append(d.buf, "·"...)
		}
	}
	add(from, asciiInk(printable(row[len(row)-1])))
	return dst
}

// Tap does nothing: a dump does not fold.
func (d *Dump) Tap(line, column int) bool { return false }

const hexDigits = "0123456789abcdef"

// appendOffset appends eight hexadecimal digits and a space; the wide gap before the bytes is that of their own.
func appendOffset(dst []byte, offset int) []byte {
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[offset>>shift&15])
	}
	return append(dst, ' ')
}

func printable(b byte) bool { return b >= ' ' && b < 0x7f }

func asciiInk(plain bool) ink.Ink {
	if plain {
		return ink.String
	}
	return ink.Faint
}
