package ui

import (
	"context"
	"errors"
	"io"
	"os"

	"fyne.io/fyne/v2"

	"culvert/ui/compose"
	"culvert/ui/doctor"
	"culvert/ui/editor"
	"culvert/ui/inspector"
	"culvert/ui/sidebar"
	"culvert/ui/state"
	"culvert/ui/welcome"
	"culvert/ui/words"
)

// makePages makes the panes and connects them.
func (w *Window) makePages() {
	w.sidebar = sidebar.New(w.sidebarOptions())
	w.doctor = doctor.New(doctor.Options{
		Context: w.ctx, Doctor: w.o.Culvert, Work: w.work, Clipboard: w.copy, Edit: w.edit,
	})
	w.inspector = inspector.New(w.inspectorOptions())
	w.compose = compose.New(compose.Options{
		Dialer: w.o.Culvert, Work: w.work, Store: w.o.Settings, Close: w.stopComposing,
	})
	w.editor = editor.New(w.editorOptions())
	w.welcome = welcome.New(w.welcomeOptions())
	toAdd := w.welcomeOptions()
	toAdd.Form = w.create
	w.adding = welcome.NewAdd(toAdd)
	w.trust = welcome.NewTrustPage(w.welcomeOptions())
	w.settings = newSettingsPage(w.o.Settings, w.o.Autostart, about{version: w.o.Version, folder: w.o.Folder}, w.prefer,
		func() { w.open(keyboard) })
	w.pages[inspecting] = w.inspector.Content()
	w.pages[editing] = w.editor.Content()
	w.pages[adding] = w.adding.Content()
	w.pages[trusting] = w.trust.Content()
	w.pages[configuring] = w.settings.content
	w.everywhere = w.shortcuts()
	chapters := w.chapters()
	w.addShortcuts(chapters)
	w.pages[keyboard] = newShortcutsPage(chapters)
}

func (w *Window) sidebarOptions() sidebar.Options {
	return sidebar.Options{
		Counter: w.o.Culvert,
		Switch: func(on bool, names ...string) {
			w.try(func(ctx context.Context) error { return w.o.Culvert.Switch(ctx, on, names...) })
		},
		Select: func(name string) { w.choose(name); w.open(inspecting); w.sidebar.Focus() },
		Open:   func(name string) { w.choose(name); w.open(inspecting); w.inspector.Focus() },
		Edit:   w.edit,
		Copy:   func(name string) { w.copy(w.find(name).Address()) },
		Browse: func(name string) { w.o.Browse(w.find(name).Page()) },
		Isolate: func(name string) {
			w.try(func(ctx context.Context) error {
				return w.o.Culvert.Do(ctx, name, state.Fix{Action: state.DoIsolated})
			})
		},
		Reveal: w.reveal,
		Duplicate: func(name string) {
			w.work(func() func() {
				copied, err := w.o.Culvert.Duplicate(w.ctx, name)
				return func() { w.added(copied, err) }
			})
		},
		Remove: func(name string) {
			w.try(func(ctx context.Context) error { return w.o.Culvert.Remove(ctx, name) })
		},
		Owns:     w.o.Culvert.Owns,
		Add:      w.add,
		Settings: w.openSettings,
		Trust:    w.openTrust,
	}
}

func (w *Window) inspectorOptions() inspector.Options {
	return inspector.Options{
		Work: w.work, Store: w.o.Settings, Clipboard: w.copy, OpenURL: w.o.Browse, Version: w.o.Version,
		SaveAs:  w.saveAs,
		Look:    w.look,
		Doctor:  w.doctor,
		Edit:    func(p *state.Project) { w.edit(p.Name) },
		Compose: w.composeMessage,
		Switch: func(p *state.Project, on bool) {
			w.try(func(ctx context.Context) error { return w.o.Culvert.Switch(ctx, on, p.Name) })
		},
	}
}

func (w *Window) editorOptions() editor.Options {
	return editor.Options{
		Files: w.o.Culvert, Work: w.work, Clipboard: w.copy, Reveal: w.reveal, PickFolder: w.pick, PickFile: w.pickFile,
		Done: func(project string) {
			if project != "" {
				w.choose(project)
			}
			w.open(inspecting)
		},
	}
}

