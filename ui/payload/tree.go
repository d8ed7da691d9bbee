package payload

import (
	"time"

	"culvert/ui/ink"
)

// Tree is JSON as a tree that folds.
type Tree struct {
	// Zone is that of the times told behind numbers that look like one; nil is the local zone.
	Zone *time.Location
}

// JSON returns the tree of a payload that is JSON: one value, several ones after each other, or one behind a prefix of
// digits such as Socket.IO's. ok is false if it is anything else.
func JSON(p []byte) (t *Tree, ok bool) { return nil, false }

// Lines returns the number of lines.
func (t *Tree) Lines() int { return 0 }

// Line appends the spans of line i.
func (t *Tree) Line(i int, dst []ink.Span) []ink.Span { return dst }

// Tap folds or unfolds the value whose marker was tapped.
func (t *Tree) Tap(line, column int) bool { return false }

// Tappable reports whether there is a marker to tap.
func (t *Tree) Tappable(line, column int) bool { return false }

// Fold folds all values but the outermost.
func (t *Tree) Fold() {}

// Unfold unfolds everything, until the document has about as many lines as limit.
func (t *Tree) Unfold(limit int) {}

// Value returns the JSON of the value on a line, as it is in the payload.
func (t *Tree) Value(line int) []byte { return nil }

// Path returns the place of the value on a line as JavaScript would write it after the payload's name: .user.name, [3].
func (t *Tree) Path(line int) string { return "" }
