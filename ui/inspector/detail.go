package inspector

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/capture"
	"culvert/ui/frames"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/payload"
	"culvert/ui/textview"
	"culvert/ui/words"
)

// detail shows all of one row.
type detail struct {
	content fyne.CanvasObject
	tabs    *look.Tabs
	summary *look.Text
	text    *textview.View
	empty   *look.Text // in the place of text
	pane    *Pane

	log     *capture.Log
	id      int64 // 0: none
	record  *record
	shown   payload.Document // nil: nothing
	loading int              // counts what was asked for: what arrives late is not shown
	framesN int              // that the title of the tab tells of
}

// aside is the size in bytes from which on a row is read beside the main goroutine.
const aside = 128 << 10

// fragmentsAtOnce is how many fragments a message may have to be read at once.
const fragmentsAtOnce = 256

func newDetail(p *Pane) *detail {
	d := &detail{
		pane: p, text: textview.New(),
		summary: look.NewText("", look.Style{Ink: ink.Dim, Align: fyne.TextAlignTrailing}),
		empty:   look.NewText("", look.Style{Ink: ink.Dim}),
	}
	d.tabs = look.NewTabs(d.choose, word("detail.pretty"), word("detail.raw"), word("detail.hex"), word("detail.frames"), word("detail.timing"))
	d.text.Wrap = true
	d.text.OnCopy = p.o.Clipboard
	d.text.OnMenu = func(line int, at fyne.Position) { p.popUp(at, d.text, d.menu(line)) }
	d.text.OnKey = func(k *fyne.KeyEvent) { p.typed(d.text, k) }
	d.text.OnShortcut = func(s fyne.Shortcut) { p.pressed(d.text, s) }
	head := look.Pad(0, 16, 0, 16, look.Row(24, d.tabs, look.Grow(d.summary)))
	d.content = container.NewBorder(look.Column(0, head, look.Rule()), nil, nil, nil,
		container.NewStack(d.text, look.Center(d.empty)))
	var tab int
	if p.o.Store.Get(storeDetail, &tab) {
		d.tabs.Select(tab)
	}
	d.show(nil, 0)
	return d
}

// choose shows another side of the row.
func (d *detail) choose(tab int) {
	d.pane.o.Store.Set(storeDetail, tab)
	if d.record != nil {
		d.load()
	}
}

// show shows row id of log; 0 shows that none is selected.
func (d *detail) show(log *capture.Log, id int64) {
	d.log, d.id, d.record = log, id, nil
	if id == 0 {
		d.blank(word("detail.empty"))
		return
	}
	d.load()
}

// blank shows a line in the place of a row.
func (d *detail) blank(why string) {
	d.loading++
	d.summary.SetText("")
	d.titleFrames(0)
	d.shown = nil
	d.text.SetDocument(nil)
	d.text.Hide()
	d.empty.SetText(why)
	d.empty.Show()
}

// settle reads the row again if it was still changing when it was read.
func (d *detail) settle() {
	if d.record != nil && !d.record.settled && d.record.changed(d.log) {
		d.load()
	}
}

// load reads the row and makes the document of the tab; a large one beside the main goroutine.
func (d *detail) load() {
	d.loading++
	log, id, tab, known := d.log, d.id, d.tabs.Selected(), d.record
	marks := d.pane.frames.table.Marks()
	read := func() (*record, payload.Document, error) {
		r, err := known, error(nil)
		if r == nil || !r.settled {
			r, err = readRecord(log, id, d.pane.o.Now())
		}
		if err != nil {
			return nil, nil, err
		}
		return r, r.document(tab, marks), nil
	}
	if !large(log, id) {
		d.present(read())
		return
	}
	if known == nil {
		d.blank(word("detail.loading"))
	}
	ticket := d.loading
	d.pane.o.Work(func() func() {
		r, doc, err := read()
		return func() {
			if ticket == d.loading {
				d.present(r, doc, err)
			}
		}
	})
}

// large reports whether the message of a row is too large to be read while the window waits.
func large(log *capture.Log, id int64) bool {
	row, ok := log.Row(id)
	if !ok || row.Kind != capture.Frame {
		return false
	}
	first, ok := log.Row(row.First)
	if !ok {
		first = row
	}
	frames, wire, _ := log.Fragments(row.First, fragmentsAtOnce)
	return frames == fragmentsAtOnce || wire > aside || max(row.Size(), first.Size()) > aside
}

func (d *detail) present(r *record, doc payload.Document, err error) {
	if err != nil {
		if errors.Is(err, capture.ErrGone) {
			d.blank(word("detail.gone"))
		} else {
			d.blank(words.Sentence(err.Error()))
		}
		return
	}
	again := d.record != nil && d.record.row.ID == r.row.ID
	d.record, d.shown = r, doc
	d.titleFrames(r.frames())
	d.summary.SetText(strings.Join(r.summary(d.pane.nameOf(r.row.ID)), " · "))
	if doc.Lines() == 0 {
		d.text.Hide()
		d.empty.SetText(word("detail.nothing"))
		d.empty.Show()
		return
	}
	d.empty.Hide()
	d.text.Show()
	d.text.Wrap = d.tabs.Selected() != detailHex // a dump is read by its columns
	if again {
		d.text.SetDocumentKeep(doc)
	} else {
		d.text.SetDocument(doc)
	}
}

// titleFrames puts the number of frames on their tab.
func (d *detail) titleFrames(n int) {
	if n != d.framesN {
		d.framesN = n
		d.tabs.SetTitle(detailFrames, numbered(word("detail.frames"), int64(n)))
	}
}

// nameOf returns the name that the list shows for a row, "" if it is not in the list or has none.
func (p *Pane) nameOf(id int64) string {
	var row ink.Row
	if l := p.view.list; l.ID(l.Pos(id)) != id || !l.Row(l.Pos(id), &row) {
		return ""
	}
	return string(row.Cells[frames.ColumnName].Text)
}

// menu is what can be done with a line of the detail; line is -1 below the last.
func (d *detail) menu(line int) *fyne.Menu {
	if d.shown == nil {
		return nil
	}
	copied := func(text string) {
		d.pane.o.Clipboard(text)
		d.pane.status.tell(word("status.copied"))
	}
	var items []*fyne.MenuItem
	if selection := d.text.Selection(); selection != "" {
		items = append(items, fyne.NewMenuItem(word("menu.copyselection"), func() { copied(selection) }))
	}
	tree, isTree := d.shown.(*payload.Tree)
	if isTree && line >= 0 {
		if value := tree.Value(line); len(value) > 0 {
			items = append(items, fyne.NewMenuItem(word("menu.copyvalue"), func() { copied(string(value)) }))
		}
		if path := tree.Path(line); path != "" {
			items = append(items, fyne.NewMenuItem(word("menu.copypath"), func() { copied(path) }))
		}
	}
	items = append(items, fyne.NewMenuItem(word("menu.selectall"), d.text.SelectAll))
	if isTree {
		items = append(items, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(word("menu.foldall"), func() { tree.Fold(); d.text.SetDocument(tree) }),
			fyne.NewMenuItem(word("menu.unfoldall"), func() { tree.Unfold(unfoldLines); d.text.SetDocument(tree) }))
	}
	return fyne.NewMenu("", items...)
}

// unfoldLines is about how many lines a tree has once all of it is unfolded; a larger one is unfolded in part.
const unfoldLines = 100_000
