package frames

import (
	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
	"culvert/ui/words"
)

// violation makes the cells of a violation, from the type on.
func (w *rows) violation(row *capture.Row) {
	c := &w.cells
	c.word(w.terms.violation, ink.Error)
	c.end(ink.None)
	c.end(ink.None)
	c.text(row.Rule.Section())
	c.text(": ")
	if int(row.Rule) < len(w.terms.rules) {
		c.text(w.terms.rules[row.Rule])
	}
	w.payload, _ = w.log.Payload(w.payload[:0], row.ID, nameScan)
	if detail := FaultDetail(row.Rule, w.payload); detail != "" {
		c.text(": ")
		c.buf = appendLine(c.buf, clip(detail, previewSize), previewSize)
	}
	c.end(ink.Error)
	c.text("⚠ ")
	c.word(shortSection(row.Rule), ink.Error)
}

// FaultDetail returns what the text of a violation says beyond its rule, in the user's language; "" for nothing.
func FaultDetail(rule frame.Rule, text []byte) string {
	told := len(rule.Section()) + len(": ") + len(rule.String()) + len(": ")
	if len(text) <= told {
		return ""
	}
	return words.Sentence(string(text[told:]))
}
