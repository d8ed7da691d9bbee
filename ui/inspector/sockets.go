package inspector

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/frames"
	"culvert/ui/frametable"
	"culvert/ui/payload"
)

// newSocketsPage returns the list of connections, with both handshakes and the end of the selected one.
func newSocketsPage(p *Pane) *listing {
	title := func(key string) string { return word("column." + key) }
	l := newListing(p, storeSockets, []frametable.Column{
		frames.SocketNumber:         {ID: "number", Title: title("number"), Width: 34, Min: 20, Right: true},
		frames.SocketPath:           {ID: "path", Title: title("path")},
		frames.SocketState:          {ID: "state", Title: title("state"), Width: 156, Min: 40},
		frames.SocketBackend:        {ID: "backend", Title: title("backend"), Width: 108, Min: 30},
		frames.SocketProtocol:       {ID: "protocol", Title: title("protocol"), Width: 80, Min: 30},
		frames.SocketOpened:         {ID: "opened", Title: title("opened"), Width: 86, Min: 40},
		frames.SocketDuration:       {ID: "duration", Title: title("duration"), Width: 62, Min: 40, Right: true},
		frames.SocketSentFrames:     {ID: "sent-frames", Title: title("sentframes"), Width: 48, Min: 24, Right: true},
		frames.SocketReceivedFrames: {ID: "received-frames", Title: title("receivedframes"), Width: 48, Min: 24, Right: true},
		frames.SocketSentBytes:      {ID: "sent-bytes", Title: title("sentbytes"), Width: 66, Min: 30, Right: true},
		frames.SocketReceivedBytes:  {ID: "received-bytes", Title: title("receivedbytes"), Width: 66, Min: 30, Right: true},
	})
	l.noRows = func() string { return p.nothingYet("sockets") }
	l.describe = func(id int64) (payload.Document, int64) {
		c, ok := p.log.Conn(uint32(id))
		if !ok {
			return nil, 0
		}
		version := c.Last << 2
		if c.Over {
			version |= 1
		}
		if !c.Answered.IsZero() {
			version |= 2
		}
		if version == l.version {
			return nil, version
		}
		return sheet(connection(c, p.o.Now())...), version
	}
	only := func(id int64) { p.filterBy("conn:" + strconv.FormatInt(id, 10)) }
	l.table.OnOpen = only
	l.table.OnMenu = func(id int64, at fyne.Position) {
		p.popUp(at, l.table, fyne.NewMenu("", fyne.NewMenuItem(word("menu.socket"), func() { only(id) })))
	}
	return l
}

// nothingYet tells that there is nothing of a kind, and what to do.
func (p *Pane) nothingYet(kind string) string {
	switch {
	case !p.project.Switched:
		return word("empty.off", "name", p.project.Name)
	case p.project.Page() == "":
		return word("empty.nothing")
	}
	return word("empty."+kind, "url", p.project.Page())
}

// popUp shows a menu at a position of the canvas that o is on.
func (p *Pane) popUp(at fyne.Position, o fyne.CanvasObject, m *fyne.Menu) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && m != nil {
		widget.ShowPopUpMenuAtPosition(m, c, at)
	}
}
