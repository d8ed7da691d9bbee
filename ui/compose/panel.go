package compose

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// period is the least time between two looks at what came in.
const period = 250 * time.Millisecond

// desk is what belongs to one project: its connection, its history, and what is being written.
type desk struct {
	line    *line
	history *history
	message message
	at      int // which item of the history is in the editor, -1: none
}

// Panel is where messages are written. Its methods are called on the main goroutine.
type Panel struct {
	options  Options
	desks    map[string]*desk
	current  *desk // nil: no project is chosen
	projects []state.Project
	loading  bool // the widgets are being set by us
	looked   time.Time

	view view
}

// New returns a panel without a project.
func New(o Options) *Panel {
	p := &Panel{options: o, desks: make(map[string]*desk)}
	p.build()
	p.load()
	return p
}

// Content is what the window shows.
func (p *Panel) Content() fyne.CanvasObject { return p.view.content }

// Focus gives the keyboard to the editor. Fyne itself knows the canvas of an object only once it has been drawn there.
func (p *Panel) Focus(c fyne.Canvas) { c.Focus(p.view.editor) }

// Show shows what has changed. Connections of projects that are gone are closed.
func (p *Panel) Show(s *state.State) {
	p.projects = s.Projects
	for name, d := range p.desks {
		if s.Find(name) != nil {
			continue
		}
		d.line.disconnect()
		delete(p.desks, name)
		if p.current == d {
			p.current = nil
			p.load()
		}
	}
	p.refresh()
}

// Select shows a project's desk: its connection stays open while others are shown. "" shows none.
func (p *Panel) Select(project string) {
	d := p.desk(project)
	if d == p.current {
		return
	}
	p.save()
	p.current = d
	p.load()
}

// Edit puts a captured message into the editor of a project.
func (p *Panel) Edit(project string, draft Draft) {
	p.Select(project)
	d := p.current
	if d == nil {
		return
	}
	m := messageOf(draft.Payload, draft.Opcode != 1)
	m.Path, m.Subprotocols = d.message.Path, d.message.Subprotocols
	if draft.Path != "" {
		m.Path = draft.Path
	}
	if draft.Subprotocols != nil {
		m.Subprotocols = strings.Join(draft.Subprotocols, ", ")
	}
	if m.Path != d.message.Path || m.Subprotocols != d.message.Subprotocols {
		d.line.disconnect() // it leads elsewhere; sending opens the right one
	}
	d.message, d.at = m, -1
	p.load()
}

// Disconnect ends all connections.
func (p *Panel) Disconnect() {
	for _, d := range p.desks {
		d.line.disconnect()
	}
}

// Tick notices what came in and which connections have ended. It costs nothing where neither has happened.
func (p *Panel) Tick(now time.Time) {
	if since := now.Sub(p.looked); since < period && since >= 0 {
		return
	}
	p.looked = now
	for _, d := range p.desks {
		d.line.watch()
	}
	if d := p.current; d != nil && d.line.in != nil && d.line.in.changed.Load() {
		p.showReceived()
	}
}

func (p *Panel) desk(project string) *desk {
	if project == "" {
		return nil
	}
	d := p.desks[project]
	if d == nil {
		d = &desk{history: newHistory(p.options.Store, project), at: -1, message: message{Notation: jsonText}}
		d.line = &line{
			dialer: p.options.Dialer, work: p.options.Work, project: project,
			changed: func() {
				if p.current == d {
					p.refresh()
				}
			},
		}
		if len(d.history.items) > 0 { // go on where the user was
			d.message.Path, d.message.Subprotocols = d.history.items[0].Path, d.history.items[0].Subprotocols
		}
		p.desks[project] = d
	}
	return d
}

// project is what is known of the chosen project, nil for nothing.
func (p *Panel) project() *state.Project {
	if p.current == nil {
		return nil
	}
	s := state.State{Projects: p.projects}
	return s.Find(p.current.line.project)
}

// connect opens or closes the connection.
func (p *Panel) connect() {
	d := p.current
	if d == nil {
		return
	}
	if d.line.phase != idle {
		d.line.disconnect()
		return
	}
	p.save()
	p.dial(d)
}

func (p *Panel) dial(d *desk) { d.line.connect(pathOf(d.message.Path), list(d.message.Subprotocols)) }

// pathOf is the path of a request: it begins with a slash.
func pathOf(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "/") {
		return "/" + s
	}
	return s
}

// send sends what is in the editor, over a connection that it opens where there is none.
func (p *Panel) send() {
	d := p.current
	if d == nil || p.view.send.Disabled() {
		return
	}
	p.save()
	data, mistake := d.message.payload()
	if mistake != nil {
		p.refresh()
		return
	}
	if !d.line.send(data, d.message.Binary) {
		p.problem(words.T("compose.full"))
		return
	}
	d.history.add(d.message)
	d.at = 0
	p.dial(d) // unless it is open
	p.refresh()
}

// setNotation changes how the same bytes are written.
func (p *Panel) setNotation(n notation) {
	d := p.current
	if d == nil || d.message.Notation == n {
		return
	}
	p.save()
	m := &d.message
	data, mistake := m.payload()
	asText := n == plain || n == jsonText
	switch {
	case mistake != nil: // stays as it is written
	case len(data) == 0:
		m.Binary = !asText
	case asText && !typable(data):
		p.problem(words.T("compose.notText"))
		return
	default:
		m.Text = n.format(data)
	}
	m.Notation = n
	m.setText(m.Text)
	p.load()
}

