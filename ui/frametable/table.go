// Package frametable shows a list of millions of rows that grows while it is looked at. Its rows are one raster: only
// those in view are asked of the model, and only those that changed are drawn.
package frametable

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// checkEvery is how often a table looks for changes in the rows that it shows, and tells of those that it does not.
const checkEvery = 250 * time.Millisecond

// Table shows the rows of a Model. It belongs to the main goroutine.
type Table struct {
	widget.BaseWidget

	// EmptyText is shown in the middle where the model has no rows. Call Refresh after a change.
	EmptyText string
	// Unseen is the text of the pill for n rows that came while the table was not following.
	Unseen func(n int64) string

	// OnFollow is called when following was switched on or off, or the number of rows that came since it was off
	// changed.
	OnFollow func(on bool, unseen int64)
	// OnSelected is called when the user made another row the current one.
	OnSelected func(id int64)
	// OnOpen is called for Enter and for a double click on a row.
	OnOpen func(id int64)
	// OnMenu is called for a secondary click on a row, and for the menu key; at is absolute on the canvas.
	OnMenu func(id int64, at fyne.Position)
	// OnMarks is called when the user marked a row or took a mark away.
	OnMarks func(ids []int64)
	// OnWidths is called when the user has resized a column.
	OnWidths func()
	// OnKey and OnShortcut get what the table has no use for. A shortcut that is not used goes on to the canvas.
	OnKey      func(key *fyne.KeyEvent)
	OnShortcut func(shortcut fyne.Shortcut) (used bool)

	model   Model
	columns columns
	scroll  scroll
	painter painter
	checked time.Time
	// wheel is what is left of a pixel after the last turn of the wheel.
	wheel float32

	follow   follow
	selected selection
	current  int64   // id of the current row; 0: none
	anchor   int64   // id at which a range of the selection begins
	marks    []int64 // in order
	pending  pending
	kept     pending // what the last rebuilt list was to keep in its place

	pressed int64 // position of the row that a drag of the pointer has come to
	pointer int64 // its y in the view, in pixels; -1: elsewhere
	focused bool
	shift   bool // is held down

	header *header
	raster *canvas.Raster
	empty  *look.Text
	pill   *look.Pill
	bar    *scrollbar
}

// New returns a Table of the columns, empty and following.
func New(list []Column) *Table {
	t := &Table{model: none{}, columns: newColumns(list), pointer: -1}
	t.follow.on = true
	t.painter.init()
	t.header = newHeader(t)
	t.raster = canvas.NewRaster(t.generate)
	t.raster.ScaleMode = canvas.ImageScalePixels // its pixels are the screen's
	t.empty = look.NewText("", look.Style{Ink: ink.Dim, Align: fyne.TextAlignCenter})
	t.pill = look.NewPill("", func() { t.SetFollow(true) })
	t.pill.Hide()
	t.bar = newScrollbar(t.dragTo)
	t.ExtendBaseWidget(t)
	return t
}

// SetModel shows another list; nil shows none. The selected row stays in view if the list has it; after nil nothing is
// kept in view.
func (t *Table) SetModel(m Model) {
	t.model = m
	if m == nil {
		t.model = none{}
	}
	t.Changed()
	if m == nil {
		t.pending, t.kept = pending{}, pending{}
	}
}

// Changed tells that the model was rebuilt: the selected row stays in view, at its height where that is possible, and if
// the list does not have it yet, comes back into view when it does.
func (t *Table) Changed() {
	t.kept = t.held()
	t.pending = t.kept
	t.painter.stale = true
	first, next := t.model.Range()
	t.scroll.setRange(first, next)
	t.restore()
	if t.follow.on {
		t.scroll.toEnd()
	}
	t.painter.forget()
	t.redraw()
}

// Tick shows what came or went since the last time. It returns at once where nothing changed.
func (t *Table) Tick(now time.Time) {
	first, next := t.model.Range()
	moved := first != t.scroll.first || next != t.scroll.next
	due := now.Sub(t.checked) >= checkEvery
	if !moved && !due && !t.painter.late {
		return
	}
	repaint := t.painter.late
	if moved {
		repaint = t.advance(first, next) || repaint
	}
	if due {
		t.checked = now
		t.overlay()
		repaint = repaint || t.outdated()
	}
	if repaint {
		t.raster.Refresh()
	}
}

// advance takes in the list's new positions, and reports whether other rows are in view.
func (t *Table) advance(first, next int64) bool {
	empty := t.scroll.first == t.scroll.next
	top := t.scroll.top
	from, to := t.scroll.visible()
	t.scroll.setRange(first, next)
	if t.pending.id != 0 {
		t.restore()
	}
	if t.follow.on {
		t.scroll.toEnd()
	}
	if empty != (first == next) {
		t.overlay()
	}
	from2, to2 := t.scroll.visible()
	return top != t.scroll.top || from != from2 || to != to2
}

// redraw shows everything that hangs on the scroll position.
func (t *Table) redraw() {
	t.overlay()
	t.raster.Refresh()
}

// overlay updates what lies above the rows, as far as it changed.
func (t *Table) overlay() {
	t.bar.set(t.scroll.thumb(t.bar.Size().Height, shortestThumb))
	if text := t.emptyText(); text != t.empty.Text() {
		t.empty.SetText(text)
	}
	if t.see() {
		t.showPill()
		if t.OnFollow != nil {
			t.OnFollow(t.follow.on, t.follow.unseen)
		}
	}
}

func (t *Table) emptyText() string {
	if t.scroll.first < t.scroll.next {
		return ""
	}
	return t.EmptyText
}

func (t *Table) showPill() {
	if t.follow.on || t.follow.unseen == 0 || t.Unseen == nil {
		t.pill.Hide()
		return
	}
	t.pill.SetText(t.Unseen(t.follow.unseen))
	t.placePill()
	t.pill.Show()
}

// Marks returns the ids of the marked rows in order.
func (t *Table) Marks() []int64 { return slices.Clone(t.marks) }

// ToggleMark marks the row, or takes its mark away. It does not call OnMarks.
func (t *Table) ToggleMark(id int64) {
	if id == 0 {
		return
	}
	if i, ok := slices.BinarySearch(t.marks, id); ok {
		t.marks = slices.Delete(t.marks, i, i+1)
	} else {
		t.marks = slices.Insert(t.marks, i, id)
	}
	t.raster.Refresh()
}

// Widths returns the widths of the columns by id, without the one that takes the rest.
func (t *Table) Widths() map[string]float32 { return t.columns.widths() }

// SetWidths sets the widths of the columns that are named.
func (t *Table) SetWidths(widths map[string]float32) {
	t.columns.setWidths(widths)
	t.arrange()
}

// arrange lays the columns out anew.
func (t *Table) arrange() {
	t.columns.layout(t.Size().Width)
	t.header.arrange()
	t.painter.forget()
	t.raster.Refresh()
}
