package frames

import (
	"strconv"
	"time"

	"culvert/ui/ink"
)

// cells fills a row: text is appended to buf, and end makes what was appended since the last end a cell. It allocates
// nothing once the row's buffers are large enough.
type cells struct {
	buf   []byte
	ends  [16]int
	inks  [16]ink.Ink
	count int
}

func (c *cells) begin(r *ink.Row) { c.buf, c.count = r.Buf[:0], 0 }

// end ends the cell.
func (c *cells) end(i ink.Ink) {
	c.ends[c.count], c.inks[c.count] = len(c.buf), i
	c.count++
}

func (c *cells) text(s string) { c.buf = append(c.buf, s...) }

// word makes a cell of s.
func (c *cells) word(s string, i ink.Ink) {
	c.text(s)
	c.end(i)
}

func (c *cells) int(n int64) { c.buf = strconv.AppendInt(c.buf, n, 10) }

// between adds a separator, unless the cell is empty.
func (c *cells) between(separator string) {
	start := 0
	if c.count > 0 {
		start = c.ends[c.count-1]
	}
	if len(c.buf) > start {
		c.text(separator)
	}
}

// finish hands the cells over.
func (c *cells) finish(r *ink.Row) {
	r.Buf, r.Back = c.buf, ink.None
	if cap(r.Cells) < c.count {
		r.Cells = make([]ink.Cell, c.count)
	}
	r.Cells = r.Cells[:c.count]
	start := 0
	for i := range r.Cells {
		end := c.ends[i]
		r.Cells[i] = ink.Cell{Text: c.buf[start:end:end], Ink: c.inks[i]}
		start = end
	}
}

// appendClock appends the local time of day to the millisecond. wall is in Unix nanoseconds.
func appendClock(dst []byte, wall int64) []byte {
	return time.Unix(0, wall).AppendFormat(dst, "15:04:05.000")
}

// appendSeconds appends a difference in seconds, with its sign.
func appendSeconds(dst []byte, d time.Duration) []byte {
	if d >= 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendFloat(dst, d.Round(time.Millisecond).Seconds(), 'f', 3, 64)
}

// appendSize appends a number of bytes as people read it, as [capture.SizeText] does.
func appendSize(dst []byte, n int64) []byte {
	v, unit := scale(n)
	return appendUnit(appendScaled(dst, v, unit), unit)
}

// appendSizes appends what a payload was on the wire and what it is.
func appendSizes(dst []byte, wire, size int64) []byte {
	v, unit := scale(wire)
	w, unit2 := scale(size)
	dst = appendScaled(dst, v, unit)
	if unit != unit2 {
		dst = appendUnit(dst, unit)
	}
	dst = append(dst, " → "...)
	return appendUnit(appendScaled(dst, w, unit2), unit2)
}

const units = "BKMGTPE"

// scale returns n in the unit that suits it.
func scale(n int64) (v float64, unit int) {
	if v = float64(n); n < 1<<10 {
		return v, 0
	}
	for v, unit = v/(1<<10), 1; v >= 1023.95 && unit < len(units)-1; unit++ {
		v /= 1 << 10
	}
	return v, unit
}

func appendScaled(dst []byte, v float64, unit int) []byte {
	if unit == 0 {
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return strconv.AppendFloat(dst, v, 'f', 1, 64)
}

func appendUnit(dst []byte, unit int) []byte {
	if unit == 0 {
		return append(dst, " B"...)
	}
	return append(dst, ' ', units[unit], 'i', 'B')
}

// appendDuration appends how long something took: "812 µs", "12.3 ms", "4.21 s", "3:07", "2:03:07".
func appendDuration(dst []byte, d time.Duration) []byte {
	d = max(d, 0)
	switch {
	case d < time.Millisecond:
		return append(strconv.AppendInt(dst, d.Microseconds(), 10), " µs"...)
	case d < time.Second:
		return append(strconv.AppendFloat(dst, float64(d.Microseconds())/1000, 'f', 1, 64), " ms"...)
	case d < time.Minute:
		return append(strconv.AppendFloat(dst, d.Truncate(10*time.Millisecond).Seconds(), 'f', 2, 64), " s"...)
	}
	seconds := int64(d / time.Second)
	if h := seconds / 3600; h > 0 {
		dst = append(strconv.AppendInt(dst, h, 10), ':')
		dst = append(dst, '0'+byte(seconds/600%6))
	} else if m := seconds / 600; m > 0 {
		dst = append(dst, '0'+byte(m))
	}
	dst = append(dst, '0'+byte(seconds/60%10), ':')
	return append(dst, '0'+byte(seconds/10%6), '0'+byte(seconds%10))
}
