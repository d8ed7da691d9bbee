package inspector

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnel/capture"
	"culvert/ui/words"
)

// scope is which rows are exported.
type scope uint8

const (
	allRows scope = iota
	filteredRows
	selectedRows
)

// exportForm is a form of file.
type exportForm struct {
	key, suffix string
	write       func(ctx context.Context, e *export, w io.Writer) error
}

// exportForms returns the forms of file.
func exportForms() []exportForm {
	return []exportForm{
		{"har", ".har", func(ctx context.Context, e *export, w io.Writer) error {
			return e.log.WriteHAR(ctx, w, e.query, e.version)
		}},
		{"ndjson", ".ndjson", func(ctx context.Context, e *export, w io.Writer) error {
			return e.log.WriteNDJSON(ctx, w, e.query, e.project)
		}},
		{"text", ".txt", func(ctx context.Context, e *export, w io.Writer) error {
			return e.log.WriteText(ctx, w, e.query)
		}},
	}
}

// export is what is written to a file.
type export struct {
	log              *capture.Log
	query            *capture.Query
	project, version string
}

// exportMenu offers every scope in every form.
func (p *Pane) exportMenu() *fyne.Menu {
	if p.project == nil {
		return nil
	}
	var items []*fyne.MenuItem
	for _, s := range []scope{allRows, filteredRows, selectedRows} {
		if s == filteredRows && p.view.list.Query().All() || s == selectedRows && p.frames.table.Selected() == 0 {
			continue // the same as everything, or nothing
		}
		if items != nil {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		items = append(items, p.exportItems(s, true)...)
	}
	return fyne.NewMenu("", items...)
}

// exportItems offers the forms for one scope, which they name if named is set.
func (p *Pane) exportItems(s scope, named bool) (items []*fyne.MenuItem) {
	what := word("menu." + [...]string{"exportall", "exportfiltered", "exportselected"}[s])
	for _, f := range exportForms() {
		title := word("menu."+f.key, "what", what)
		if !named {
			title = word("form." + f.key)
		}
		items = append(items, fyne.NewMenuItem(title, func() { p.export(s, f) }))
	}
	return items
}

// openExportMenu shows the menu of the Export button by key.
func (p *Pane) openExportMenu() {
	p.tabs.Select(tabFrames)
	p.popUp(p.below(p.filter.export, fyne.NewPos(0, p.filter.export.Size().Height+2)), p.filter.export, p.exportMenu())
}

// queryOf returns the query for the rows of a scope.
func (p *Pane) queryOf(s scope) *capture.Query {
	switch s {
	case filteredRows:
		return p.view.list.Query()
	case selectedRows:
		var spans []capture.Span
		for _, r := range p.frames.table.SelectionRanges() {
			spans = append(spans, capture.Span{First: r.First, Last: r.Last})
		}
		return p.view.list.Selection(spans...)
	}
	return nil
}

// export asks for a file and writes to it beside the main goroutine.
func (p *Pane) export(s scope, f exportForm) {
	e := &export{log: p.log, query: p.queryOf(s), project: p.project.Name, version: p.o.Version}
	name := fileName(p.project.Name, p.o.Now()) + f.suffix
	p.o.SaveAs(name, func(w io.WriteCloser, err error) {
		switch {
		case err != nil:
			p.status.fail(word("status.failed", "reason", words.Sentence(err.Error())))
			return
		case w == nil:
			return
		}
		p.status.tell(word("status.exporting", "name", name))
		p.o.Work(func() func() {
			err := errors.Join(f.write(p.ctx, e, w), w.Close())
			return func() {
				if err != nil {
					p.status.fail(word("status.failed", "reason", words.Sentence(err.Error())))
					return
				}
				p.status.tell(word("status.exported", "name", name))
			}
		})
	})
}

// fileName makes a name for an export, without its suffix, of the project's name and the time alone: nothing that came
// over the wire. A project's name has letters, digits, _ . and - only; anything else would be replaced.
func fileName(project string, now time.Time) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune("_.-", c):
			return c
		}
		return '_'
	}, project)
	return strings.TrimLeft(clean, ".-") + "-" + now.Format("20060102-150405")
}
