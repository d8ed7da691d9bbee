// Package textview shows documents of any length: it draws the lines that are seen, and asks the document for no others.
package textview

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/glyph"
	"culvert/ui/ink"
)

// Document is text of numbered lines. A View calls it on the main goroutine.
type Document interface {
	// Lines returns the number of lines.
	Lines() int
	// Line appends the spans of line i to dst. Their text need not be good any longer than to the next call. No line
	// should be longer than some 64 KiB; a Joined document breaks those that are.
	Line(i int, dst []ink.Span) []ink.Span
	// Tap tells the document that a cell of a line was tapped. It reports whether lines changed; those up to the
	// tapped one keep their numbers.
	Tap(line, column int) (changed bool)
}

// Folder is a document with lines that fold. The keyboard then moves from line to line.
type Folder interface {
	Document
	// Marker returns the column of the line's marker and whether the line is unfolded; ok is false if there is none.
	// A tap on the marker, on the cell behind it and anywhere before it folds and unfolds.
	Marker(line int) (column int, open, ok bool)
}

// Joined is a document of which some lines continue on the next: they are copied without a line end between them.
type Joined interface {
	Document
	Joined(line int) bool
}

// View shows a document. It fills its whole size, margins included. The zero View is of no use: call New.
type View struct {
	widget.BaseWidget

	// Wrap continues lines on the next row where they do not fit. Call Refresh after a change.
	Wrap bool
	// OnCopy is given the selected text when the user copies it. Without it the text goes to the clipboard.
	OnCopy func(text string)
	// OnMenu is called when the secondary button is pressed on a line; line is -1 below the last. at is absolute on the
	// canvas.
	OnMenu func(line int, at fyne.Position)
	// OnKey is given the keys that the view has no use for.
	OnKey func(*fyne.KeyEvent)
	// OnShortcut is given the shortcuts that the view has no use for. Without it they go to the canvas.
	OnShortcut func(fyne.Shortcut)

	doc    Document
	raster *canvas.Raster
	img    *image.RGBA

	page  page
	font  fyne.Resource // of face
	face  *glyph.Face
	lines lineCache
	spans []ink.Span // scratch
	low   []byte     // scratch of Find

	top    anchor // of the first row that is seen
	x      int    // pixels scrolled to the right
	widest int    // cells of the widest line seen so far

	selected selection
	caret    int // line that the keyboard folds
	focused  bool
	mouse    mouse
}

var (
	_ fyne.Focusable     = (*View)(nil)
	_ fyne.Shortcutable  = (*View)(nil)
	_ fyne.Scrollable    = (*View)(nil)
	_ fyne.Draggable     = (*View)(nil)
	_ desktop.Mouseable  = (*View)(nil)
	_ desktop.Hoverable  = (*View)(nil)
	_ desktop.Cursorable = (*View)(nil)
)

// New returns a view of no document.
func New() *View {
	v := &View{}
	v.ExtendBaseWidget(v)
	return v
}

// SetDocument shows a document from its top; nil shows nothing.
func (v *View) SetDocument(d Document) {
	v.top, v.x, v.caret = anchor{}, 0, 0
	v.SetDocumentKeep(d)
}

// SetDocumentKeep shows a document where the last one was scrolled to, such as another state of the same.
func (v *View) SetDocumentKeep(d Document) {
	v.doc = d
	v.widest = 0
	v.selected = selection{}
	v.mouse = mouse{}
	v.Refresh()
}

// Refresh shows the document as it is now.
func (v *View) Refresh() {
	v.lines.clear()
	v.caret = max(0, min(v.caret, v.count()-1))
	if v.selected.to.line >= v.count() || v.selected.from.line >= v.count() {
		v.selected = selection{}
	}
	v.measure(0, 0)
	v.top = v.clamp(v.top)
	v.BaseWidget.Refresh()
}

// ScrollTo brings a line into view.
func (v *View) ScrollTo(line int) {
	v.measure(0, 0)
	v.show(anchor{line: max(0, min(line, v.count()-1))})
	v.redraw()
}

// count returns the number of lines.
func (v *View) count() int {
	if v.doc == nil {
		return 0
	}
	return v.doc.Lines()
}

// line returns line i, laid out.
func (v *View) line(i int) *line {
	if l := v.lines.get(i); l != nil {
		return l
	}
	v.spans = v.doc.Line(i, v.spans[:0])
	columns := 0
	if v.Wrap {
		columns = v.page.columns
	}
	l := layOut(v.spans, columns)
	v.lines.put(i, l)
	v.widest = max(v.widest, l.cells)
	return l
}

// MinSize returns what a few words need.
func (v *View) MinSize() fyne.Size {
	v.ExtendBaseWidget(v)
	return fyne.NewSize(80, 2*margin+pitch)
}

// CreateRenderer is for Fyne.
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	v.raster = canvas.NewRaster(v.draw)
	return &renderer{v}
}

type renderer struct{ v *View }

func (r *renderer) Layout(size fyne.Size) {
	r.v.raster.Resize(size)
	r.v.measure(0, 0)
	r.v.top = r.v.clamp(r.v.top)
}

func (r *renderer) MinSize() fyne.Size           { return r.v.MinSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.v.raster} }
func (r *renderer) Refresh()                     { r.v.redraw() }
func (r *renderer) Destroy()                     {}

// redraw makes the raster anew, and nothing else.
func (v *View) redraw() {
	if v.raster != nil {
		canvas.Refresh(v.raster)
	}
}
