// Package payload turns payloads into documents: text of numbered lines in the inks of the window, made line by line as
// a viewer asks for them, so that the largest payload opens at once.
//
// A document keeps the payload it was made of and never changes it; the caller must not either. Documents may be made on
// any goroutine, and are then used by one at a time. Their text is what came over the wire: who draws it makes it safe.
package payload

import (
	"culvert/ui/ink"
)

// Document is what all documents of this package are.
type Document interface {
	// Lines returns the number of lines.
	Lines() int
	// Line appends the spans of line i to dst. Their text is good until the next call.
	Line(i int, dst []ink.Span) []ink.Span
	// Tap tells the document that a cell of a line was tapped. It reports whether lines changed; those up to the
	// tapped one keep their numbers.
	Tap(line, column int) (changed bool)
}

// joined is a document of which some lines are continued by the next: there is no line end between them.
type joined interface {
	Joined(line int) bool
}

// Text returns lines first up to but not including next as plain text, as they stand in the document. Controls other
// than tabs and line ends are written as escapes and invalid UTF-8 as U+FFFD, so that it may be pasted anywhere.
func Text(d Document, first, next int) string {
	var out []byte
	var spans []ink.Span
	j, _ := d.(joined)
	first, next = max(first, 0), min(next, d.Lines())
	for i := first; i < next; i++ {
		spans = d.Line(i, spans[:0])
		for _, s := range spans {
			out = ink.AppendPasteable(out, s.Text)
		}
		if i+1 < next && (j == nil || !j.Joined(i)) {
			out = append(out, '\n')
		}
	}
	return string(out)
}
