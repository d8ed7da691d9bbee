package frames

import (
	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/words"
)

// exchange makes the cells of an HTTP exchange, from the type on.
func (w *rows) exchange(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.http, ink.Dim)
	x, ok := w.log.Exchange(row.ID)
	if !ok {
		return
	}
	i := ink.None
	if x.Err != "" || x.Status == 0 || x.Status >= 500 {
		i = ink.Error
	}
	c.buf = appendLine(c.buf, clip(x.Method, nameSize), nameSize)
	if x.Status != 0 {
		c.text(" → ")
		c.int(int64(x.Status))
	}
	c.end(i)
	c.buf = appendSize(c.buf, x.ResponseBytes)
	c.end(ink.Dim)
	c.buf = appendLine(c.buf, clip(pathOf(x.URL), previewSize), previewSize)
	if x.ContentType != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(x.ContentType, nameSize), nameSize)
	}
	if x.Err != "" {
		c.text(" · ")
		c.buf = appendLine(c.buf, clip(words.Sentence(x.Err), previewSize), previewSize)
	}
	c.text(" · ")
	c.buf = appendDuration(c.buf, x.Duration)
	c.end(i)
	if i == ink.Error {
		c.word("✕", ink.Error)
	}
}
