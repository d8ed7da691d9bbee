package inspector

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/frames"
	"culvert/ui/frametable"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// endpoints lists the paths of the project, those that its routes name and those that were asked for. Below are the
// addresses of the path that is selected, or all that the project answers on, and how its backends are.
type endpoints struct {
	pane    *Pane
	content fyne.CanvasObject
	table   *frametable.Table
	none    *look.Text // in the place of rows
	model   *frames.Endpoints
	list    *fyne.Container // below
	scroll  *container.Scroll

	project  *state.Project
	selected string // path, "" for none
	shown    []endpoint
	told     string // what list shows, to leave it alone while that is the same
}

// endpoint is one address of a project and where it leads.
type endpoint struct {
	address string // wss://host:port/path
	to      string
}

// endpointsOf returns every URL with every route that serves there, the best URL first.
func endpointsOf(p *state.Project) (list []endpoint) {
	for _, u := range p.URLs {
		for i := range p.Routes {
			one := endpoint{addressAt(u, p.Routes[i].Path, forSockets(&p.Routes[i])), leadsTo(&p.Routes[i])}
			if slices.Contains(p.Routes[i].URLs, u) && !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list
}

// addressesOf returns the addresses of a path that was asked for, or that a route names.
func addressesOf(p *state.Project, at *state.Endpoint) (list []endpoint) {
	routes := routesOf(p, at.Route)
	for _, u := range p.URLs {
		to, sockets := "", at.Sockets > 0
		i := slices.IndexFunc(routes, func(r *state.Route) bool { return slices.Contains(r.URLs, u) })
		switch {
		case i >= 0:
			to = leadsTo(routes[i])
			sockets = sockets || forSockets(routes[i]) && at.Requests == 0
		case len(routes) > 0: // it serves elsewhere
			continue
		}
		list = append(list, endpoint{addressAt(u, at.Path, sockets), to})
	}
	return list
}

// addressAt returns the address of a path: for a WebSocket client, or for a browser.
func addressAt(u, path string, sockets bool) string {
	if sockets {
		u = "wss://" + strings.TrimPrefix(u, "https://")
	}
	return u + path
}

// forSockets reports whether a route leads to what takes WebSockets, as its file has it.
func forSockets(r *state.Route) bool {
	return slices.ContainsFunc(r.Upstreams, func(u state.Upstream) bool { return !strings.HasPrefix(u.URL, "http") })
}

// routesOf returns the routes of a path. There are several where they serve at different addresses.
func routesOf(p *state.Project, path string) (list []*state.Route) {
	for i := range p.Routes {
		if path != "" && p.Routes[i].Path == path {
			list = append(list, &p.Routes[i])
		}
	}
	return list
}

// leadsTo tells where a route leads: all its upstreams, or the folder, or the place that clients are sent to.
func leadsTo(r *state.Route) string {
	if len(r.Upstreams) == 0 {
		return words.Sentence(r.To)
	}
	urls := make([]string, len(r.Upstreams))
	for i, u := range r.Upstreams {
		urls[i] = u.URL
	}
	return strings.Join(urls, " · ")
}

func newEndpoints(p *Pane) *endpoints {
	title := func(key string) string { return word("column." + key) }
	e := &endpoints{
		pane: p, model: frames.NewEndpoints(), list: look.Column(0),
		none: look.NewText("", look.Style{Ink: ink.Dim}),
		table: frametable.New([]frametable.Column{
			frames.EndpointPath:     {ID: "path", Title: title("path")},
			frames.EndpointRoute:    {ID: "route", Title: title("route"), Width: 150, Min: 40},
			frames.EndpointTo:       {ID: "to", Title: title("to"), Width: 220, Min: 40},
			frames.EndpointOpen:     {ID: "open", Title: title("open"), Width: 56, Min: 30, Right: true},
			frames.EndpointSockets:  {ID: "sockets", Title: title("sockets"), Width: 64, Min: 30, Right: true},
			frames.EndpointRequests: {ID: "requests", Title: title("requests"), Width: 68, Min: 30, Right: true},
			frames.EndpointRefused:  {ID: "refused", Title: title("refused"), Width: 60, Min: 30, Right: true},
		}),
	}
	keepWidths(p.o.Store, storeEndpoints, e.table)
	e.table.SetModel(e.model)
	e.table.SetFollow(false)
	e.table.OnSelected = e.choose
	e.table.OnOpen = func(id int64) { e.only(id) }
	e.table.OnMenu = e.menu
	e.table.OnKey = func(k *fyne.KeyEvent) { p.typed(e.table, k) }
	e.table.OnShortcut = p.shortcut
	e.scroll = container.NewVScroll(look.Pad(12, 16, 16, 16, e.list))
	split := look.NewSplit(false, container.NewStack(e.table, look.Center(e.none)), e.scroll)
	split.Fixed, split.Extent = look.Trailing, 380
	p.o.Store.Get(storeEndpoints+".split", &split.Extent)
	split.OnChanged = func(extent float32) { p.o.Store.Set(storeEndpoints+".split", extent) }
	e.content = split
	return e
}

// show shows a project, which may be the one that is shown, with other counts.
func (e *endpoints) show(p *state.Project) {
	if e.project == nil || e.project.Name != p.Name {
		e.selected = ""
	}
	e.project = p
	changed := e.model.Set(p)
	e.none.SetText(e.pane.nothingYet("endpoints"))
	e.none.Hidden = len(p.Endpoints) > 0
	if changed {
		e.table.Changed()
	}
	switch id := e.model.Find(e.selected); {
	case e.selected == "" || id == e.table.Selected():
	case id == 0:
		e.selected = ""
		fallthrough
	default:
		e.table.Select(id)
	}
	e.lay()
}

// choose shows the addresses of a path.
func (e *endpoints) choose(id int64) {
	one, _ := e.model.Endpoint(id)
	if e.selected = one.Path; one.Others {
		e.selected = ""
	}
	e.lay()
	e.scroll.ScrollToTop()
}

// all shows all addresses, and no path of its own.
func (e *endpoints) all() {
	e.table.Select(0)
	e.choose(0)
}

// only shows the frames and the requests of a path.
func (e *endpoints) only(id int64) {
	if one, ok := e.model.Endpoint(id); ok && !one.Others {
		e.pane.filterBy("path:" + quoted(one.Path))
	}
}

// quoted returns a path as a query takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, "\" \t\\") {
		return strconv.Quote(path)
	}
	return path
}

