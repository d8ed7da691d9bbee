package inspector

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/capture"
	"culvert/ui/frames"
	"culvert/ui/frametable"
	"culvert/ui/look"
	"culvert/ui/words"
)

// What is remembered between runs.
const (
	storeTab       = "inspector.tab"
	storeFolded    = "inspector.folded"
	storeColumns   = "inspector.columns"   // of the frame table
	storeSockets   = "inspector.sockets"   // columns
	storeRequests  = "inspector.requests"  // columns
	storeEndpoints = "inspector.endpoints" // columns
	storeSplit     = "inspector.split"     // height of the detail
	storeDetail    = "inspector.detail"    // tab of the detail
	storeBeside    = "inspector.beside"    // width of what is beside the detail
)

// detailHeight is that of the detail before anyone has moved the line above it.
const detailHeight = 232

// besideWidth and besideHeight are the extents of what is beside the detail: the width before anyone has moved the line
// between them, and the least height.
const (
	besideWidth  = 560
	besideHeight = 270
)

// blink is how long the window waits for the first rows of a query. They are nearly always there before: what would be
// drawn without them is a list that says that it is searching, and is gone with the next drawing.
const blink = 15 * time.Millisecond

// framesPage is the list of frames, and the detail of the one that is selected.
type framesPage struct {
	content fyne.CanvasObject
	table   *frametable.Table
	detail  *detail
	split   *look.Split
	below   *fyne.Container // the detail, and what is beside it
	empty   *empty
	pane    *Pane
	told    compared // in the status bar
}

func newFramesPage(p *Pane) *framesPage {
	f := &framesPage{pane: p, table: frametable.New(frameColumns()), detail: newDetail(p)}
	f.empty = newEmpty()
	f.table.Unseen = func(n int64) string { return words.N("inspector.frames.new", plural(n), "count", count(n)) }
	f.table.OnSelected = f.selected
	f.table.OnOpen = func(int64) { p.focus(f.detail.text) }
	f.table.OnMenu = p.rowMenu
	f.table.OnMarks = func([]int64) { f.showBetween() }
	f.table.OnKey = func(k *fyne.KeyEvent) { p.typed(f.table, k) }
	f.table.OnShortcut = p.shortcut
	keepWidths(p.o.Store, storeColumns, f.table)
	f.below = container.NewStack(f.detail.content)
	f.split = look.NewSplit(false, container.NewStack(f.table, f.empty.content), f.below)
	f.split.Fixed, f.split.Extent = look.Trailing, detailHeight
	p.o.Store.Get(storeSplit, &f.split.Extent)
	f.split.OnChanged = func(extent float32) { p.o.Store.Set(storeSplit, extent) }
	f.content = f.split
	return f
}

// putBeside shows an object beside the detail; nil takes it away.
func (f *framesPage) putBeside(o fyne.CanvasObject) {
	f.below.Objects = []fyne.CanvasObject{f.detail.content}
	if o != nil {
		s := look.NewSplit(true, f.detail.content, o)
		s.Fixed, s.Extent = look.Trailing, besideWidth
		f.pane.o.Store.Get(storeBeside, &s.Extent)
		s.OnChanged = func(extent float32) { f.pane.o.Store.Set(storeBeside, extent) }
		f.below.Objects[0] = s
		if f.split.Extent < besideHeight {
			f.split.Extent = besideHeight
			f.split.Refresh()
		}
	}
	f.below.Refresh()
}

func frameColumns() []frametable.Column {
	title := func(key string) string { return word("column." + key) }
	return []frametable.Column{
		frames.ColumnNumber:    {ID: "number", Title: title("number"), Width: 58, Min: 24, Right: true},
		frames.ColumnDirection: {ID: "direction", Width: 10, Min: 10},
		frames.ColumnTime:      {ID: "time", Title: title("time"), Width: 92, Min: 40},
		frames.ColumnDelta:     {ID: "delta", Title: title("delta"), Width: 52, Min: 30, Right: true},
		frames.ColumnType:      {ID: "type", Title: title("type"), Width: 64, Min: 24},
		frames.ColumnName:      {ID: "name", Title: title("name"), Width: 104, Min: 30},
		frames.ColumnSize:      {ID: "size", Title: title("size"), Width: 118, Min: 50, Right: true},
		frames.ColumnPreview:   {ID: "preview", Title: title("preview")},
		frames.ColumnFlags:     {ID: "flags", Title: title("flags"), Width: 72, Min: 20},
	}
}

