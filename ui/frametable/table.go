// Package frametable shows a list of millions of rows that grows while it is looked at.
package frametable

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Table shows the rows of a Model. It belongs to the main goroutine.
type Table struct {
	widget.BaseWidget

	// EmptyText is shown in the middle where the model has no rows. Call Refresh after a change.
	EmptyText string
	// Unseen is the text of the pill for n rows that came while the table was not following.
	Unseen func(n int64) string

	OnFollow   func(on bool, unseen int64)       // follow was switched by the user
	OnSelected func(id int64)                    // the current row is another one; 0: none
	OnOpen     func(id int64)                    // Enter or a double click
	OnMenu     func(id int64, at fyne.Position)  // a secondary click; at is absolute on the canvas
	OnMarks    func(ids []int64)                 // a row was marked or unmarked by the user
	OnWidths   func()                            // a column was resized by the user
	OnKey      func(k *fyne.KeyEvent)            // a key that the table has no use for
	OnShortcut func(shortcut fyne.Shortcut) bool // a shortcut that the table has no use for; reports whether it was used
}

// New returns a Table of the columns, empty and following.
func New(columns []Column) *Table {
	t := &Table{}
	t.ExtendBaseWidget(t)
	return t
}

// SetModel shows another list; nil shows none. The selected row stays in view if the list has it.
func (t *Table) SetModel(m Model) {}

// Tick shows what came or went since the last time. It returns at once where nothing changed.
func (t *Table) Tick(now time.Time) {}

// Changed tells that the model was rebuilt: the selected row stays in view.
func (t *Table) Changed() {}

// Follow reports whether the table keeps the last row in view.
func (t *Table) Follow() bool { return true }

// SetFollow switches following on, which goes to the end, or off.
func (t *Table) SetFollow(on bool) {}

// Select makes id the current and only selected row and brings it into view; 0 selects none. It does not call
// OnSelected.
func (t *Table) Select(id int64) {}

// Selected returns the id of the current row, 0 for none.
func (t *Table) Selected() int64 { return 0 }

// Selection returns the ids of the selected rows that the model has, in order.
func (t *Table) Selection() []int64 { return nil }

// SelectionRanges returns the selected ids as ranges in order. Ids between its ends that the model does not have are
// not selected rows.
func (t *Table) SelectionRanges() []IDs { return nil }

// Marks returns the ids of the marked rows in order.
func (t *Table) Marks() []int64 { return nil }

// ToggleMark marks the row, or takes its mark away. It does not call OnMarks.
func (t *Table) ToggleMark(id int64) {}

// Widths returns the widths of the columns by id, without the one that takes the rest.
func (t *Table) Widths() map[string]float32 { return nil }

// SetWidths sets the widths of the columns that are named.
func (t *Table) SetWidths(widths map[string]float32) {}

// CreateRenderer is for Fyne.
func (t *Table) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}
