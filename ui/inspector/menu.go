package inspector

import (
	"strconv"

	"fyne.io/fyne/v2"

	"culvert/tunnel/capture"
	"culvert/ui/frames"
	"culvert/ui/keys"
	"culvert/ui/words"
)

// copyForms are the forms a row is copied in, with their words.
var copyForms = [...]struct {
	form frames.Form
	key  string
}{
	{frames.AsText, "text"},
	{frames.AsJSON, "json"},
	{frames.AsHex, "hex"},
	{frames.AsBase64, "base64"},
	{frames.AsWebsocat, "websocat"},
	{frames.AsSend, "wssend"},
}

// The limits of one copy to the clipboard.
const (
	copyRows  = 10_000
	copyBytes = 16 << 20
)

// rowMenu shows what can be done with a row. The table has selected it.
func (p *Pane) rowMenu(id int64, at fyne.Position) {
	r, ok := p.log.Row(id)
	if !ok {
		return
	}
	items := p.copyItems()
	items = append(items, fyne.NewMenuItemSeparator())
	if r.Conn != 0 {
		items = append(items, fyne.NewMenuItem(word("menu.socket"), func() {
			p.filterBy("conn:" + strconv.FormatUint(uint64(r.Conn), 10))
		}))
	}
	if r.Kind == capture.Frame {
		compose := fyne.NewMenuItem(word("menu.compose"), p.composeRow)
		compose.Shortcut = keys.Ctrl(fyne.KeyReturn).Shortcut()
		items = append(items, compose)
	}
	mark := word("menu.mark")
	for _, m := range p.frames.table.Marks() {
		if m == id {
			mark = word("menu.unmark")
		}
	}
	export := fyne.NewMenuItem(word("menu.export"), nil)
	export.ChildMenu = fyne.NewMenu("", p.exportItems(selectedRows, false)...)
	items = append(items,
		fyne.NewMenuItem(mark, func() {
			p.frames.table.ToggleMark(id)
			p.frames.showBetween()
		}),
		fyne.NewMenuItemSeparator(), export)
	p.popUp(at, p.frames.table, fyne.NewMenu("", items...))
}

func (p *Pane) copyItems() []*fyne.MenuItem {
	items := make([]*fyne.MenuItem, 0, 12)
	for _, f := range copyForms {
		items = append(items, fyne.NewMenuItem(word("copy."+f.key), func() { p.copy(f.form) }))
	}
	items[0].Shortcut = keys.Ctrl(fyne.KeyC).Shortcut()
	return items
}

// openCopyMenu shows the forms to copy in, over the table.
func (p *Pane) openCopyMenu() {
	if p.frames.table.Selected() == 0 || p.tabs.Selected() != tabFrames {
		return
	}
	p.popUp(p.below(p.frames.table, fyne.NewPos(48, 48)), p.frames.table, fyne.NewMenu("", p.copyItems()...))
}

// below returns where a point of o is on its canvas.
func (p *Pane) below(o fyne.CanvasObject, at fyne.Position) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Add(at)
}

// copyText copies the selected row of the list that is shown.
func (p *Pane) copyText() {
	switch p.tabs.Selected() {
	case tabFrames:
		p.copy(frames.AsText)
	case tabSockets:
		p.sockets.copy()
	case tabRequests:
		p.requests.copy()
	case tabEndpoints:
		p.endpoints.copy()
	}
}

// copy puts the selected rows on the clipboard.
func (p *Pane) copy(form frames.Form) {
	ids, more := p.selectedIDs(copyRows)
	if len(ids) == 0 {
		return
	}
	log := p.log
	p.o.Work(func() func() {
		text, n, short := copyOf(log, ids, form)
		return func() {
			if n == 0 {
				p.status.fail(word("detail.gone"))
				return
			}
			p.o.Clipboard(text)
			if more || short {
				p.status.tell(words.N("inspector.status.copiedfirst", plural(int64(n)), "count", count(int64(n))))
			} else {
				p.status.tell(word("status.copied"))
			}
		}
	})
}

// copyOf returns rows in a form, and how many they are; short is whether the limit of a copy cut them off.
func copyOf(log *capture.Log, ids []int64, form frames.Form) (text string, n int, short bool) {
	var messages []frames.Message
	size := 0
	for _, id := range ids {
		m, err := frames.ReadMessage(log, id, copyBytes)
		if err != nil {
			continue // it has gone meanwhile
		}
		size += len(m.Payload)
		if size > copyBytes && len(messages) > 0 {
			return frames.Copy(form, messages...), len(messages), true
		}
		messages = append(messages, m)
	}
	return frames.Copy(form, messages...), len(messages), false
}

// selectedIDs returns the selected rows, at most limit of them, and whether there are more.
func (p *Pane) selectedIDs(limit int) (ids []int64, more bool) {
	list := p.view.list
	for _, r := range p.frames.table.SelectionRanges() {
		for pos := list.Pos(r.First); ; pos++ {
			id := list.ID(pos)
			if id == 0 || id > r.Last {
				break
			}
			if len(ids) == limit {
				return ids, true
			}
			ids = append(ids, id)
		}
	}
	return ids, false
}

// composeNew opens the editor of messages with nothing in it.
func (p *Pane) composeNew() {
	if p.project != nil {
		p.o.Compose(p.project, nil)
	}
}

// composeRow opens the editor of messages with the selected one.
func (p *Pane) composeRow() {
	r, ok := p.row()
	if !ok || p.tabs.Selected() != tabFrames || r.Kind != capture.Frame {
		p.composeNew()
		return
	}
	log, project := p.log, p.project
	p.o.Work(func() func() {
		d, err := draftOf(log, &r)
		return func() {
			if err != nil {
				p.status.fail(word("detail.gone"))
				return
			}
			p.o.Compose(project, d)
		}
	})
}

func draftOf(log *capture.Log, r *capture.Row) (*Draft, error) {
	m, err := log.Message(r.ID, -1)
	if err != nil {
		return nil, err
	}
	d := &Draft{Opcode: r.Opcode, Payload: m.Payload}
	if len(m.Frames) > 0 {
		d.Opcode = m.Frames[0].Opcode
	}
	if c, ok := log.Conn(r.Conn); ok {
		d.Path, d.Protocol = c.Path(), c.Subprotocol
	}
	return d, nil
}
