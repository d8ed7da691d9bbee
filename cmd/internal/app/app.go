// Package app is what both commands put together: the user's folders, the CA, the engine, the projects that the user
// made known with their switches, the built-in demo, and the control socket.
//
// [Open] starts all of it in this process; [Reach] finds the way to it from another process, or to the state file
// where no app runs. What is remembered is written at once and whole, so a kill loses nothing.
package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/tunnel"
	"culvert/tunnel/capture"
	"culvert/tunnel/control"
	"culvert/tunnel/demo"
)

// Options say how an [App] starts.
type Options struct {
	Folders Folders
	// Version is what the app answers when asked for it.
	Version string
	// Files are project files to be served instead of the projects that the user made known. Nothing about them is
	// remembered but their free ports; what is added, removed or switched meanwhile is forgotten at the end too.
	Files []string
	// Window is the app's window, nil where there is none, or none yet: see [App.SetWindow].
	Window control.Window
	// Changed is called when what [App.Projects] or [App.Paused] return may be another, but for live numbers; often
	// more than once for one change, from any goroutine, and during [Open] already. It must return at once and ask
	// nothing of the App. nil calls nobody.
	Changed func()
	// System is the machine whose trust stores are looked at. nil is this one, without a terminal: see [System].
	System func() trust.System
	// Log is told what is no project's state. nil discards it.
	Log *slog.Logger
}

// App is the running app. Its methods may be called from any goroutine; it is what the control socket serves.
type App struct {
	version string
	notify  func() // Options.Changed
	log     *slog.Logger

	known       *known
	authorities *Authorities
	minter      *certs.Minter
	signing     atomic.Pointer[[]*certs.CA] // what minter uses
	engine      *tunnel.Engine
	lock        *lock
	watch       *watcher
	server      *control.Server

	stop     chan struct{} // closed when someone asked the app to end
	stopOnce sync.Once

	switching sync.Mutex        // held while a project is switched, edited, added or removed
	closed    bool              // under switching
	served    map[string][]byte // what is served, as the text of a project file, by name; under switching
	demo      *demo.Backend

	mu      sync.Mutex
	window  control.Window
	broken  map[string]error // what kept a project's file from being served
	changed chan struct{}    // closed, and made anew, when captures came or went
	tails   sync.WaitGroup
	ended   chan struct{} // closed when nothing more will be recorded
}

// Open takes the app's lock, loads what is remembered, makes the CA if there is none, switches on what is to be on,
// and answers on the control socket. A project that cannot be served does not fail it: see [App.Projects]. If an app
// runs already the error is a [*control.RunningError].
func Open(ctx context.Context, o Options) (_ *App, err error) {
	a := newApp(o)
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
	if err := a.openAuthorities(o); err != nil {
		return nil, err
	}
	if a.engine, err = tunnel.New(tunnel.Config{
		GetCertificate:  a.minter.GetCertificate,
		LoadCertificate: loadCertificate,
		Port:            a.known.port,
		Log:             o.Log,
		Changed:         a.notify,
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

// newApp returns an app that nothing has been opened for.
func newApp(o Options) *App {
	a := &App{
		version: o.Version, notify: o.Changed, log: o.Log, window: o.Window,
		stop: make(chan struct{}), served: make(map[string][]byte), broken: make(map[string]error),
		changed: make(chan struct{}), ended: make(chan struct{}),
	}
	if a.notify == nil {
		a.notify = func() {}
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a
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
	a.watch = newWatcher(a.fileChanged, a.log)
	a.switching.Lock()
	defer a.switching.Unlock()
	a.followFiles() // first, so that no change goes unseen
	for _, e := range a.known.list() {
		if e.On {
			_ = a.serve(e) // is the project's state
		}
	}
	return nil
}

// Capture returns what was recorded of a project since the app started, also while it is off; false if it was not on
// since then.
func (a *App) Capture(name string) (*capture.Log, bool) { return a.engine.Capture(name) }

// SetWindow gives the app its window, which others reach over the socket.
func (a *App) SetWindow(w control.Window) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.window = w
}

// Window returns the app's window, nil where there is none.
func (a *App) Window() control.Window {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.window
}

// Stopped is closed when someone asked the app to end, by [App.Stop] or over the socket.
func (a *App) Stopped() <-chan struct{} { return a.stop }

// Stop asks the owner of the app to close it.
func (a *App) Stop() { a.stopOnce.Do(func() { close(a.stop) }) }

// Close ends the app in order: the tunnels with their connections, then what reads their captures, then the demo.
// It returns when all goroutines have ended.
func (a *App) Close() {
	if a.watch != nil {
		a.watch.close()
	}
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
