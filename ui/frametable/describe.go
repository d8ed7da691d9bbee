package frametable

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Describe is what is said instead of rows, and whether the table follows its end.
func (t *Table) Describe() (role, text, state string) {
	if t.follow.on {
		state = "following"
	}
	return "table", t.emptyText(), state
}

// EachRow tells of each row in view: its cells between tabs, whether it is selected, and where it lies in the table.
func (t *Table) EachRow(f func(text, state string, top, height float32)) {
	if t.scroll.row <= 0 {
		return
	}
	unit := rowHeight / float32(t.scroll.row) // of a pixel
	from, to := t.scroll.visible()
	var cells []string
	for pos := from; pos < to; pos++ {
		id := t.model.ID(pos)
		if id == 0 || !t.model.Row(pos, &t.painter.row) {
			continue
		}
		cells = cells[:0]
		for _, c := range t.painter.row.Cells {
			cells = append(cells, string(c.Text))
		}
		state := ""
		if t.selected.has(id) {
			state = "selected"
		}
		f(strings.Join(cells, "\t"), state, headerHeight+float32(t.scroll.y(pos))*unit, rowHeight)
	}
}

// Parts returns the header, and what lies over the rows.
func (t *Table) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{t.header, t.pill} }

// Parts returns the titles.
func (h *header) Parts() (titles []fyne.CanvasObject) {
	for _, title := range h.titles {
		titles = append(titles, title)
	}
	return titles
}
