package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"github.com/adrg/xdg"

	"culvert/cmd/internal/app"
	"culvert/cmd/internal/desktop"
	"culvert/ui"
	"culvert/ui/state"
	"culvert/ui/tray"
	"culvert/ui/words"
)

// name is the app's, as desktops show it; id is its name among the apps of a desktop.
const (
	name = "Culvert"
	id   = "app.culvert"
)

// between is the least time between two changes of what tray and window show.
const between = 250 * time.Millisecond

// session is the running desktop app: the engine, the desktop's tray, and the window.
type session struct {
	app      *app.App
	settings *app.Settings
	folders  app.Folders

	fyne   fyne.App
	window *ui.Window
	icon   *statusIcon
	tray   *tray.Tray // on the main goroutine
	host   *desktop.TrayHost

	changed chan struct{} // something that is shown may be another
	shown   atomic.Bool   // whether the desktop shows tray icons
	trust   atomic.Pointer[state.Trust]
	proven  proven

	signals  chan os.Signal // that ask for the end
	quitting sync.Once
	over     chan struct{} // closed when the loop of the window has ended

	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

// open starts the engine.
func open(ctx context.Context, folders app.Folders, errOut io.Writer) (*session, error) {
	s := &session{folders: folders, changed: make(chan struct{}, 1), over: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.trust.Store(&state.Trust{})
	s.listen()
	a, err := app.Open(ctx, app.Options{
		Folders: folders,
		Version: version(),
		Changed: s.change,
		Log:     slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		s.cancel()
		return nil, err
	}
	s.app = a
	s.settings = app.OpenSettings(folders)
	return s, nil
}

// close ends the session in order: the tunnels first, the settings last.
func (s *session) close() {
	s.cancel()
	s.tasks.Wait()
	s.app.Close()
	s.settings.Close()
}

// show runs the window and the tray until the user quits, the session ends or someone asks the app to stop.
func (s *session) show(hidden bool) error {
	if err := words.Load(); err != nil {
		return err
	}
	ui.LoadPreferences(s.settings).ApplyScale()
	fyneapp.SetMetadata(fyne.AppMetadata{ID: id, Name: name, Version: version(), Migrations: map[string]bool{"fyneDo": true}})
	_ = os.MkdirAll(xdg.CacheHome, 0o700) // Fyne makes its own folder there, and complains of a home without one
	s.fyne = fyneapp.NewWithID(id)
	options, err := s.options()
	if err != nil {
		return err
	}
	s.window = ui.New(options)
	if err := s.settings.Problem(); err != nil {
		s.window.Tell(err)
	}
	s.app.SetWindow(remote{s})
	s.fyne.Lifecycle().SetOnStarted(func() { s.started(hidden) })
	s.fyne.Run()
	close(s.over)
	s.window.Close()
	if s.icon != nil {
		s.icon.stop()
	}
	s.host.Close()
	return nil
}

// started runs on the main goroutine once there is one.
func (s *session) started(hidden bool) {
	clicked := func(a tray.Action) { s.window.Post(func() { s.act(a) }) }
	s.icon = startStatusIcon(name, clicked, func() { s.window.Post(s.window.Show) }, func() {
		s.window.Post(func() { s.tray = tray.New(s.icon); s.change() })
	})
	first := make(chan bool, 1)
	s.host, _ = desktop.WatchTray(s.ctx, func(shown bool) {
		s.shown.Store(shown)
		select {
		case first <- shown:
		default:
		}
		s.change()
	})
	s.window.Update(s.state())
	if !hidden || !<-first {
		s.window.Show()
	}
	s.tasks.Go(s.follow)
	s.tasks.Go(func() {
		s.lookAtTrust(s.ctx)
		s.app.Authorities().WatchBrowsers(s.ctx, func() { s.lookAtTrust(s.ctx) })
	})
	s.tasks.Go(s.endings)
}

// change notes that something that is shown may be another. It may be called from any goroutine.
func (s *session) change() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// follow shows what has changed, some times a second at most.
func (s *session) follow() {
	roots := s.roots()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.changed:
		}
		if now := s.roots(); now != roots { // by a command, perhaps
			roots = now
			s.tasks.Go(func() { s.lookAtTrust(s.ctx) })
		}
		now := s.state()
		s.window.Post(func() {
			s.window.Update(now)
			if s.tray != nil {
				s.tray.Show(&now)
			}
		})
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(between):
		}
	}
}

// roots is another text when the CAs are others.
func (s *session) roots() (text string) {
	for _, r := range s.app.Roots() {
		text += r.Fingerprint()
	}
	return text
}

// state returns what is shown.
func (s *session) state() state.State {
	known, _ := s.app.Projects(s.ctx) // fails over the socket only
	return state.State{
		Projects: projects(known), Trust: *s.trust.Load(), Paused: s.app.Paused(),
		Tray: s.shown.Load(), Desktop: os.Getenv("XDG_CURRENT_DESKTOP"),
	}
}

// find returns a project, an empty one if it is gone.
func (s *session) find(name string) *state.Project {
	now := s.state()
	if p := now.Find(name); p != nil {
		return p
	}
	return &state.Project{}
}

// endings quits when the app is asked to end.
func (s *session) endings() {
	select {
	case <-s.ctx.Done():
		return
	case <-s.app.Stopped():
	case <-s.signals:
	}
	s.quit()
}

// listen hears the signals that ask a program to end, from before the first tunnel is open: Fyne hears them only once
// its loop runs. A terminal's hang-up is one unless nohup made it ignored.
func (s *session) listen() {
	s.signals = make(chan os.Signal, 1)
	signal.Notify(s.signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(s.signals, syscall.SIGHUP)
	}
}
