// Package inspector is the right side of the window: what passes through one project, as it passes and afterwards.
//
// A Pane shows one project at a time. It belongs to the main goroutine; what takes time goes through Options.Work.
package inspector

import (
	"context"
	"io"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/state"
)

// Options are what a Pane needs of the window around it. Work, Clipboard, OpenURL and Doctor are needed; an action that is
// nil does nothing.
type Options struct {
	// Work runs task on a goroutine of its own, and what task returns on the main goroutine afterwards.
	Work func(task func() (done func()))
	// Store remembers widths, splits, and what was folded. nil: nothing is remembered.
	Store Store
	// Clipboard takes a text.
	Clipboard func(text string)
	// OpenURL opens a page in the user's browser.
	OpenURL func(url string)
	// SaveAs asks where to write a file and calls done on the main goroutine: with both nil when the user cancelled.
	SaveAs func(suggested string, done func(w io.WriteCloser, err error))
	// Edit opens the project's form.
	Edit func(p *state.Project)
	// Compose opens the editor of messages; draft is nil to begin with an empty one.
	Compose func(p *state.Project, draft *Draft)
	// Switch switches the project on or off.
	Switch func(p *state.Project, on bool)
	// Look returns a project as it is now, nil where it is gone. It is called on goroutines of Work. nil: what traffic counts is
	// as it was when the project was shown.
	Look func(project string) *state.Project
	// Doctor is the page that tells what is wrong with the project.
	Doctor Doctor
	// Version of the program, for exports.
	Version string
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Store keeps values between runs.
type Store interface {
	// Get reads the value of key into into, a pointer, and reports whether there was one.
	Get(key string, into any) bool
	Set(key string, value any)
}

// Doctor is a page that another part of the window fills. Its methods are called on the main goroutine.
type Doctor interface {
	Content() fyne.CanvasObject
	// Show makes a project the one that the page is about; nil: none.
	Show(p *state.Project)
	// Open is told that the page is looked at.
	Open()
	// Examine examines the project anew.
	Examine()
	// First is what the keyboard goes to.
	First() fyne.Focusable
	// Troubles returns how many things are known to be wrong with a project.
	Troubles(project string) int64
}

// Draft is a captured message to compose another from.
type Draft struct {
	Opcode   frame.Opcode
	Payload  []byte
	Path     string // that the connection was opened on, with its query
	Protocol string // the subprotocol it agreed on
}

// The tabs.
const (
	tabFrames = iota
	tabSockets
	tabRequests
	tabEndpoints
	tabDoctor
	tabCount
)

// slow is how often figures are brought up to date.
const slow = 300 * time.Millisecond

// Pane is the inspector. Make one with New, and Close it.
type Pane struct {
	o      Options
	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	project *state.Project // nil: the placeholder is shown
	log     *capture.Log
	view    *view            // of the project shown
	views   map[string]*view // by the name of the project

	root        *fyne.Container
	placeholder fyne.CanvasObject
	body        fyne.CanvasObject

	header    *header
	trouble   *trouble
	exposure  *exposure
	tabs      *look.Tabs
	titles    []string        // of tabs, without numbers
	numbers   [tabCount]int64 // that the tabs tell of
	pages     [tabCount]fyne.CanvasObject
	filter    *filterBar
	frames    *framesPage
	sockets   *listing
	requests  *listing
	endpoints *endpoints
	status    *statusBar

	shortcuts []keys.Shortcut
	counted   counted
	ticked    time.Time // when figures were brought up to date last
}

// New returns a Pane that shows no project.
func New(o Options) *Pane {
	p := &Pane{o: o.whole(), views: map[string]*view{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.shortcuts = p.makeShortcuts()
	p.header = newHeader(p.copyAddress, p.o.OpenURL, p.o.Edit, p.showBackends)
	p.trouble, p.exposure = newTrouble(), newExposure()
	p.titles = []string{word("tab.frames"), word("tab.sockets"), word("tab.requests"), word("tab.endpoints"), word("tab.doctor")}
	p.tabs = look.NewTabs(p.showTab, slices.Clone(p.titles)...)
	p.status = newStatusBar()
	p.filter = newFilterBar(p)
	p.frames = newFramesPage(p)
	p.sockets = newSocketsPage(p)
	p.requests = newRequestsPage(p)
	p.endpoints = newEndpoints(p)
	p.pages = [...]fyne.CanvasObject{
		tabFrames:    container.NewBorder(p.filter.content, nil, nil, nil, p.frames.content),
		tabSockets:   p.sockets.content,
		tabRequests:  p.requests.content,
		tabEndpoints: p.endpoints.content,
		tabDoctor:    p.o.Doctor.Content(),
	}
	top := look.Column(0, p.header.content, p.trouble.content, p.exposure.content, look.Pad(0, 16, 0, 16, p.tabs), look.Rule())
	p.body = container.NewBorder(top, p.status.content, nil, nil, container.NewStack(p.pages[:]...))
	p.placeholder = look.Center(look.NewText(word("empty.project"), look.Style{Ink: ink.Dim}))
	p.root = container.NewStack(p.body, p.placeholder)
	p.showTab(tabFrames)
	p.Show(nil, nil)
	return p
}

// whole fills in what was left out.
func (o Options) whole() Options {
	if o.Store == nil {
		o.Store = forgetful{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Edit == nil {
		o.Edit = func(*state.Project) {}
	}
	if o.Compose == nil {
		o.Compose = func(*state.Project, *Draft) {}
	}
	if o.Switch == nil {
		o.Switch = func(*state.Project, bool) {}
	}
	if o.SaveAs == nil {
		o.SaveAs = func(string, func(io.WriteCloser, error)) {}
	}
	return o
}

// forgetful is a Store that keeps nothing.
type forgetful struct{}

func (forgetful) Get(string, any) bool { return false }
func (forgetful) Set(string, any)      {}

// PutBeside opens the frames with an object beside the detail; nil takes it away.
func (p *Pane) PutBeside(o fyne.CanvasObject) {
	if o != nil {
		p.tabs.Select(tabFrames)
	}
	p.frames.putBeside(o)
}

// Content returns what is shown.
func (p *Pane) Content() fyne.CanvasObject { return p.root }

// Close ends the searches and exports that are under way. The pane is not used afterwards.
func (p *Pane) Close() {
	p.Show(nil, nil)
	p.cancel()
}

// Show shows a project and its capture; nil shows a page that asks to pick one. It is called when the project has
// changed too. What was looked at in a project, and how, is as it was when that project is shown again.
func (p *Pane) Show(project *state.Project, log *capture.Log) {
	if project == nil || log == nil {
		p.leave()
		p.project = nil
		p.o.Doctor.Show(nil)
		p.body.Hide()
		p.placeholder.Show()
		return
	}
	same := p.project != nil && p.project.Name == project.Name && p.log == log
	if !same {
		p.leave()
	}
	p.showCounts(project)
	p.o.Doctor.Show(project)
	if !same {
		p.enter(log)
	}
	p.frames.empty.show(p)
	p.placeholder.Hide()
	p.body.Show()
	p.refreshFigures(p.o.Now())
}

// showCounts shows a project where its counts are told.
func (p *Pane) showCounts(project *state.Project) {
	p.project = project
	p.header.show(project)
	p.trouble.show(project)
	p.exposure.show(project)
	p.endpoints.show(project)
}

// Tick shows what has come since the last time. It costs next to nothing when that is nothing.
func (p *Pane) Tick(now time.Time) {
	if p.project == nil {
		return
	}
	p.view.list.Update()
	switch p.tabs.Selected() {
	case tabFrames:
		p.frames.tick(now)
	case tabSockets:
		p.sockets.tick(now)
	case tabRequests:
		p.requests.tick(now)
	case tabEndpoints:
		tickTable(p.endpoints.table, now)
	}
	if now.Sub(p.ticked) >= slow || now.Before(p.ticked) {
		p.refreshFigures(now)
	}
}

// refreshFigures brings up to date what changes with all traffic, and is not to flicker.
func (p *Pane) refreshFigures(now time.Time) {
	p.ticked = now
	s := p.view.list.Status()
	p.number(tabSockets, int64(s.Sockets))
	p.number(tabRequests, s.Requests)
	p.number(tabDoctor, p.o.Doctor.Troubles(p.project.Name))
	p.filter.figures(p.view.list)
	p.status.show(&s, p.project.Serving)
	p.status.age(now)
	p.frames.slowTick(p)
	p.listingTick()
	p.recount(now)
}

// listingTick brings the list of sockets or of requests up to date, if it is shown.
func (p *Pane) listingTick() {
	switch p.tabs.Selected() {
	case tabSockets:
		p.sockets.slowTick()
	case tabRequests:
		p.requests.slowTick()
	}
}

// number puts a number on a tab.
func (p *Pane) number(tab int, n int64) {
	if p.numbers[tab] != n {
		p.numbers[tab] = n
		p.tabs.SetTitle(tab, numbered(p.titles[tab], n))
	}
}

func (p *Pane) showTab(i int) {
	for n, page := range p.pages {
		if page == nil {
			continue
		}
		if n == i {
			page.Show()
		} else {
			page.Hide()
		}
	}
	if p.view != nil {
		p.view.tab = i
		p.o.Store.Set(storeTab, i)
		p.Tick(p.o.Now())
		p.listingTick()
		if i == tabDoctor {
			p.o.Doctor.Open()
		}
	}
}

// Focus gives the keyboard to the list that is shown.
func (p *Pane) Focus() {
	switch p.tabs.Selected() {
	case tabFrames:
		p.focus(p.frames.table)
	case tabSockets:
		p.focus(p.sockets.table)
	case tabRequests:
		p.focus(p.requests.table)
	case tabEndpoints:
		p.focus(p.endpoints.table)
	case tabDoctor:
		p.focus(p.o.Doctor.First())
	}
}

// focus gives o the keyboard. The canvas is that of the pane: o may not have been painted yet, and have none.
func (p *Pane) focus(o fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.root); c != nil {
		c.Focus(o)
	}
}

func (p *Pane) copyAddress(address string) {
	p.o.Clipboard(address)
	p.status.tell(word("header.copied"))
}

// numbered returns a title with a number behind it, without one for zero.
func numbered(title string, n int64) string {
	if n == 0 {
		return title
	}
	return title + " " + count(n)
}

// showBackends opens the page that tells of all backends.
func (p *Pane) showBackends() {
	p.tabs.Select(tabEndpoints)
	p.endpoints.all()
}

// layOut gives the parts of the pane their places again, after one of them has another height.
func (p *Pane) layOut() { p.pages[tabFrames].Refresh() }
