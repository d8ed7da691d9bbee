package inspector

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/frametable"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/payload"
	"culvert/ui/textview"
)

// listing is a table with what is known of its selected row below it: the sockets, the requests.
type listing struct {
	content fyne.CanvasObject
	table   *frametable.Table
	text    *textview.View
	empty   *look.Text // in the place of text
	none    *look.Text // in the place of rows
	model   listModel
	pane    *Pane

	// describe returns the document of a row, and what changes when it is worth describing again.
	describe func(id int64) (doc payload.Document, version int64)
	version  int64
	shown    payload.Document // nil: nothing
	noRows   func() string
}

// listModel is a list that takes over what has come when it is told to.
type listModel interface {
	frametable.Model
	Update() (changed bool)
}

func newListing(p *Pane, store string, columns []frametable.Column) *listing {
	l := &listing{
		pane: p, table: frametable.New(columns), text: textview.New(),
		empty: look.NewText(word("detail.empty"), look.Style{Ink: ink.Dim}),
		none:  look.NewText("", look.Style{Ink: ink.Dim}),
	}
	keepWidths(p.o.Store, store, l.table)
	l.text.Wrap = true
	l.text.OnCopy = p.o.Clipboard
	l.text.OnKey = func(k *fyne.KeyEvent) { p.typed(l.text, k) }
	l.text.OnShortcut = func(s fyne.Shortcut) { p.pressed(l.text, s) }
	l.table.OnSelected = func(int64) { l.version = -1; l.slowTick() }
	l.table.OnKey = func(k *fyne.KeyEvent) { p.typed(l.table, k) }
	l.table.OnShortcut = p.shortcut
	split := look.NewSplit(false, container.NewStack(l.table, look.Center(l.none)),
		container.NewStack(l.text, look.Center(l.empty)))
	split.Fixed, split.Extent = look.Trailing, 380
	p.o.Store.Get(store+".split", &split.Extent)
	split.OnChanged = func(extent float32) { p.o.Store.Set(store+".split", extent) }
	l.content = split
	return l
}

func (l *listing) enter(m listModel) {
	m.Update()
	l.model = m
	l.table.SetModel(m)
	l.version = -1
	l.slowTick()
}

func (l *listing) leave() {
	l.table.Select(0)
	l.table.SetModel(nil)
	l.model, l.shown = nil, nil
	l.version = -1
}

// tick shows what has come.
func (l *listing) tick(now time.Time) {
	l.model.Update()
	tickTable(l.table, now)
}

// slowTick describes the selected row again where that has changed.
func (l *listing) slowTick() {
	if l.model == nil {
		return
	}
	if first, next := l.model.Range(); next > first {
		l.none.Hide()
	} else {
		l.none.SetText(l.noRows())
		l.none.Show()
	}
	id := l.table.Selected()
	if id == 0 {
		l.text.Hide()
		l.empty.Show()
		return
	}
	doc, version := l.describe(id)
	if doc == nil || version == l.version {
		return
	}
	if l.version < 0 {
		l.text.SetDocument(doc)
	} else {
		l.text.SetDocumentKeep(doc)
	}
	l.shown, l.version = doc, version
	l.empty.Hide()
	l.text.Show()
}

// copy puts what is told of the selected row on the clipboard.
func (l *listing) copy() {
	if l.table.Selected() != 0 && l.shown != nil {
		l.pane.o.Clipboard(payload.Text(l.shown, 0, l.shown.Lines()))
		l.pane.status.tell(word("status.copied"))
	}
}