// keepWidths remembers the widths of a table's columns.
func keepWidths(s Store, key string, t *frametable.Table) {
	var widths map[string]float32
	if s.Get(key, &widths) {
		t.SetWidths(widths)
	}
	t.OnWidths = func() { s.Set(key, t.Widths()) }
}

// enter shows the view of a project as it was left.
func (f *framesPage) enter(p *Pane) {
	v := p.view
	f.table.SetModel(v.list)
	for _, id := range v.marks {
		f.table.ToggleMark(id)
	}
	f.table.Select(v.selected)
	f.table.SetFollow(!v.away)
	f.detail.show(p.log, v.selected)
	f.showBetween()
}

// leave keeps in v how the project is looked at.
func (f *framesPage) leave(v *view) {
	v.selected, v.marks, v.away = f.table.Selected(), f.table.Marks(), !f.table.Follow()
	for _, id := range v.marks {
		f.table.ToggleMark(id)
	}
	f.table.Select(0)
	f.table.SetModel(nil)
	f.detail.show(nil, 0)
	f.told = compared{}
	f.pane.status.keep("")
	f.pane.status.freeze(false)
}

// tick shows what has come.
func (f *framesPage) tick(now time.Time) {
	v := f.pane.view
	if g := v.list.Generation(); g != v.generation {
		v.generation = g
		f.table.Changed()
	}
	tickTable(f.table, now)
	f.empty.check(f.pane)
}

// tickTable shows what has come in a table that has a place already: before that nothing of it is in view.
func tickTable(t *frametable.Table, now time.Time) {
	if t.Size().Height > 0 {
		t.Tick(now)
	}
}

// slowTick brings up to date what need not follow every row.
func (f *framesPage) slowTick(p *Pane) {
	f.detail.settle()
	f.showBetween()
	f.empty.check(p)
}

// filtered shows the list after a change of what is in it.
func (f *framesPage) filtered() {
	f.pane.view.list.Await(blink)
	f.pane.view.list.Update()
	f.tick(f.pane.o.Now())
	f.pane.filter.progress(f.pane.view.list)
}

// cleared forgets rows that are not there any more.
func (f *framesPage) cleared() {
	for _, id := range f.table.Marks() {
		f.table.ToggleMark(id)
	}
	f.table.Select(0)
	f.table.SetFollow(true)
	f.selected(0)
	f.filtered()
	f.pane.refreshFigures(f.pane.o.Now())
}

func (f *framesPage) selected(id int64) {
	f.detail.show(f.pane.log, id)
	f.showBetween()
}

// compared is what the status bar tells of: two rows and the time between, or how many rows are selected.
type compared struct{ a, b, selected int64 }

// showBetween tells the time between the marks: of two, between them; of one, to the selected row. Without marks it
// tells how many rows are selected, where they are several.
func (f *framesPage) showBetween() {
	now := f.compare()
	if now == f.told {
		return
	}
	f.told = now
	text := ""
	switch {
	case now.a != 0:
		if d, ok := f.pane.view.list.Between(now.a, now.b); ok {
			text = word("status.between", "a", count(now.a), "b", count(now.b), "time", signed(d))
		}
	case now.selected > 1:
		text = words.N("inspector.status.selected", plural(now.selected), "count", count(now.selected))
	}
	f.pane.status.keep(text)
}

func (f *framesPage) compare() (c compared) {
	marks, current := f.table.Marks(), f.table.Selected()
	switch {
	case len(marks) > 1:
		c.a, c.b = marks[0], marks[len(marks)-1]
	case len(marks) == 1 && current != 0 && current != marks[0]:
		c.a, c.b = marks[0], current
	default:
		list := f.pane.view.list
		for _, r := range f.table.SelectionRanges() {
			c.selected += list.Pos(r.Last+1) - list.Pos(r.First)
		}
	}
	return c
}

// markRow marks the selected row, or takes its mark away.
func (p *Pane) markRow() {
	if id := p.frames.table.Selected(); id != 0 && p.tabs.Selected() == tabFrames {
		p.frames.table.ToggleMark(id)
		p.frames.showBetween()
	}
}

// follow goes to the newest row and stays there, or stops doing so.
func (p *Pane) follow() { p.frames.table.SetFollow(!p.frames.table.Follow()) }

// row returns the selected row.
func (p *Pane) row() (r capture.Row, ok bool) {
	if p.log == nil {
		return r, false
	}
	return p.log.Row(p.frames.table.Selected())
}