func (w *Window) welcomeOptions() welcome.Options {
	return welcome.Options{
		Context: w.ctx, Trust: w.o.Culvert, Add: w.o.Culvert, Work: w.work,
		Clipboard: w.o.App.Clipboard(), Pick: w.pick, PickFile: w.pickFile,
		Done: func(project string) { w.leaveStart(); w.choose(project); w.open(inspecting) },
		Skip: w.leaveStart,
	}
}

// find returns a project, an empty one if it is gone.
func (w *Window) find(name string) *state.Project {
	if p := w.state.Find(name); p != nil {
		return p
	}
	return &state.Project{}
}

func (w *Window) copy(text string) { w.o.App.Clipboard().SetContent(text) }

func (w *Window) reveal(name string) {
	if file := w.find(name).File; file != "" {
		w.o.Reveal(file)
	}
}

// edit opens the form for a project.
func (w *Window) edit(name string) {
	if w.editor.Dirty() {
		w.resume(name)
		return
	}
	w.edited = name
	w.choose(name)
	w.editor.Edit(w.find(name))
	w.open(editing)
}

// create opens the form for a new project.
func (w *Window) create() {
	if w.editor.Dirty() {
		w.resume("")
		return
	}
	w.edited = ""
	w.editor.Create(nil)
	w.open(editing)
}

// resume goes back to changes that were not saved, and says so if another project was asked for: nothing is dropped that
// the user has not dropped.
func (w *Window) resume(asked string) {
	if w.edited != asked {
		w.Tell(errors.New(words.T("ui.unsaved")))
	}
	if w.edited != "" {
		w.choose(w.edited)
	}
	w.open(editing)
}

// add opens the page to add a project.
func (w *Window) add() {
	w.open(adding)
	w.adding.Focus(w.window.Canvas())
}

// added shows a project that is there now.
func (w *Window) added(name string, err error) {
	if err != nil {
		w.Tell(err)
		return
	}
	w.choose(name)
	w.open(inspecting)
}

// ShowTrust shows the window with the page of the trust stores.
func (w *Window) ShowTrust() {
	w.Show()
	w.openTrust()
}

func (w *Window) openTrust() {
	w.openStores()
	w.trust.Check()
}

// openStores opens the page of the trust stores as it is.
func (w *Window) openStores() {
	w.open(trusting)
	w.trust.Focus(w.window.Canvas())
}

func (w *Window) openSettings() {
	w.settings.show()
	w.open(configuring)
}

// prefer shows what the user prefers now. Fyne reads the scale again with the theme, and has the window grow with it;
// here the window stays as large as it was on the screen.
func (w *Window) prefer(p Preferences) {
	canvas := w.window.Canvas()
	size, scale := canvas.Size(), canvas.Scale()
	p.ApplyScale()
	w.o.App.Settings().SetTheme(w.o.Theme(p.look()))
	if by := scale / canvas.Scale(); by != 1 {
		w.window.Resize(fyne.NewSize(size.Width*by, size.Height*by).Max(least))
	}
}

// download is a file that tells when it is complete.
type download struct {
	*os.File
	saved func()
}

// Close ends the file and tells that it is there.
func (d *download) Close() error {
	err := d.File.Close()
	if err == nil {
		d.saved()
	}
	return err
}

// dropped adds what was dropped onto the window.
func (w *Window) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, u.Path())
		}
	}
	if w.page == welcoming {
		w.welcome.Drop(paths)
		return
	}
	w.open(adding)
	w.adding.Drop(paths)
}

// saveAs opens a file for what is exported.
func (w *Window) saveAs(suggested string, done func(io.WriteCloser, error)) {
	w.work(func() func() {
		f, err := w.o.Downloads.Create(suggested)
		if err != nil {
			return func() { done(nil, err) }
		}
		saved := func() { w.pulse.Post(func() { w.notices.saved(f.Name(), w.o.Reveal) }) }
		return func() { done(&download{File: f, saved: saved}, nil) }
	})
}
