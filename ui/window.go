// Package ui is the window of the desktop app: its pages, and what holds them together.
//
// The packages below are its parts: sidebar, inspector, editor, compose, welcome, and the tray's menu. They know nothing
// of each other; the Window connects them. Everything here belongs to Fyne's main goroutine but for what says that it
// may be called from any goroutine; the one way from another goroutine is a [Pulse].
package ui

import (
	"context"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/capture"
	"culvert/ui/compose"
	"culvert/ui/doctor"
	"culvert/ui/editor"
	"culvert/ui/inspector"
	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/sidebar"
	"culvert/ui/state"
	"culvert/ui/welcome"
	"culvert/ui/words"
)

// Culvert is the app behind the window. Its methods may be called from any goroutine; those with a context may take
// time and are called on goroutines of their own.
type Culvert interface {
	editor.Files
	compose.Dialer
	doctor.Doctor
	welcome.Trust
	welcome.Add
	sidebar.Counter

	// Switch switches projects on or off. Of one that cannot be served the state tells.
	Switch(ctx context.Context, on bool, names ...string) error
	// Duplicate makes a copy of a project and returns its name.
	Duplicate(ctx context.Context, name string) (string, error)
	Remove(ctx context.Context, name string) error
	// Owns reports whether a project file is in Culvert's own folder, and goes with its project.
	Owns(file string) bool
	// Project returns a project as it is now; nil where it is gone.
	Project(name string) *state.Project
	// Capture returns the record of a project; false before it was first on.
	Capture(name string) (*capture.Log, bool)
}

// Options are what the window needs.
type Options struct {
	App       fyne.App
	Culvert   Culvert
	Settings  Settings
	Autostart Autostart
	Downloads Downloads
	// Do runs a function on the main goroutine without waiting for it: fyne.Do.
	Do func(func())
	// Theme returns the theme for what the user prefers.
	Theme   func(look.Appearance) fyne.Theme
	Title   string
	Version string
	// Folder is where settings and project list are kept.
	Folder string
	// Browse opens a page in the user's browser, Reveal shows a file in the desktop's file manager.
	Browse, Reveal func(string)
	// Quit ends the app.
	Quit func()
}

// Downloads is the folder for what the user exports.
type Downloads interface {
	// Create makes a new file there, by another name where the suggested one is taken.
	Create(suggested string) (*os.File, error)
}

// Window is the window. Make it with New on the main goroutine, and Close it.
type Window struct {
	o      Options
	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup
	pulse  *Pulse

	window  fyne.Window
	visible bool
	state   state.State
	known   bool         // state was told
	builtIn string       // where the demo leads, in words
	project string       // that is looked at
	edited  string       // that the form was last opened for; "" for a new one
	nothing *capture.Log // of a project that was never on: it can be switched on, and examined

	sidebar   *sidebar.Pane
	inspector *inspector.Pane
	compose   *compose.Panel
	doctor    *doctor.Page
	editor    *editor.Page
	welcome   *welcome.Page // the start page
	adding    *welcome.Page
	trust     *welcome.TrustPage
	settings  *settingsPage
	pages     map[page]fyne.CanvasObject
	page      page
	split     *look.Split       // sidebar and page
	start     fyne.CanvasObject // the start page
	notices   *notices

	everywhere []keys.Shortcut // those that work on every page
}

// page names one of the pages.
type page uint8

const (
	inspecting page = iota
	editing
	welcoming
	adding
	trusting
	configuring
	keyboard
)

// New returns the window, which is not shown yet.
func New(o Options) *Window {
	w := &Window{o: o, pages: make(map[page]fyne.CanvasObject), nothing: capture.New(1)}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.pulse = NewPulse(o.Do, w.tick)
	w.builtIn = words.T("ui.builtIn")
	preferences := LoadPreferences(o.Settings)
	o.App.Settings().SetTheme(o.Theme(preferences.look()))
	w.window = o.App.NewWindow(o.Title)
	w.window.SetMaster()
	w.window.SetPadded(false)
	w.window.SetIcon(look.Icon("arch"))
	w.notices = newNotices(o.Quit, newTrustNotices(o.Settings,
		func() { w.openStores(); w.trust.Renew() },
		func(stores ...string) { w.openStores(); w.trust.Trust(stores...) }))
	w.makePages()
	w.window.SetContent(w.layOut())
	w.window.Resize(w.size())
	w.window.SetCloseIntercept(w.closing)
	w.window.SetOnDropped(w.dropped)
	w.open(inspecting)
	return w
}

// Close keeps how the window is left, and ends what it has under way. The app has quit.
func (w *Window) Close() {
	w.remember()
	w.cancel()
	w.compose.Disconnect()
	w.inspector.Close()
	w.nothing.Close()
	w.pulse.Close()
	w.tasks.Wait()
}

// Post has f called on the main goroutine. It may be called from any goroutine.
func (w *Window) Post(f func()) { w.pulse.Post(f) }