func (e *endpoints) menu(id int64, at fyne.Position) {
	if one, _ := e.model.Endpoint(id); one.Others {
		return
	}
	items := []*fyne.MenuItem{fyne.NewMenuItem(word("menu.path"), func() { e.only(id) })}
	if len(e.shown) > 0 {
		items = append(items, fyne.NewMenuItem(word("menu.address"), e.copy))
	}
	e.pane.popUp(at, e.table, fyne.NewMenu("", items...))
}

// copy puts the best address of what is shown on the clipboard.
func (e *endpoints) copy() {
	if len(e.shown) > 0 {
		e.pane.copyAddress(e.shown[0].address)
	}
}

// lay shows what is known of the selected path, or of all.
func (e *endpoints) lay() {
	one, chosen := e.model.Endpoint(e.model.Find(e.selected))
	backends := upstreams(e.project)
	if chosen {
		e.shown, backends = addressesOf(e.project, &one), nil
		for _, r := range routesOf(e.project, one.Route) {
			backends = append(backends, r.Upstreams...)
		}
	} else {
		e.shown = endpointsOf(e.project)
	}
	if told := fmt.Sprint(e.selected, one.Route, e.shown, backends, e.project.URLs, e.project.Listen, e.project.Exposed, e.project.Guarded, e.project.Certificate); told != e.told {
		e.told = told
		e.list.Objects = nil
		if chosen {
			e.path(&one)
		}
		e.backends(backends)
		e.addresses(chosen)
		if !chosen {
			e.lines(word("endpoint.hosts"), hosts(e.project.URLs))
			e.listen()
			e.certificate()
		}
		e.list.Refresh()
	}
}

// path adds which path is selected, with what can be done and what is wrong with it.
func (e *endpoints) path(of *state.Endpoint) {
	e.list.Add(look.Row(8,
		look.Grow(look.NewText(ink.Safe(of.Path), look.Style{Mono: true, Bold: true})),
		look.NewButton(word("endpoint.frames"), look.Plain, func() { e.only(e.model.Find(of.Path)) }),
		look.NewButton(word("endpoint.all"), look.Quiet, e.all)))
	if of.Route == "" {
		e.list.Add(look.Pad(6, 0, 8, 0, look.Row(8, warningSign(),
			look.Grow(look.Middle(look.NewParagraph(word("endpoint.unrouted"), look.Style{Ink: ink.Warning}))), e.edit())))
	}
}

