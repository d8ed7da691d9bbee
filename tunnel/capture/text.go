package capture

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"culvert/tunnel/frame"
)

// AppendText appends one line that tells of the row, without an end of line: number, time, connection, direction (→ to
// the backend, ← to the client), what it is, its size, and at most limit bytes of a frame's payload (limit < 0: all). What
// comes from the traffic is made safe for a terminal.
func (l *Log) AppendText(dst []byte, r *Row, limit int) []byte {
	dst = fmt.Appendf(dst, "%6d  %s  ", r.ID, r.Time().Format("15:04:05.000000"))
	if r.Conn != 0 {
		dst = fmt.Appendf(dst, "#%-4d ", r.Conn)
	} else {
		dst = append(dst, "      "...)
	}
	switch r.Kind {
	case Frame:
		return l.appendFrame(dst, r, limit)
	case Violation:
		p, _ := l.Payload(nil, r.ID, -1)
		dst = fmt.Appendf(dst, "%s violation  frame %d, byte %d: ", arrow(r.Dir), r.Number, r.Offset)
		return AppendSafe(dst, p)
	case Open:
		return l.appendOpen(dst, r)
	case Close:
		p, _ := l.Payload(nil, r.ID, -1)
		dst = append(dst, "- close      "...)
		return AppendSafe(dst, p)
	case HTTP:
		return l.appendHTTP(dst, r)
	case Handshake:
		return l.appendHandshake(dst, r)
	}
	return dst
}

func arrow(d frame.Direction) string {
	if d == frame.Sent {
		return "→"
	}
	return "←"
}

func (l *Log) appendOpen(dst []byte, r *Row) []byte {
	dst = append(dst, "+ open       "...)
	c, ok := l.Conn(r.Conn)
	if !ok {
		return append(dst, "(gone)"...)
	}
	dst = AppendSafe(dst, []byte(c.URL))
	if c.Status != 0 {
		dst = fmt.Appendf(dst, "  %d", c.Status)
	}
	if c.ForeignOrigin != "" {
		dst = AppendSafe(append(dst, "  from the page "...), []byte(c.ForeignOrigin))
	}
	return appendSkipped(dst, c.Skipped)
}

// appendSkipped appends why upstreams that were tried before did not serve it, if some were.
func appendSkipped(dst []byte, skipped string) []byte {
	if skipped == "" {
		return dst
	}
	return AppendSafe(append(dst, "  skipped: "...), []byte(skipped))
}

func (l *Log) appendHTTP(dst []byte, r *Row) []byte {
	x, _ := l.Exchange(r.ID)
	dst = append(dst, "  http       "...)
	dst = AppendSafe(dst, []byte(x.Method+" "+x.URL))
	dst = fmt.Appendf(dst, "  %d  %s  %s", x.Status, SizeText(x.ResponseBytes), x.Duration.Round(time.Microsecond))
	if x.Err != "" {
		dst = AppendSafe(append(dst, "  "...), []byte(x.Err))
	}
	return appendSkipped(dst, x.Skipped)
}

func (l *Log) appendHandshake(dst []byte, r *Row) []byte {
	h, _ := l.FailedHandshake(r.ID)
	dst = AppendSafe(append(dst, "× handshake  "...), []byte(h.Explanation()))
	if h.Count > 1 {
		dst = fmt.Appendf(dst, "  %d times", h.Count)
	}
	return dst
}

func (l *Log) appendFrame(dst []byte, r *Row, limit int) []byte {
	name := r.Opcode.String()
	if !r.Fin {
		name += "…"
	}
	dst = fmt.Appendf(dst, "%s %-12s %s", arrow(r.Dir), name, sizes(r))
	for _, f := range flagWords {
		if r.Has(f.flag) {
			dst = append(dst, "  "...)
			dst = append(dst, f.word...)
		}
	}
	if r.Has(Compressed) && !r.Has(Inflated) || limit == 0 {
		return dst
	}
	p, err := l.Payload(nil, r.ID, limit)
	if err != nil || len(p) == 0 {
		return dst
	}
	dst = append(dst, "  "...)
	cut := int64(len(p)) < r.Size()
	switch {
	case r.Opcode == frame.Close && len(p) >= 2:
		dst = strconv.AppendUint(dst, uint64(binary.BigEndian.Uint16(p)), 10)
		if reason := p[2:]; len(reason) > 0 {
			dst = AppendSafe(append(dst, ' '), reason)
		}
	case l.isText(r) || r.Opcode.Control() && utf8.Valid(p):
		dst = AppendSafe(dst, p)
	default:
		dst = hex.AppendEncode(dst, p)
	}
	if cut {
		dst = append(dst, "…"...)
	}
	return dst
}

// flagWords is what a line says of a frame besides its fields.
var flagWords = [...]struct {
	flag Flags
	word string
}{
	{Cut, "[cut off]"},
	{NotInflated, "[not inflated]"},
	{InvalidUTF8, "[not UTF-8]"},
	{Faulty, "[violation]"},
}

// sizes returns the frame's payload size, and what it was on the wire where that differs.
func sizes(r *Row) string {
	if r.Has(Inflated) {
		return SizeText(int64(r.Wire)) + " → " + SizeText(r.Inflated)
	}
	return SizeText(r.Size())
}

// SizeText returns a number of bytes as people read it: "17 B", "1.5 KiB".
func SizeText(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n)/(1<<10), "KMGTPE"
	for v >= 1023.95 && len(units) > 1 {
		v, units = v/(1<<10), units[1:]
	}
	return fmt.Sprintf("%.1f %ciB", v, units[0])
}
