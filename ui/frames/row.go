package frames

import (
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

const (
	nameScan    = 2 << 10 // how much of a payload is looked through for a name
	previewSize = 200     // bytes of text in a preview
	dumpSize    = 16      // bytes of other payloads
	nameSize    = 64
	mostFrames  = 99 // of a message that are counted
)

// rows fills the rows of a list.
type rows struct {
	log     Capture
	terms   *terms
	cells   cells
	payload []byte
}

// fill fills r with the cells of a row, or of the run of heartbeats that begins with it. before is the row before it in
// the list.
func (w *rows) fill(r *ink.Row, row *capture.Row, e entry, before time.Duration, follows bool) {
	c := &w.cells
	c.begin(r)
	c.int(row.ID)
	c.end(ink.Faint)
	w.direction(row, e.beats > 1)
	c.buf = appendClock(c.buf, row.Wall)
	c.end(ink.Dim)
	if follows {
		c.buf = appendSeconds(c.buf, row.Mono-before)
	}
	c.end(ink.Faint)
	switch row.Kind {
	case capture.Frame:
		if e.beats > 1 {
			w.heartbeats(e)
		} else {
			w.frame(row)
		}
	case capture.Open:
		w.opened(row)
	case capture.Close:
		w.closed(row)
	case capture.Violation:
		w.violation(row)
	case capture.HTTP:
		w.exchange(row)
	case capture.Handshake:
		w.refused(row)
	}
	for c.count < Columns {
		c.end(ink.None)
	}
	c.finish(r)
}

// direction makes the cell of the direction: of an end it is that of who ended the connection.
func (w *rows) direction(row *capture.Row, run bool) {
	c := &w.cells
	dir := row.Dir
	switch {
	case run:
		c.word("↕", ink.Faint)
		return
	case row.Kind == capture.HTTP || row.Kind == capture.Handshake:
		c.end(ink.None)
		return
	case row.Kind == capture.Close:
		switch info, ok := w.log.Conn(row.Conn); {
		case ok && info.End.By == capture.Client:
			dir = frame.Sent
		case ok && info.End.By == capture.Backend:
			dir = frame.Received
		default:
			c.end(ink.None)
			return
		}
	}
	if dir == frame.Sent {
		c.word("↑", ink.Sent)
	} else {
		c.word("↓", ink.Received)
	}
}

// frame makes the cells of a frame, from the type on.
func (w *rows) frame(row *capture.Row) {
	c := &w.cells
	plain := !row.Has(capture.Compressed) || row.Has(capture.Inflated)
	w.payload, _ = w.log.Payload(w.payload[:0], row.ID, nameScan)
	p := w.payload
	text := row.Opcode == frame.Text
	switch row.Opcode {
	case frame.Text:
		c.word(w.terms.text, ink.None)
	case frame.Binary:
		c.word(w.terms.binary, ink.None)
	case frame.Continuation:
		c.word(w.terms.continuation, ink.Dim)
		if first, ok := w.log.Row(row.First); ok {
			text = first.Opcode == frame.Text
		}
	case frame.Close:
		c.word(w.terms.close, ink.Warning)
	case frame.Ping:
		c.word(w.terms.ping, ink.Faint)
	case frame.Pong:
		c.word(w.terms.pong, ink.Faint)
	default:
		c.text(w.terms.reserved)
		c.text(" ")
		c.int(int64(row.Opcode))
		c.end(ink.Error)
	}
	if text && plain {
		w.name(nameOf(p))
	} else {
		c.end(ink.None)
	}
	if row.Has(capture.Inflated) {
		_, wire, _ := w.log.Fragments(row.ID, mostFrames)
		c.buf = appendSizes(c.buf, int64(min(wire, 1<<62)), row.Inflated)
	} else {
		c.buf = appendSize(c.buf, row.Size())
	}
	c.end(ink.Dim)
	w.preview(row, p, text, plain)
	w.flags(row)
}

func (w *rows) name(name []byte) {
	w.cells.buf = appendLine(w.cells.buf, name[:min(len(name), nameSize)], nameSize)
	w.cells.end(ink.None)
}

// flags makes the cell of what is to be said of a frame besides.
func (w *rows) flags(row *capture.Row) {
	c := &w.cells
	i := ink.Dim
	if row.Has(capture.Compressed) && row.First == row.ID {
		c.text("⇊")
	}
	if !row.Fin && row.First == row.ID && !row.Opcode.Control() {
		n, _, whole := w.log.Fragments(row.ID, mostFrames)
		c.between(" ")
		c.buf = w.terms.frames.number(c.buf, int64(n))
		if !whole {
			c.text("…")
		}
	}
	if row.Flags&(capture.Truncated|capture.InflateCut) != 0 {
		c.between(" ")
		c.text(w.terms.truncated)
		i = ink.Warning
	}
	if row.Flags&(capture.Faulty|capture.InvalidUTF8) != 0 {
		c.between(" ")
		c.text("⚠")
		if section := w.section(row); section != "" {
			c.text(" ")
			c.text(section)
		}
		i = ink.Error
	}
	if row.Has(capture.Cut) {
		c.between(" ")
		c.text("✕ ")
		c.text(w.terms.cut)
		i = ink.Error
	}
	c.end(i)
}

// section returns which section a faulty frame breaks, as the violation tells that comes right after it.
func (w *rows) section(row *capture.Row) string {
	next, ok := w.log.Row(row.ID + 1)
	if ok && next.Kind == capture.Violation && next.Conn == row.Conn && next.Dir == row.Dir && next.Number == row.Number {
		return shortSection(next.Rule)
	}
	if row.Has(capture.InvalidUTF8) {
		return shortSection(frame.TextInvalid)
	}
	return ""
}

// shortSection names the section of a rule without the RFC, if that is RFC 6455.
func shortSection(r frame.Rule) string {
	const rfc6455, rfc = "RFC 6455 §", "RFC "
	s := r.Section()
	switch {
	case len(s) > len(rfc6455) && s[:len(rfc6455)] == rfc6455:
		return s[len(rfc6455):]
	case len(s) > len(rfc) && s[:len(rfc)] == rfc:
		return s[len(rfc):]
	}
	return s
}
