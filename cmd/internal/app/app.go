// Package app is what both commands put together: the user's folders, the CA, the engine, the projects that the user
// made known with their switches, the built-in demo, and the control socket.
//
// [Open] starts all of it in this process; [Reach] finds the way to it from another process, or to the state file
// where no app runs. What is remembered is written at once and whole, so a kill loses nothing.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/tunnel"
	"culvert/tunnel/control"
	"culvert/tunnel/demo"
	"culvert/tunnel/project"
)

// Options say how an [App] starts.
type Options struct {
	Folders Folders
	// Version is what the app answers when asked for it.
	Version string
	// Files are project files to be served instead of the projects that the user made known. Nothing about them is
	// remembered but their free ports; what is added, removed or switched meanwhile is forgotten at the end too.
	Files []string
	// Log is told what is no project's state. nil discards it.
	Log *slog.Logger
}

// App is the running app. Its methods may be called from any goroutine; it is what the control socket serves.
type App struct {
	version string

	known  *known
	ca     *certs.CA
	engine *tunnel.Engine
	lock   *lock
	server *control.Server

	stop     chan struct{} // closed when someone asked the app to end
	stopOnce sync.Once

	switching sync.Mutex // held while a project is switched, added or removed
	closed    bool       // under switching
	demo      *demo.Backend

	mu      sync.Mutex
	broken  map[string]error // what kept a project's file from being served
	changed chan struct{}    // closed, and made anew, when captures came or went
	tails   sync.WaitGroup
	ended   chan struct{} // closed when nothing more will be recorded
}

// Open takes the app's lock, loads what is remembered, makes the CA if there is none, switches on what is to be on,
// and answers on the control socket. A project that cannot be served does not fail it: see [App.Projects]. If an app
// runs already the error is a [*control.RunningError].
func Open(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{version: o.Version, stop: make(chan struct{}), broken: make(map[string]error), changed: make(chan struct{}), ended: make(chan struct{})}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if a.lock, err = acquire(ctx, o.Folders.lock()); err != nil {
		return nil, err
	}
	if a.known, err = openKnown(o.Folders); err != nil {
		return nil, err
	}
	if a.ca, err = certs.LoadOrCreate(o.Folders.CA()); err != nil {
		return nil, err
	}
	if a.engine, err = tunnel.New(tunnel.Config{
		GetCertificate: certs.NewMinter(a.ca, nil).GetCertificate,
		Port:           a.known.port,
		Log:            o.Log,
	}); err != nil {
		return nil, err
	}
	l, err := control.Listen(ctx, o.Folders.Socket())
	if err != nil {
		return nil, err
	}
	if err := a.begin(o.Files); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	a.server = control.Serve(l, a, o.Version)
	return a, nil
}

// begin switches on what is to be on at the start.
func (a *App) begin(files []string) error {
	var err error
	if len(files) > 0 {
		err = a.known.only(files)
	} else {
		err = a.known.settle()
	}
	if err != nil {
		return err
	}
	a.switching.Lock()
	defer a.switching.Unlock()
	for _, e := range a.known.list() {
		if e.On {
			_ = a.serve(e) // is the project's state
		}
	}
	return nil
}

// CA returns the CA that signs for the tunnels.
func (a *App) CA() *certs.CA { return a.ca }

// Distrusting returns the names of the trust stores of this machine that could trust the CA and do not.
func (a *App) Distrusting(ctx context.Context) (names []string) {
	for _, r := range trust.Audit(ctx, trust.Stores(trust.Host(nil)), a.ca.Root) {
		if r.Status.State == trust.NotTrusted {
			names = append(names, r.Store.Name())
		}
	}
	return names
}

// Stopped is closed when someone asked the app to end, by [App.Stop] or over the socket.
func (a *App) Stopped() <-chan struct{} { return a.stop }

// Stop asks the owner of the app to close it.
func (a *App) Stop() { a.stopOnce.Do(func() { close(a.stop) }) }

// Close ends the app in order: the tunnels with their connections, then what reads their captures, then the demo.
// It returns when all goroutines have ended.
func (a *App) Close() {
	if !a.closeTunnels() {
		return
	}
	if a.server != nil {
		a.waitForTails(time.Second)
		a.server.Close()
	}
	if a.lock != nil {
		a.lock.release()
	}
}

// closeTunnels ends what is served, for good; false if it has ended before.
func (a *App) closeTunnels() bool {
	a.switching.Lock()
	defer a.switching.Unlock()
	if a.closed {
		return false
	}
	a.closed = true
	if a.engine != nil {
		a.engine.Close()
	}
	a.stopDemo()
	close(a.ended)
	return true
}

// Projects returns the known projects, sorted by name.
func (a *App) Projects(context.Context) ([]control.Project, error) {
	return a.projects(), nil
}

func (a *App) projects() []control.Project {
	status := make(map[string]tunnel.Status)
	for _, s := range a.engine.Status() {
		status[s.Name] = s
	}
	list := []control.Project{}
	for _, e := range a.known.list() {
		s, served := status[e.Name]
		list = append(list, a.describe(e, s, served))
	}
	ownFirst(list)
	return list
}

