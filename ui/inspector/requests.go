package inspector

import (
	"fyne.io/fyne/v2"

	"culvert/ui/frames"
	"culvert/ui/frametable"
	"culvert/ui/payload"
)

// newRequestsPage returns the list of HTTP requests, with what is known of the selected one.
func newRequestsPage(p *Pane) *listing {
	title := func(key string) string { return word("column." + key) }
	l := newListing(p, storeRequests, []frametable.Column{
		frames.RequestNumber:   {ID: "number", Title: title("number"), Width: 48, Min: 24, Right: true},
		frames.RequestTime:     {ID: "time", Title: title("time"), Width: 86, Min: 40},
		frames.RequestMethod:   {ID: "method", Title: title("method"), Width: 52, Min: 30},
		frames.RequestPath:     {ID: "path", Title: title("path")},
		frames.RequestStatus:   {ID: "status", Title: title("status"), Width: 48, Min: 30, Right: true},
		frames.RequestBackend:  {ID: "backend", Title: title("backend"), Width: 108, Min: 30},
		frames.RequestType:     {ID: "type", Title: title("content"), Width: 116, Min: 30},
		frames.RequestSize:     {ID: "size", Title: title("response"), Width: 76, Min: 40, Right: true},
		frames.RequestDuration: {ID: "duration", Title: title("duration"), Width: 72, Min: 40, Right: true},
		frames.RequestError:    {ID: "error", Title: title("error"), Width: 120, Min: 30},
	})
	l.noRows = func() string { return p.nothingYet("requests") }
	l.describe = func(id int64) (payload.Document, int64) {
		x, ok := p.log.Exchange(id)
		if !ok || l.version == id {
			return nil, id
		}
		return sheet(exchange(&x)), id
	}
	among := func(id int64) { p.showRow(id) }
	l.table.OnOpen = among
	l.table.OnMenu = func(id int64, at fyne.Position) {
		p.popUp(at, l.table, fyne.NewMenu("", fyne.NewMenuItem(word("menu.among"), func() { among(id) })))
	}
	return l
}

// showRow shows a row among the frames, without a filter that may hide it.
func (p *Pane) showRow(id int64) {
	p.tabs.Select(tabFrames)
	p.clearFilter()
	p.frames.table.Select(id)
	p.frames.selected(id)
}
