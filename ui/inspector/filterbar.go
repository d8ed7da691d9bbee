package inspector

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/frames"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// filterBar says which rows are shown, and what may be done with them.
type filterBar struct {
	content fyne.CanvasObject
	chips   []*look.Chip // by frames.Chip
	fold    *look.Chip
	query   *queryField
	note    *look.Text // what is wrong with the query, or how it was taken
	noteRow *fyne.Container
	row     *fyne.Container // chips, query, buttons
	freeze  *look.Button
	export  *look.Button

	problems int // that the chip tells of
	found    progress
	quiet    bool
	pane     *Pane
}

func newFilterBar(p *Pane) *filterBar {
	f := &filterBar{pane: p, note: look.NewText("", look.Style{Size: look.Small})}
	chips := make([]fyne.CanvasObject, 0, 8)
	for i, name := range [...]string{"all", "sent", "received", "text", "binary", "control", "problems"} {
		c := look.NewChip(word("chip."+name), func() { f.choose(frames.Chip(i)) })
		f.chips = append(f.chips, c)
		chips = append(chips, c)
	}
	f.fold = look.NewChip(word("filter.fold"), p.toggleFold)
	f.query = newQueryField(word("filter.placeholder"), f.changed)
	f.query.escape, f.query.leave, f.query.shortcut = p.clearFilter, p.Focus, p.shortcut
	f.freeze = look.NewButton(word("filter.freeze"), look.Plain, p.toggleFreeze)
	f.export = look.NewMenuButton(word("filter.export"), look.Plain, p.exportMenu)
	chips = append(chips, f.fold)
	f.row = newFilterRow(look.Row(5, chips...), f.query, look.Row(5, f.freeze,
		look.NewButton(word("filter.clear"), look.Plain, p.clear),
		f.export,
		look.NewButton(word("filter.compose"), look.Primary, p.composeNew)))
	f.noteRow = look.Pad(0, 16, 6, 16, f.note)
	f.noteRow.Hide()
	f.content = look.Column(0, look.Pad(8, 16, 8, 16, f.row), f.noteRow, look.Rule())
	return f
}

// show shows how a view is filtered, without filtering again.
func (f *filterBar) show(v *view, folded bool) {
	f.quiet = true
	f.query.SetText(v.query)
	f.quiet = false
	f.tell("", ink.Dim)
	f.mark(v.chip)
	f.fold.SetSelected(folded)
	f.showFrozen(false)
}

func (f *filterBar) mark(chosen frames.Chip) {
	for i, c := range f.chips {
		c.SetSelected(frames.Chip(i) == chosen)
	}
}

// choose filters by a chip.
func (f *filterBar) choose(c frames.Chip) {
	f.mark(c)
	f.pane.view.chip = c
	f.pane.view.list.SetChip(c)
	f.pane.frames.filtered()
}

// changed filters by the query as it is written.
func (f *filterBar) changed(text string) {
	if f.quiet {
		return
	}
	notes, err := f.pane.view.list.SetQuery(text)
	switch {
	case err != nil:
		f.tell(word("filter.error", "error", strings.TrimPrefix(words.Sentence(err.Error()), "query: ")), ink.Error)
		return
	case len(notes) > 0:
		said := make([]string, len(notes))
		for i, note := range notes {
			said[i] = words.Sentence(note)
		}
		f.tell(word("filter.note", "note", strings.Join(said, "; ")), ink.Warning)
	default:
		f.tell("", ink.Dim)
	}
	f.pane.view.query = text
	f.pane.frames.filtered()
}

// tell says something about the query, below it.
func (f *filterBar) tell(text string, i ink.Ink) {
	f.note.SetText(text)
	f.note.SetInk(i)
	if hidden := text == ""; hidden == f.noteRow.Visible() {
		f.noteRow.Hidden = hidden
		f.content.Refresh()
		f.pane.layOut()
	}
}

// figures brings the chip of problems up to date.
func (f *filterBar) figures(l *frames.List) {
	f.progress(l)
	if n := l.Problems(); n != f.problems {
		f.problems = n
		f.chips[frames.Problems].SetText(numbered(word("chip.problems"), int64(n)))
		f.row.Refresh() // it needs more room, or less
	}
}

// progress is how far a search is.
type progress struct {
	filtered, searching bool
	rows, percent       int64
}

// progress tells in the status bar what the filter has found.
func (f *filterBar) progress(l *frames.List) {
	var now progress
	if now.filtered = !l.Query().All(); now.filtered {
		now.rows = l.Count()
		if now.searching = l.Searching(); now.searching {
			now.percent = int64(100 * l.Progress())
		}
	}
	if now == f.found {
		return
	}
	f.found = now
	text := ""
	if now.filtered {
		text = words.N("inspector.status.found", plural(now.rows), "count", count(now.rows))
	}
	if now.searching {
		text += " · " + word("status.searching", "percent", now.percent)
	}
	f.pane.status.find(text)
}

func (f *filterBar) showFrozen(on bool) {
	if on {
		f.freeze.SetText(word("filter.thaw"))
	} else {
		f.freeze.SetText(word("filter.freeze"))
	}
}

// toggleFold folds heartbeats, or shows them one by one again.
func (p *Pane) toggleFold() {
	if p.view == nil {
		return
	}
	on := !p.filter.fold.Selected()
	p.filter.fold.SetSelected(on)
	p.view.list.SetFolded(on)
	p.o.Store.Set(storeFolded, on)
	p.frames.filtered()
}

// toggleFreeze stops the list, not the recording, or lets it go on.
func (p *Pane) toggleFreeze() {
	if p.view == nil {
		return
	}
	on := !p.view.list.Frozen()
	p.view.list.SetFrozen(on)
	p.filter.showFrozen(on)
	p.status.freeze(on)
	p.frames.filtered()
}

// clear lets go of what was recorded.
func (p *Pane) clear() {
	if p.view == nil {
		return
	}
	p.log.Clear()
	p.frames.cleared()
}

// clearFilter shows all rows; the selected one stays where it can be seen.
func (p *Pane) clearFilter() {
	if p.view == nil {
		return
	}
	p.filter.query.SetText("")
	p.filter.choose(frames.All)
	p.Focus()
}

// filterBy shows what matches a query.
func (p *Pane) filterBy(query string) {
	p.tabs.Select(tabFrames)
	p.filter.choose(frames.All)
	p.filter.query.SetText(query)
	p.Focus()
}