// ownFirst puts those URLs of each project last that another has too: projects that share an address all have its
// localhost, and only one of them answers there.
func ownFirst(list []control.Project) {
	count := make(map[string]int)
	for _, p := range list {
		for _, url := range p.URLs {
			count[url]++
		}
	}
	for _, p := range list {
		slices.SortStableFunc(p.URLs, func(a, b string) int {
			return cmp.Compare(min(count[a], 2), min(count[b], 2))
		})
	}
}

// describe says how a known project is, which the engine knows if it was served.
func (a *App) describe(e entry, s tunnel.Status, served bool) control.Project {
	a.mu.Lock()
	broken := a.broken[e.Name]
	a.mu.Unlock()
	if !served {
		p := describe(e)
		if p.State == control.Waiting {
			p.State = control.Off // only while it is being switched
		}
		if broken != nil {
			p.State, p.Reason = control.Failed, OneLine(broken)
		}
		return p
	}
	p := control.Project{
		Name: e.Name, Description: s.Description, Group: s.Group, File: e.File, State: control.On,
		Listen: s.Listen, URLs: s.URLs, Routes: []control.Route{}, Connections: s.Connections, Frames: s.Frames,
	}
	for _, r := range s.Routes {
		p.Routes = append(p.Routes, control.Route{Path: r.Path, To: r.To})
	}
	switch {
	case s.State == tunnel.Failed && broken != nil:
		p.State, p.Reason = control.Failed, OneLine(broken)
	case s.State == tunnel.Failed:
		p.State, p.Reason = control.Failed, OneLine(errors.New(s.Reason))
	case broken != nil:
		p.Reason = OneLine(broken) + "; it is served as it was before"
	}
	return p
}

// project returns one known project as Projects does.
func (a *App) project(name string) (control.Project, error) {
	list := a.projects()
	i := slices.IndexFunc(list, func(p control.Project) bool { return p.Name == name })
	if i < 0 {
		_, err := a.known.entry(name)
		return control.Project{}, err
	}
	return list[i], nil
}

// On switches a project on with what its file says now, and remembers it. The error says why it cannot be served;
// it is remembered as on all the same.
func (a *App) On(_ context.Context, name string) (control.Project, error) {
	if err := a.begun(); err != nil {
		return control.Project{}, err
	}
	defer a.switching.Unlock()
	if err := a.known.turn(name, true); err != nil {
		return control.Project{}, err
	}
	e, err := a.known.entry(name)
	if err != nil {
		return control.Project{}, err
	}
	served := a.serve(e)
	p, err := a.project(name)
	if served != nil {
		err = fmt.Errorf("project %s: %s", name, OneLine(served))
	}
	return p, err
}

// Off switches a project off, ends its connections, and remembers it. Its capture stays.
func (a *App) Off(_ context.Context, name string) (control.Project, error) {
	if err := a.begun(); err != nil {
		return control.Project{}, err
	}
	defer a.switching.Unlock()
	if err := a.known.turn(name, false); err != nil {
		return control.Project{}, err
	}
	a.unserve(name)
	return a.project(name)
}

// Add makes projects known. They are off.
func (a *App) Add(_ context.Context, r control.AddRequest) ([]control.Project, error) {
	if err := a.begun(); err != nil {
		return nil, err
	}
	defer a.switching.Unlock()
	names, err := a.known.add(r)
	if err != nil {
		return nil, err
	}
	var list []control.Project
	for _, name := range names {
		p, err := a.project(name)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// Remove switches a project off and forgets it, its port and its capture. Its file stays, unless Add made it.
func (a *App) Remove(_ context.Context, name string) error {
	if err := a.begun(); err != nil {
		return err
	}
	defer a.switching.Unlock()
	if err := a.known.remove(name); err != nil {
		return err
	}
	a.unserve(name)
	a.engine.Forget(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.change()
	return nil
}

// begun takes the lock of switching, unless the app ends.
func (a *App) begun() error {
	a.switching.Lock()
	if a.closed {
		a.switching.Unlock()
		return control.ErrNotRunning
	}
	return nil
}

// serve loads a project and hands it to the engine. One that is served already stays as it is if its file is broken.
func (a *App) serve(e entry) error {
	p, err := a.load(e)
	if err == nil {
		err = a.engine.On(p)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.broken, e.Name)
	if p == nil {
		a.broken[e.Name] = err
	}
	if err != nil {
		return err
	}
	for _, s := range a.engine.Status() {
		if s.Name == e.Name {
			a.known.rememberPort(p, s.Listen)
		}
	}
	a.change()
	return nil
}

// change tells the tails that captures came or went. a.mu is held.
func (a *App) change() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// load reads a project's file; the demo's backend is started for it.
func (a *App) load(e entry) (*project.Project, error) {
	if !e.Demo {
		return load(e)
	}
	if a.demo == nil {
		b, err := demo.Start(context.Background())
		if err != nil {
			return nil, err
		}
		a.demo = b
	}
	return demoProject(a.demo.Addr())
}

// unserve switches a project off in the engine.
func (a *App) unserve(name string) {
	_ = a.engine.Off(name) // it may not be on
	if name == demoName {
		a.stopDemo()
	}
	a.mu.Lock()
	delete(a.broken, name)
	a.mu.Unlock()
}

func (a *App) stopDemo() {
	if a.demo != nil {
		a.demo.Close()
		a.demo = nil
	}
}
