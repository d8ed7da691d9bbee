package frames

import (
	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/words"
)

// refused makes the cells of a TLS handshake that failed, from the type on.
func (w *rows) refused(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.refused, ink.Error)
	h, ok := w.log.FailedHandshake(row.ID)
	if !ok {
		return
	}
	c.buf = appendLine(c.buf, clip(h.Name(), nameSize), nameSize)
	c.end(ink.None)
	c.end(ink.None) // size
	c.buf = appendLine(c.buf, clip(words.Sentence(h.Explanation()), previewSize), previewSize)
	c.end(ink.Error)
	c.text("✕")
	if h.Count > 1 {
		c.text(" ")
		c.int(h.Count)
		c.text("×")
	}
	c.end(ink.Error)
}
