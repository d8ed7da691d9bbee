package frames

import (
	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/words"
)

// closeCode adds what the payload p of a Close frame says (RFC 6455 §5.5.1).
func (w *rows) closeCode(p []byte) {
	c := &w.cells
	if len(p) < 2 {
		c.text(w.terms.noCode)
		return
	}
	w.code(int(p[0])<<8 | int(p[1]))
	if reason := p[2:]; len(reason) > 0 {
		c.text(" — ")
		c.buf = appendLine(c.buf, reason, previewSize)
	}
}

func (w *rows) code(code int) {
	c := &w.cells
	c.int(int64(code))
	if meaning := w.terms.code(code); meaning != "" {
		c.text(" ")
		c.text(meaning)
	}
}

// closed makes the cells of the end of a connection, from the type on.
func (w *rows) closed(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.end, ink.Warning)
	info, ok := w.log.Conn(row.Conn)
	if !ok {
		return
	}
	c.buf = appendLine(c.buf, clip(info.Path(), nameSize), nameSize)
	c.end(ink.None)
	c.end(ink.None) // size
	w.ending(info)
	c.between(" · ")
	c.buf = appendDuration(c.buf, info.Duration(row.Time()))
	c.end(ink.None)
	c.end(ink.None)
}

// ending adds how a connection ended: what the first Close frame said, whose doing it was, and the error.
func (w *rows) ending(info *capture.ConnInfo) {
	c := &w.cells
	switch {
	case info.CloseBy != capture.Unknown && info.CloseCode != 0:
		w.code(info.CloseCode)
		if info.CloseReason != "" {
			c.text(" ")
			c.buf = appendLine(c.buf, clip(info.CloseReason, previewSize), previewSize)
		}
		c.text(" — ")
	case info.CloseBy == capture.Unknown && info.Status == 101:
		c.text(w.terms.noCloseFrame)
		c.text(" — ")
	}
	c.text(w.terms.ending(&info.End))
	if detail := EndDetail(&info.End); detail != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(detail, previewSize), previewSize)
	}
}

// EndDetail returns what else there is to say of an end, in the user's language unless it is the backend's own text.
func EndDetail(e *capture.End) string {
	if e.Cause == capture.ByRefusal && e.By == capture.Backend {
		return e.Detail
	}
	return words.Sentence(e.Detail)
}
