package inspector

import (
	"time"

	"culvert/tunnel/capture"
	"culvert/ui/frames"
)

// view is how one project is looked at. It outlives the project's stay on the screen, but for its models.
type view struct {
	list     *frames.List
	sockets  *frames.Sockets
	requests *frames.Requests

	generation uint64 // of list, when its positions were last looked at

	started time.Time // when the capture began: in another one rows have other ids

	tab      int
	query    string
	chip     frames.Chip
	selected int64
	marks    []int64
	away     bool // not following
}

// open makes the models.
func (v *view) open(log *capture.Log, o frames.Options, folded bool) {
	v.list = frames.NewList(log, o)
	v.sockets = frames.NewSockets(log, o)
	v.requests = frames.NewRequests(log, o)
	v.list.SetFolded(folded)
	v.list.SetChip(v.chip)
	if _, err := v.list.SetQuery(v.query); err != nil {
		v.query = ""
	}
	v.list.Update()
}

func (v *view) close() {
	v.list.Close()
	v.requests.Close()
	v.list, v.sockets, v.requests = nil, nil, nil
}

// enter shows the view of the project that is shown from now on.
func (p *Pane) enter(log *capture.Log) {
	v := p.views[p.project.Name]
	if v == nil {
		v = &view{}
		if p.o.Store.Get(storeTab, &v.tab); v.tab < tabFrames || v.tab >= tabCount {
			v.tab = tabFrames
		}
		p.views[p.project.Name] = v
	}
	if started := log.Stats().Started; !started.Equal(v.started) {
		v.started, v.selected, v.marks, v.away = started, 0, nil, false
	}
	p.log, p.view = log, v
	var folded bool
	p.o.Store.Get(storeFolded, &folded)
	v.open(log, frames.Options{Project: p.project.Name, Now: p.o.Now}, folded)
	v.generation = v.list.Generation()
	p.filter.show(v, folded)
	p.frames.enter(p)
	p.sockets.enter(v.sockets)
	p.requests.enter(v.requests)
	p.showTab(v.tab)
	p.tabs.Select(v.tab)
}

// leave keeps how the project is looked at, and lets go of its models.
func (p *Pane) leave() {
	if p.view == nil {
		return
	}
	p.frames.leave(p.view)
	p.sockets.leave()
	p.requests.leave()
	p.view.close()
	p.view, p.log = nil, nil
}
