// Package sidebar is the left side of the window: the projects, each with its switch and how it does, and whether the
// CA is trusted.
package sidebar

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// Counter counts frames.
type Counter interface {
	// Frames is how many frames a project has had on record since it was made known, evicted ones included. It is
	// called twice a second for each project, on the main goroutine, and must not block or allocate.
	Frames(project string) int64
}

// Options are what the sidebar asks for and reports to. Everything is called on the main goroutine; a nil func is a
// thing that is not offered.
type Options struct {
	Counter Counter

	Switch func(on bool, names ...string) // acts at once; what came of it is in the next Show
	Select func(name string)              // the user chose another project
	Open   func(name string)              // Enter: the user wants to go on in the project
	Edit   func(name string)
	Copy   func(name string) // its address
	Browse func(name string) // its page
	// Isolate opens its page in a browser of its own, which needs no trust store.
	Isolate func(name string)
	Reveal  func(name string) // its file
	// Duplicate makes a copy of a project and lets the user edit it.
	Duplicate func(name string)
	// Remove is called once the user has confirmed.
	Remove func(name string)
	// Owns reports whether a project's file was made by Culvert and goes with the project. nil: none is.
	Owns func(file string) bool

	Add, Settings, Trust func()
}

// Pane is the sidebar. Its methods are called on the main goroutine.
type Pane struct {
	options  Options
	words    texts
	projects []state.Project // as they are, but for switches that were just moved
	shown    int             // how often projects has changed
	traffic  map[string]*traffic
	selected string
	removing string // the project whose removal is being asked about
	sampled  time.Time

	pill    *trustPill
	list    *list
	empty   *fyne.Container
	content fyne.CanvasObject
}

// New returns a sidebar without projects.
func New(o Options) *Pane {
	p := &Pane{options: o, words: newTexts(), traffic: make(map[string]*traffic)}
	p.pill = newTrustPill(o.Trust)
	p.list = newList(p)
	p.empty = look.Pad(24, margin, 0, margin, look.Column(6,
		look.NewText(words.T("sidebar.empty"), look.Style{}),
		look.NewParagraph(words.T("sidebar.emptyHint"), look.Style{Ink: ink.Dim, Size: look.Small})))
	p.content = look.Back(ink.Sidebar, container.NewBorder(p.head(), p.foot(), nil, nil,
		container.NewStack(p.list.window, container.NewBorder(p.empty, nil, nil, nil))))
	return p
}

func (p *Pane) head() fyne.CanvasObject {
	arch := canvas.NewImageFromResource(look.Icon("arch"))
	arch.FillMode = canvas.ImageFillContain
	name := look.NewText(words.T("sidebar.name"), look.Style{Size: look.Heading, Bold: true})
	return look.Pad(12, margin, 8, margin, look.Column(8, look.Row(8, look.Fixed(20, 20, arch), name), p.pill))
}

func (p *Pane) foot() fyne.CanvasObject {
	row := look.Row(8, look.Spacer())
	if p.options.Add != nil {
		row.Objects = []fyne.CanvasObject{newAddButton(words.T("sidebar.add"), p.options.Add), look.Spacer()}
	}
	if p.options.Settings != nil {
		row.Add(look.NewIconButton(look.InkedIcon("gear", ink.Dim), words.T("sidebar.settings"), p.options.Settings))
	}
	return look.Column(0, look.Rule(), look.Pad(8, 8, 8, margin-8, row))
}

// Content is what the window shows.
func (p *Pane) Content() fyne.CanvasObject { return p.content }

// Focus gives the keyboard to the list.
func (p *Pane) Focus() { p.focusList() }

// Selected returns the name of the chosen project, "" for none.
func (p *Pane) Selected() string { return p.selected }

// Select marks a project without telling Options.Select; "" marks none.
func (p *Pane) Select(name string) {
	if p.selected == name {
		return
	}
	p.selected = name
	p.arrange()
	p.list.reveal(name)
}

// Show shows what has changed.
func (p *Pane) Show(s *state.State) {
	p.pill.show(&s.Trust)
	p.projects = slices.Clone(s.Projects)
	p.shown++
	known := make(map[string]*traffic, len(s.Projects))
	for i := range s.Projects {
		name := s.Projects[i].Name
		known[name] = p.traffic[name]
		if known[name] == nil {
			known[name] = new(traffic)
		}
	}
	p.traffic = known
	if known[p.removing] == nil {
		p.removing = ""
	}
	if known[p.selected] == nil {
		p.selected = ""
	}
	p.empty.Hidden = len(s.Projects) > 0
	p.arrange()
}

