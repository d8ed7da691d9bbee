package welcome

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// The parts of a row of the matrix, in the order of its objects.
const (
	cellStore = iota
	cellState
	cellProof
	cellButton
	cellNotes // what explains the others, below them
	cellCount
)

const (
	rowLeast   = 38 // height, in Fyne units
	cellGap    = 12
	rowMargin  = 8
	narrow     = 620 // below this the proof stands below the state
	underState = 22  // how far
)

// matrix lays out one row. All rows of a list have one, so their columns are in line.
type matrix struct {
	storeWide float32 // of the column of names; 0: a part of the width
	proofs    bool    // there is a column for them
	width     float32 // that was given last
}

// columns returns where state and proof begin.
func (m *matrix) columns(width float32) (states, proofs float32) {
	states = m.storeWide
	if states == 0 {
		states = min(max(width*0.29, 140), 460)
	}
	return states, states + min(max(width*0.26, 120), 320)
}

// folded reports whether the proof has no column of its own.
func (m *matrix) folded(width float32) bool { return width < narrow }

// MinSize is for Fyne. The height is that for the width that was given last.
func (m *matrix) MinSize(os []fyne.CanvasObject) fyne.Size {
	h := m.head(os)
	if os[cellNotes].Visible() {
		h += os[cellNotes].MinSize().Height + 6
	}
	states, _ := m.columns(0)
	return fyne.NewSize(states+120+os[cellButton].MinSize().Width, h)
}

// head is the height of a row without its notes.
func (m *matrix) head(os []fyne.CanvasObject) float32 {
	h := max(rowLeast, os[cellStore].MinSize().Height)
	if m.proofs && m.folded(m.width) {
		h = max(h, firstLine(h, os[cellState])+underState+os[cellProof].MinSize().Height)
	}
	return h
}

// firstLine is where an object begins that stands in the middle of a row without notes.
func firstLine(height float32, o fyne.CanvasObject) float32 {
	return max(0, (min(height, rowLeast)-o.MinSize().Height)/2)
}

// Layout is for Fyne.
func (m *matrix) Layout(os []fyne.CanvasObject, size fyne.Size) {
	m.width = size.Width
	states, proofs := m.columns(size.Width)
	right := size.Width - rowMargin
	place := func(o fyne.CanvasObject, x, y, width float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	place(os[cellStore], rowMargin, firstLine(rowLeast, os[cellStore]), states-rowMargin-cellGap)
	head := m.head(os)
	if b := os[cellButton].MinSize(); os[cellButton].Visible() {
		place(os[cellButton], right-b.Width, firstLine(head, os[cellButton]), b.Width)
		right -= b.Width + cellGap
	}
	y := firstLine(head, os[cellState])
	switch {
	case !m.proofs:
		place(os[cellState], states, y, right-states)
	case m.folded(size.Width):
		place(os[cellState], states, y, right-states)
		place(os[cellProof], states, y+underState, right-states)
	default:
		place(os[cellState], states, y, proofs-states-cellGap)
		place(os[cellProof], proofs, firstLine(head, os[cellProof]), right-proofs)
	}
	os[cellNotes].Resize(fyne.NewSize(size.Width-rowMargin-states, os[cellNotes].Size().Height)) // it wraps, and then knows its height
	place(os[cellNotes], states, head, size.Width-rowMargin-states)
}

// newHeading returns the titles of the columns.
func newHeading(m *matrix) fyne.CanvasObject {
	title := func(key string) fyne.CanvasObject {
		return look.NewText(words.T(key), look.Style{Ink: ink.Dim, Size: look.Small, Min: 20})
	}
	return container.New(&heading{m}, title("welcome.column.store"), title("welcome.column.state"), title("welcome.column.proof"))
}

// heading lays out the titles above the columns of a matrix.
type heading struct{ of *matrix }

const headingHeight = 22

func (*heading) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, headingHeight) }

func (h *heading) Layout(os []fyne.CanvasObject, size fyne.Size) {
	states, proofs := h.of.columns(size.Width)
	at := []float32{rowMargin, states, proofs, size.Width}
	if os[2].Hide(); !h.of.folded(size.Width) {
		os[2].Show()
	}
	for i, o := range os {
		o.Move(fyne.NewPos(at[i], 0))
		o.Resize(fyne.NewSize(max(0, at[i+1]-at[i]-cellGap), headingHeight))
	}
}
