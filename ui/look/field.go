package look

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/keys"
)

// Field is an entry of one line that can say in words, below itself, what is wrong with its text.
type Field struct {
	widget.Entry

	// The keys that a field may give a meaning to; nil: the entry's own.
	OnEscape, OnUp, OnDown func()

	problem *Text
	size    fyne.Size
}

// NewField returns an empty field.
func NewField(placeholder string) *Field {
	f := &Field{problem: NewText("", Style{Ink: ink.Error, Size: Small})}
	f.problem.Hide()
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(placeholder)
	f.Scroll = fyne.ScrollHorizontalOnly
	return f
}

// NewMonoField returns a field whose text is monospaced: addresses, queries.
func NewMonoField(placeholder string) *Field {
	f := NewField(placeholder)
	f.TextStyle.Monospace = true
	return f
}

// SetProblem shows what is wrong; "" takes it away.
func (f *Field) SetProblem(text string) {
	if text == f.problem.Text() {
		return
	}
	f.problem.SetText(text)
	f.problem.Hidden = text == ""
	f.layOut()
	f.Refresh()
}

// Problem returns what SetProblem was told.
func (f *Field) Problem() string { return f.problem.Text() }

// TypedKey is for Fyne.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyEscape && f.OnEscape != nil:
		f.OnEscape()
	case e.Name == fyne.KeyUp && f.OnUp != nil:
		f.OnUp()
	case e.Name == fyne.KeyDown && f.OnDown != nil:
		f.OnDown()
	case e.Name == fyne.KeyEscape || e.Name == fyne.KeyF1 || e.Name == fyne.KeyF5: // mean nothing to a text
		keys.PassKey(f, e)
	default:
		f.Entry.TypedKey(e)
	}
}

// TypedShortcut is for Fyne. What means nothing to a text is the window's.
func (f *Field) TypedShortcut(s fyne.Shortcut) {
	if keys.OfText(s) {
		f.Entry.TypedShortcut(s)
		return
	}
	keys.Pass(f, s)
}

// Size is for Fyne.
func (f *Field) Size() fyne.Size { return f.size }

// Resize is for Fyne.
func (f *Field) Resize(s fyne.Size) {
	f.size = s
	f.layOut()
}

// layOut gives the entry what the problem leaves.
func (f *Field) layOut() {
	h := f.problemHeight()
	f.Entry.Resize(fyne.NewSize(f.size.Width, f.size.Height-h))
	f.problem.Move(fyne.NewPos(2, f.size.Height-h+2))
	f.problem.Resize(fyne.NewSize(f.size.Width-4, h-2))
}

func (f *Field) problemHeight() float32 {
	if f.problem.Hidden {
		return 0
	}
	return f.problem.MinSize().Height + 2
}

// MinSize is for Fyne.
func (f *Field) MinSize() fyne.Size {
	s := f.Entry.MinSize()
	s.Height = max(s.Height, control) + f.problemHeight()
	return s
}

// CreateRenderer is for Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	return &fieldRenderer{WidgetRenderer: f.Entry.CreateRenderer(), problem: f.problem}
}

// fieldRenderer is the entry's, with the problem beside its objects.
type fieldRenderer struct {
	fyne.WidgetRenderer
	problem *Text
}

func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.problem)
}
