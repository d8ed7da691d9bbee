package frames

import (
	"bytes"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
)

// opened makes the cells of a request for a connection, from the type on.
func (w *rows) opened(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.open, ink.Accent)
	info, ok := w.log.Conn(row.Conn)
	if !ok {
		return
	}
	c.text("GET ")
	c.buf = appendLine(c.buf, clip(info.Path(), nameSize), nameSize)
	if info.Status != 0 {
		c.text(" → ")
		c.int(int64(info.Status))
	}
	c.end(ink.None)
	c.end(ink.None) // size
	switch {
	case info.Status == 101:
		w.agreed(info)
		c.end(ink.None)
	case info.Status != 0:
		c.buf = appendLine(c.buf, clip(reason(info.Response), previewSize), previewSize)
		c.between(" — ")
		c.text(w.terms.ends[capture.ByRefusal][capture.Backend])
		w.origin(info)
		c.end(ink.Error)
	case info.Over:
		w.ending(info)
		w.origin(info)
		c.end(ink.Error)
	default:
		c.word(w.terms.waiting, ink.Faint)
	}
	switch {
	case info.Status != 101 && (info.Status != 0 || info.Over):
		c.word("✕", ink.Error)
	case info.ForeignOrigin != "":
		c.text("⚠ ")
		c.word(w.terms.foreign, ink.Warning)
	}
}

// origin adds the origin of the page that asked, where it may be why.
func (w *rows) origin(info *capture.ConnInfo) {
	c := &w.cells
	if info.ForeignOrigin != "" {
		c.between(" · ")
		c.text(w.terms.origin.before)
		c.buf = appendLine(c.buf, clip(info.ForeignOrigin, nameSize), nameSize)
		c.text(w.terms.origin.after)
	}
}

// agreed adds the extensions, without their parameters, and the subprotocol of a connection.
func (w *rows) agreed(info *capture.ConnInfo) {
	c := &w.cells
	start := len(c.buf)
	rest := []byte(info.Extensions)
	for len(rest) > 0 {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte(","))
		one, _, _ = bytes.Cut(one, []byte(";"))
		if one = bytes.TrimSpace(one); len(one) > 0 {
			c.between(" · ")
			c.buf = appendLine(c.buf, one, nameSize)
		}
	}
	if info.Subprotocol != "" {
		c.between(" · ")
		c.buf = appendLine(c.buf, clip(info.Subprotocol, nameSize), nameSize)
	}
	if len(c.buf) == start {
		c.text(w.terms.plain)
	}
	w.origin(info)
}

// reason returns the reason phrase of a response's head.
func reason(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	parts := bytes.SplitN(bytes.TrimRight(line, "\r"), []byte(" "), 3)
	if len(parts) < 3 {
		return ""
	}
	return string(parts[2])
}
