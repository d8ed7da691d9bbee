// Package textview shows documents of any length: it draws the lines that are seen, and asks the document for no others.
package textview

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
)

// Document is text of numbered lines. A View calls it on the main goroutine.
type Document interface {
	// Lines returns the number of lines.
	Lines() int
	// Line appends the spans of line i to dst. Their text need not be good any longer than to the next call.
	Line(i int, dst []ink.Span) []ink.Span
	// Tap tells the document that a cell of a line was tapped. It reports whether lines changed; those up to the
	// tapped one keep their numbers.
	Tap(line, column int) (changed bool)
}

// View shows a document.
type View struct {
	widget.BaseWidget

	// Wrap continues lines on the next row where they do not fit. Refresh after a change.
	Wrap bool
	// OnCopy is given the selected text when the user copies it.
	OnCopy func(text string)
	// OnMenu is called when a line is tapped with the secondary button; line is -1 below the last.
	OnMenu func(line int, at fyne.Position)
	// OnKey is given the keys that the view has no use for.
	OnKey func(*fyne.KeyEvent)
	// OnShortcut is given the shortcuts that the view has no use for. Without it they go to the window.
	OnShortcut func(fyne.Shortcut)

	raster *canvas.Raster
}

// New returns a view of no document.
func New() *View {
	v := &View{}
	v.ExtendBaseWidget(v)
	return v
}

// SetDocument shows a document from its top; nil shows nothing.
func (v *View) SetDocument(d Document) {}

// SetDocumentKeep shows a document where the last one was scrolled to, such as another state of the same.
func (v *View) SetDocumentKeep(d Document) {}

// Selection returns the selected text, "" if none is.
func (v *View) Selection() string { return "" }

// SelectAll selects the whole document.
func (v *View) SelectAll() {}

// ScrollTo brings a line into view.
func (v *View) ScrollTo(line int) {}

// Find selects the next occurrence of the text behind the selection, or before it if back is set, ignoring case, and
// brings it into view. It goes around at the end and reports whether there is one.
func (v *View) Find(text string, back bool) bool { return false }

// CreateRenderer is how Fyne draws the view.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	v.raster = canvas.NewRasterFromImage(nil)
	return widget.NewSimpleRenderer(v.raster)
}