// arrange makes the rows anew.
func (p *Pane) arrange() {
	confirm := float32(0)
	if at := p.find(p.removing); at != nil {
		confirm = p.list.confirm.heightFor(at, p.owned(at), p.list.Size().Width)
	}
	p.list.set(arrange(p.projects, p.removing, confirm))
}

func (p *Pane) find(name string) *state.Project {
	s := state.State{Projects: p.projects}
	return s.Find(name)
}

func (p *Pane) owned(at *state.Project) bool { return p.options.Owns != nil && p.options.Owns(at.File) }

// Tick takes samples of the traffic, twice a second, and shows them in the rows in view. It may be called much more
// often, and allocates nothing where nothing moves.
func (p *Pane) Tick(now time.Time) {
	since := now.Sub(p.sampled)
	if since < period && since >= 0 || p.options.Counter == nil {
		return
	}
	first := p.sampled.IsZero()
	p.sampled = now
	if first {
		since = 0
	}
	for i := range p.projects {
		name := p.projects[i].Name
		if !p.traffic[name].sample(p.options.Counter.Frames(name), since) {
			continue
		}
		if v := p.list.view(name); v != nil {
			v.sampled()
		}
	}
}

// choose selects another project, as the user does by key.
func (p *Pane) choose(name string) {
	if name != "" && name != p.selected {
		p.pick(name)
	}
}

// pick selects a project, as the user does with the pointer: also the one that is selected, to come back from another page.
func (p *Pane) pick(name string) {
	p.Select(name)
	if p.options.Select != nil {
		p.options.Select(name)
	}
}

// toggle switches a project on, or off.
func (p *Pane) toggle(name string) {
	if at := p.find(name); at != nil {
		p.switchAll(!at.Switched, name)
	}
}

func (p *Pane) switchGroup(group string, on bool) {
	p.switchAll(on, members(p.projects, group)...)
}

// switchAll moves the switches at once. What comes of it is in the next Show.
func (p *Pane) switchAll(on bool, names ...string) {
	if p.options.Switch == nil || len(names) == 0 {
		return
	}
	for _, name := range names {
		p.find(name).Switched = on
	}
	p.shown++
	p.arrange()
	p.options.Switch(on, names...)
}

// askRemove asks below a project whether to remove it; "" takes the question back.
func (p *Pane) askRemove(name string) {
	if p.options.Remove == nil || p.removing == name || name != "" && p.find(name) == nil {
		return
	}
	p.removing = name
	p.arrange()
	p.list.reveal(name)
}

// remove does what was asked.
func (p *Pane) remove() {
	if name := p.removing; name != "" {
		p.removing = ""
		p.arrange()
		p.options.Remove(name)
	}
}

// menu is what can be done with a project.
func (p *Pane) menu(at *state.Project) *fyne.Menu {
	name, o := at.Name, &p.options
	item := func(key string, possible bool, do func(string)) *fyne.MenuItem {
		i := fyne.NewMenuItem(words.T("sidebar.menu."+key), func() { do(name) })
		i.Disabled = !possible || do == nil
		return i
	}
	toggle := "on"
	if at.Switched {
		toggle = "off"
	}
	return fyne.NewMenu("",
		item(toggle, o.Switch != nil, p.toggle),
		fyne.NewMenuItemSeparator(),
		item("copy", at.Address() != "", o.Copy),
		item("browse", at.Page() != "", o.Browse),
		item("isolate", at.Page() != "", o.Isolate),
		fyne.NewMenuItemSeparator(),
		item("edit", at.File != "", o.Edit),
		item("duplicate", at.File != "", o.Duplicate),
		item("reveal", at.File != "", o.Reveal),
		fyne.NewMenuItemSeparator(),
		item("remove", o.Remove != nil, p.askRemove),
	)
}

func (p *Pane) popUp(m *fyne.Menu, at fyne.Position) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.list); c != nil {
		widget.ShowPopUpMenuAtPosition(m, c, at)
	}
}

func (p *Pane) focusList() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.list); c != nil {
		c.Focus(p.list)
	}
}
