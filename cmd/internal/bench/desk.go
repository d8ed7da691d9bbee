//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// desk is a desktop with a tray for one run of the app: a session bus, a screen, and a home. It is what the desktop of
// the tests needs of a test.
type desk struct {
	ctx      context.Context
	cleanups []func()

	home    string
	bus     string // address
	screen  *desktoptest.Screen
	panel   *desktoptest.Watcher
	control *control.Client
}

var _ desktoptest.T = (*desk)(nil)

// failure is what Fatal panics with.
type failure struct{ error }

// onDesk calls do with a desktop that lasts until do returns. What do fails with, or gives to Fatal, is returned.
func onDesk(ctx context.Context, do func(*desk) error) error {
	d := &desk{ctx: ctx}
	defer func() {
		for _, f := range slices.Backward(d.cleanups) {
			f()
		}
	}()
	return orFailure(func() error {
		d.home = d.TempDir()
		d.bus = desktoptest.Bus(d)
		d.screen = desktoptest.NewScreen(d)
		d.panel = desktoptest.Watch(d, d.bus)
		d.control = control.NewClient(filepath.Join(d.culvertHome(), "run", "culvert.sock"))
		d.Cleanup(d.control.Close)
		return do(d)
	})
}

// orFailure calls do and returns what it fails with, or gave to Fatal.
func orFailure(do func() error) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case failure:
			err = v.error
		default:
			panic(v)
		}
	}()
	return do()
}

// Helper is for the desktop of the tests, as the next four are.
func (d *desk) Helper() {}

// Cleanup has f called at the end.
func (d *desk) Cleanup(f func()) { d.cleanups = append(d.cleanups, f) }

// Fatal ends the run.
func (d *desk) Fatal(args ...any) {
	panic(failure{errors.New(strings.TrimSpace(fmt.Sprintln(args...)))})
}

// Fatalf ends the run.
func (d *desk) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// Error ends the run too: no figure is worth anything after one.
func (d *desk) Error(args ...any) { d.Fatal(args...) }

// TempDir returns a folder that goes with the desktop. Its name is short enough for a socket below it.
func (d *desk) TempDir() string {
	dir, err := os.MkdirTemp("", "culvert")
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func (d *desk) culvertHome() string { return filepath.Join(d.home, "c") }

// process is a program on the desktop.
type process struct {
	pid   int
	began time.Time
	log   *bytes.Buffer // of the process; read it after ended is closed
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a program, which is killed at the end at the latest.
func (d *desk) start(binary string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(binary, args...), log: new(bytes.Buffer), ended: make(chan struct{})}
	p.cmd.Dir = d.home
	p.cmd.Env = []string{
		"HOME=" + d.home, "CULVERT_HOME=" + d.culvertHome(), "XDG_CONFIG_HOME=" + filepath.Join(d.home, ".config"),
		"XDG_RUNTIME_DIR=" + d.home, "PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=en_US.UTF-8",
		"DISPLAY=" + d.screen.Display, "DBUS_SESSION_BUS_ADDRESS=" + d.bus, "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1",
	}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.pid = p.cmd.Process.Pid
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	d.Cleanup(p.stop)
	return p, nil
}

// stop ends the process, politely first.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// look is how often the window is asked what it shows. Each answer takes some of its time.
const look = 10 * time.Millisecond

// until waits for cond to hold, for as long as p runs. It looks again every so often.
func (p *process) until(ctx context.Context, what string, every time.Duration, cond func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !cond() {
		select {
		case <-p.ended:
			return fmt.Errorf("the app ended before this: %s\n%s", what, p.log)
		case <-ctx.Done():
			return fmt.Errorf("still not: %s (%w)", what, ctx.Err())
		case <-time.After(every):
		}
	}
	return nil
}

// openApp starts the app and has it show a project that leads to the backend, as to a user who has none but this.
// It returns the proxy that the app is.
func (d *desk) openApp(binary, backend string) (*process, *proxy, error) {
	config := filepath.Join(d.culvertHome(), "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(config, "settings.json"), []byte(`{"window.started":true}`), 0o600); err != nil {
		return nil, nil, err
	}
	app, err := d.start(binary)
	if err != nil {
		return nil, nil, err
	}
	answers := func() bool { _, err := d.control.Ping(d.ctx); return err == nil }
	if err := app.until(d.ctx, "the app answers", look, answers); err != nil {
		return nil, nil, err
	}
	project, err := d.onlyProject(backend)
	if err != nil {
		return nil, nil, err
	}
	shown := func() bool { return d.shows("tab", "Frames") && d.shows("text", projectName) }
	if err := app.until(d.ctx, "the window shows the project", look, shown); err != nil {
		return nil, nil, err
	}
	d.screen.Window(d, "Culvert")
	return app, &proxy{peer: peer{name: "culvert-tray"}, addr: project.Listen[0], pids: []int{app.pid}}, nil
}

// onlyProject makes a project that leads to the backend the only one of the app.
func (d *desk) onlyProject(backend string) (control.Project, error) {
	request := control.AddRequest{Name: projectName, To: "ws://" + backend, Listen: []string{"127.0.0.1:0"}}
	if _, err := d.control.Add(d.ctx, request); err != nil {
		return control.Project{}, err
	}
	project, err := d.control.On(d.ctx, projectName)
	if err != nil {
		return control.Project{}, err
	}
	return project, d.control.Remove(d.ctx, "demo")
}

// shows reports whether the window shows a thing of a role with a text in it.
func (d *desk) shows(role, text string) bool {
	nodes, _ := d.control.Outline(d.ctx)
	return slices.ContainsFunc(nodes, func(n control.Node) bool { return n.Role == role && strings.Contains(n.Text, text) })
}

// recorded returns how many frames the app has recorded of the project. The last may still be on their way, so it
// asks for a while until there are as many as passed.
func (d *desk) recorded(passed int64) (int64, error) {
	for attempt := 0; ; attempt++ {
		list, err := d.control.Projects(d.ctx)
		if err != nil {
			return 0, err
		}
		i := slices.IndexFunc(list, func(p control.Project) bool { return p.Name == projectName })
		if i < 0 {
			return 0, errors.New("the app does not know the project any more")
		}
		if list[i].Frames == passed || attempt == 10 {
			return list[i].Frames, nil
		}
		if err := pause(d.ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
	}
}