func (p *Panel) setBinary(on bool) {
	if p.current != nil {
		p.current.message.Binary = on
		p.refresh()
	}
}

// rewrite replaces the text by what f makes of it.
func (p *Panel) rewrite(f func(string) string) {
	if d := p.current; d != nil {
		p.save()
		d.message.setText(f(d.message.Text))
		p.load()
	}
}

// tooLarge keeps a text that the editor would not bear.
func (p *Panel) tooLarge(text string) {
	if d := p.current; d != nil {
		d.message.setText(text)
		p.load()
	}
}

// step shows another item of the history: an older one for 1, a newer one for -1.
func (p *Panel) step(by int) {
	d := p.current
	if d == nil {
		return
	}
	if to := d.at + by; to >= 0 && to < len(d.history.items) {
		p.recall(to)
	}
}

// recall puts an item of the history into the editor, but over the connection that is open.
func (p *Panel) recall(i int) {
	d := p.current
	m := d.history.items[i]
	if d.line.phase != idle {
		m.Path, m.Subprotocols = d.message.Path, d.message.Subprotocols
	}
	d.at, d.message = i, m
	p.load()
}

// historyMenu offers what was sent before.
func (p *Panel) historyMenu() *fyne.Menu {
	const most = 20
	d := p.current
	if d == nil || len(d.history.items) == 0 {
		return nil
	}
	m := fyne.NewMenu("")
	for i := range d.history.items[:min(most, len(d.history.items))] {
		item := d.history.items[i]
		m.Items = append(m.Items, fyne.NewMenuItem(brief(item.Path+"  "+item.Text, 60), func() { p.recall(i) }))
	}
	m.Items = append(m.Items, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(words.T("compose.forget"), func() { d.history.clear(); d.at = -1; p.refresh() }))
	return m
}

// pathMenu offers the paths of the project's routes.
func (p *Panel) pathMenu() *fyne.Menu {
	m := fyne.NewMenu("")
	if project := p.project(); project != nil {
		for _, r := range project.Routes {
			m.Items = append(m.Items, fyne.NewMenuItem(brief(r.Path, 60), func() { p.view.path.SetText(r.Path) }))
		}
	}
	return m
}

// save takes over what is in the widgets.
func (p *Panel) save() {
	d, v := p.current, &p.view
	if d == nil {
		return
	}
	d.message.Path, d.message.Subprotocols = v.path.Text, v.protocols.Text
	if d.message.kept == nil {
		d.message.Text = v.editor.Text
	}
}

// load puts what belongs to the project into the widgets.
func (p *Panel) load() {
	v := &p.view
	p.loading = true
	m := message{Notation: plain}
	if p.current != nil {
		m = p.current.message
	}
	v.path.SetText(m.Path)
	v.protocols.SetText(m.Subprotocols)
	v.editor.SetText(m.Text)
	p.loading = false
	p.showReceived()
	p.refresh()
}

// edited is called for each change of the text.
func (p *Panel) edited() {
	if p.loading || p.current == nil {
		return
	}
	p.save()
	p.refresh()
}

// build makes the widgets.
func (p *Panel) build() {
	v := &p.view
	v.path = look.NewMonoField(words.T("compose.path"))
	v.protocols = look.NewMonoField(words.T("compose.protocols"))
	v.paths = look.NewMenuButton(words.T("compose.paths"), look.Quiet, p.pathMenu)
	v.connect = look.NewButton(words.T("compose.connect"), look.Plain, p.connect)
	v.path.OnSubmitted = func(string) { p.connect() }
	v.protocols.OnSubmitted = func(string) { p.connect() }
	v.state = look.NewState(ink.Faint, "")
	v.error = look.NewText("", look.Style{Ink: ink.Error, Min: 60})

	v.editor = newEditor()
	v.editor.OnChanged = func(string) { p.edited() }
	v.editor.send, v.editor.large = p.send, p.tooLarge
	v.editor.older, v.editor.newer = func() { p.step(1) }, func() { p.step(-1) }
	v.kept = look.NewParagraph("", look.Style{Ink: ink.Dim})
	v.sample = look.NewText("", look.Style{Mono: true, Min: 60})
	v.note = look.Pad(12, 12, 12, 12, look.Column(8, v.kept, v.sample,
		look.Row(0, look.NewButton(words.T("compose.discard"), look.Plain, func() { p.tooLarge("") }))))

	for i, n := range notations {
		v.notations[i] = look.NewChip(words.T("compose.notation."+string(n)), func() { p.setNotation(n) })
	}
	v.text = look.NewChip(words.T("compose.asText"), func() { p.setBinary(false) })
	v.binary = look.NewChip(words.T("compose.asBinary"), func() { p.setBinary(true) })
	v.pretty = look.NewButton(words.T("compose.pretty"), look.Quiet, func() { p.rewrite(spread) })
	v.compact = look.NewButton(words.T("compose.compact"), look.Quiet, func() { p.rewrite(squeeze) })
	v.history = look.NewMenuButton(words.T("compose.history"), look.Plain, p.historyMenu)

	v.send = look.NewButton(words.T("compose.send"), look.Primary, p.send)
	v.size = look.NewText("", look.Style{Ink: ink.Dim})
	v.received = look.NewText("", look.Style{Ink: ink.Dim, Align: fyne.TextAlignTrailing})
	v.lay(p.options.Close, container.NewStack(v.editor, v.note))
}