// work runs task on a goroutine and then, if it is not nil, what it returns on the main one.
func (w *Window) work(task func() (done func())) {
	w.tasks.Go(func() {
		if done := task(); done != nil {
			w.pulse.Post(done)
		}
	})
}

// try runs something that may fail, and tells the user if it did. The panes then show what is, not what was asked for.
func (w *Window) try(action func(context.Context) error) {
	w.work(func() func() {
		err := action(w.ctx)
		if err == nil || w.ctx.Err() != nil {
			return nil
		}
		return func() {
			w.Tell(err)
			w.show()
		}
	})
}

// Tell shows what went wrong at the window's top. It is called on the main goroutine.
func (w *Window) Tell(err error) { w.notices.fail(err) }

// Show shows the window and puts it before the others.
func (w *Window) Show() {
	w.window.Show()
	w.window.RequestFocus()
	w.setVisible(true)
}

// hide hides the window.
func (w *Window) hide() {
	w.remember()
	w.window.Hide()
	w.setVisible(false)
}

func (w *Window) setVisible(visible bool) {
	if w.visible == visible {
		return
	}
	w.visible = visible
	w.pulse.SetVisible(visible)
	if visible {
		w.show()
	}
}

// closing is what the window's own button does: the app goes on in the tray, or ends where there is none.
func (w *Window) closing() {
	switch {
	case w.state.Tray:
		w.hide()
	case w.state.Serving():
		w.notices.askToQuit()
	default:
		w.quit()
	}
}

func (w *Window) quit() {
	w.remember()
	w.o.Quit()
}

// Update takes over what is to be shown.
func (w *Window) Update(s state.State) {
	first, checked := !w.known, w.state.Trust.Checked
	translateDemo(s.Projects, w.builtIn)
	w.state, w.known = s, true
	if !s.Tray && !w.visible && !first {
		w.Show() // it would be out of reach
	}
	if first {
		w.begin()
	}
	if s.Trust.Checked && !checked {
		w.skipStart()
	}
	if w.visible {
		w.show()
	}
}

// show brings the panes up to date.
func (w *Window) show() {
	w.notices.show(&w.state)
	w.sidebar.Show(&w.state)
	w.compose.Show(&w.state)
	w.editor.Show(&w.state)
	w.welcome.Show(&w.state)
	w.adding.Show(&w.state)
	w.trust.Show(&w.state)
	if w.state.Find(w.project) == nil {
		w.choose(w.firstProject())
		return
	}
	w.showProject()
}

// firstProject is what is looked at while the user has not chosen: what was last, or what is served.
func (w *Window) firstProject() string {
	var last string
	if w.o.Settings.Get(projectKey, &last) && w.state.Find(last) != nil {
		return last
	}
	for i := range w.state.Projects {
		if w.state.Projects[i].Serving {
			return w.state.Projects[i].Name
		}
	}
	if len(w.state.Projects) > 0 {
		return w.state.Projects[0].Name
	}
	return ""
}

// choose makes a project the one that is looked at; "" for none.
func (w *Window) choose(name string) {
	w.project = name
	w.o.Settings.Set(projectKey, name)
	w.sidebar.Select(name)
	w.showProject()
}

// showProject brings the inspector up to date.
func (w *Window) showProject() {
	log, ok := w.o.Culvert.Capture(w.project)
	if !ok {
		log = w.nothing
	}
	w.inspector.Show(w.state.Find(w.project), log)
	w.compose.Select(w.project)
}

// tick is called up to 30 times a second while the window is visible.
func (w *Window) tick(now time.Time) {
	w.sidebar.Tick(now)
	switch w.page {
	case inspecting:
		w.inspector.Tick(now)
		w.compose.Tick(now)
	case trusting:
		w.trust.Tick(now)
	}
}

// open shows a page. The first one has the window for itself.
func (w *Window) open(p page) {
	if w.page != p {
		w.window.Canvas().Unfocus() // or what is hidden would keep the keyboard
		if p == inspecting {
			defer w.inspector.Focus()
		}
	}
	w.page = p
	if p == welcoming {
		w.split.Hide()
		w.start.Show()
		return
	}
	w.start.Hide()
	w.split.Show()
	for which, content := range w.pages {
		if which == p {
			content.Show()
		} else {
			content.Hide()
		}
	}
}

// layOut puts the parts together. The window is cleared with the background: a rectangle of that colour behind a page would
// be as dear as all the rest where graphics are drawn in software.
func (w *Window) layOut() fyne.CanvasObject {
	stack := container.NewStack()
	for _, content := range w.pages {
		stack.Add(content)
	}
	w.split = look.NewSplit(true, w.sidebar.Content(), stack)
	w.split.Fixed, w.split.Extent = look.Leading, sidebarWidth
	w.o.Settings.Get(sidebarKey, &w.split.Extent)
	w.split.OnChanged = func(extent float32) { w.o.Settings.Set(sidebarKey, extent) }
	w.start = w.welcome.Content()
	all := look.Column(0, w.notices.content, look.Grow(container.NewStack(w.split, w.start)))
	w.notices.resized = func() { all.Layout.Layout(all.Objects, all.Size()) }
	return all
}