// addresses adds a row for each address.
func (e *endpoints) addresses(chosen bool) {
	if len(e.shown) == 0 && !chosen {
		e.list.Add(look.Pad(12, 0, 0, 0, look.NewText(word("endpoint.none"), look.Style{Ink: ink.Dim})))
	} else if len(e.shown) > 0 {
		e.list.Add(e.title(word("endpoint.addresses")))
	}
	for _, one := range e.shown {
		e.list.Add(e.row(one))
	}
}

// edit is the button to the project's form.
func (e *endpoints) edit() fyne.CanvasObject {
	b := look.NewButton(word("endpoint.edit"), look.Plain, func() { e.pane.o.Edit(e.project) })
	look.Enable(!e.project.Demo, b)
	return b
}

// backends adds a row for each backend, with why it is down.
func (e *endpoints) backends(list []state.Upstream) {
	if len(list) == 0 {
		return
	}
	e.list.Add(e.title(word("endpoint.backends")))
	for _, u := range list {
		row := []fyne.CanvasObject{look.NewText(u.URL, look.Style{Mono: true})}
		if e.project.Serving {
			how := look.NewState(inkOf(u.Down), word("header.up"))
			if u.Down != "" {
				how = look.NewState(inkOf(u.Down), word("header.down"))
			}
			row = append(row, how, look.NewText(openText(u.Connections), look.Style{Ink: ink.Dim}))
		}
		e.list.Add(look.Fixed(0, rowHeight, look.Row(12, row...)))
		if u.Down != "" {
			e.list.Add(look.Pad(0, 0, 4, 0, look.NewParagraph(words.Sentence(u.Down), look.Style{Ink: ink.Dim})))
		}
	}
}

// listen adds the addresses that the project listens on; those that other machines can reach have a warning.
func (e *endpoints) listen() {
	e.lines(word("endpoint.listen"), e.project.Listen)
	if len(e.project.Exposed) > 0 {
		e.list.Add(look.Row(8, warningSign(), look.Grow(look.NewText(exposed(e.project), look.Style{Ink: ink.Dim}))))
	}
}

// certificate adds which certificate of its own the project shows: that the CA is trusted says nothing of it.
func (e *endpoints) certificate() {
	if e.project.Certificate == "" {
		return
	}
	e.lines(word("endpoint.certificate"), []string{"SHA-256 " + e.project.Certificate})
	e.list.Add(look.NewParagraph(word("endpoint.own"), look.Style{Ink: ink.Dim}))
}

// lines adds texts below a title.
func (e *endpoints) lines(of string, lines []string) {
	if len(lines) == 0 {
		return
	}
	e.list.Add(e.title(of))
	for _, l := range lines {
		e.list.Add(look.Fixed(0, rowHeight, look.NewText(l, look.Style{Mono: true})))
	}
}

// title returns a small heading, with room above it where something stands there.
func (e *endpoints) title(text string) fyne.CanvasObject {
	above := float32(0)
	if len(e.list.Objects) > 0 {
		above = 14
	}
	return look.Pad(above, 0, 4, 0, look.NewText(text, look.Style{Size: look.Small, Ink: ink.Dim}))
}

// rowHeight is that of a line in lists made of widgets.
const rowHeight = 24

func (e *endpoints) row(one endpoint) fyne.CanvasObject {
	address := look.NewText(ink.Safe(one.address), look.Style{Mono: true, Ink: ink.Accent})
	address.OnTapped = func() { e.pane.copyAddress(one.address) }
	row := []fyne.CanvasObject{look.Grow(address)}
	if one.to != "" {
		row = []fyne.CanvasObject{
			address, look.NewText("→", look.Style{Ink: ink.Dim}),
			look.Grow(look.NewText(one.to, look.Style{Mono: true, Ink: ink.Dim})),
		}
	}
	row = append(row, look.NewButton(word("endpoint.copy"), look.Plain, func() { e.pane.copyAddress(one.address) }))
	return look.Column(0, look.Fixed(0, 36, look.Row(10, row...)), look.Rule())
}

// hosts returns the names that the URLs are for, each once.
func hosts(urls []string) (list []string) {
	seen := map[string]bool{}
	for _, u := range urls {
		h := strings.TrimPrefix(u, "https://")
		if i := strings.LastIndexByte(h, ':'); i > strings.LastIndexByte(h, ']') {
			h = h[:i]
		}
		if !seen[h] {
			seen[h] = true
			list = append(list, h)
		}
	}
	return list
}
