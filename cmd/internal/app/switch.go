package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"culvert/tunnel/control"
	"culvert/tunnel/demo"
	"culvert/tunnel/project"
)

// On switches a project on with what its file says now, and remembers it. The error says why it cannot be served;
// it is remembered as on all the same.
func (a *App) On(_ context.Context, name string) (control.Project, error) {
	if err := a.begun(); err != nil {
		return control.Project{}, err
	}
	defer a.switching.Unlock()
	served := a.turn(true, name)
	p, err := a.project(name)
	if err == nil {
		err = served
	}
	return p, err
}

// Off switches a project off, ends its connections, and remembers it. Its capture stays.
func (a *App) Off(_ context.Context, name string) (control.Project, error) {
	if err := a.begun(); err != nil {
		return control.Project{}, err
	}
	defer a.switching.Unlock()
	if err := a.turn(false, name); err != nil {
		return control.Project{}, err
	}
	return a.project(name)
}

// Switch is On or Off.
func (a *App) Switch(ctx context.Context, name string, on bool) error {
	f := a.Off
	if on {
		f = a.On
	}
	_, err := f(ctx, name)
	return err
}

// SwitchAll switches projects on or off together. The error says which of them cannot be served and why, one a line; they
// are remembered as on all the same. Where one is not known nothing is switched.
func (a *App) SwitchAll(_ context.Context, on bool, names ...string) error {
	if err := a.begun(); err != nil {
		return err
	}
	defer a.switching.Unlock()
	return a.turn(on, names...)
}

// Pause switches off all that is on, and remembers what that was, for Resume. Meanwhile single projects are switched as
// ever; what was switched so is as the user left it after Resume, too.
func (a *App) Pause(context.Context) error {
	if err := a.begun(); err != nil {
		return err
	}
	defer a.switching.Unlock()
	defer a.notify()
	before := a.known.list()
	if err := a.known.pause(); err != nil {
		return err
	}
	for _, e := range before {
		if e.On {
			a.unserve(e.Name)
		}
	}
	return nil
}

// Resume switches on what Pause switched off. The error says what of it cannot be served and why, one a line.
func (a *App) Resume(context.Context) error {
	if err := a.begun(); err != nil {
		return err
	}
	defer a.switching.Unlock()
	defer a.notify()
	before := a.known.list()
	if err := a.known.resume(); err != nil {
		return err
	}
	var errs []error
	for _, e := range before {
		if e.Paused {
			errs = append(errs, a.serve(e))
		}
	}
	return errors.Join(errs...)
}

// Paused reports whether there is something for Resume to switch on, also after a restart.
func (a *App) Paused() bool {
	for _, e := range a.known.list() {
		if e.Paused {
			return true
		}
	}
	return false
}

// Add makes projects known. They are off.
func (a *App) Add(_ context.Context, r control.AddRequest) ([]control.Project, error) {
	if err := a.begun(); err != nil {
		return nil, err
	}
	defer a.switching.Unlock()
	defer a.notify()
	names, err := a.known.add(r)
	if err != nil {
		return nil, err
	}
	a.followFiles()
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
	defer a.notify()
	if err := a.known.remove(name); err != nil {
		return err
	}
	a.followFiles()
	a.unserve(name)
	a.engine.Forget(name)
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

// turn remembers the switch of projects and serves them, or ends that. The error says which cannot be served.
func (a *App) turn(on bool, names ...string) error {
	defer a.notify()
	if err := a.known.turn(on, names...); err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		if !on {
			a.unserve(name)
			continue
		}
		e, err := a.known.entry(name)
		if err == nil {
			err = a.serve(e)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// serve loads a project and hands it to the engine. One that is served already stays as it is if its file is broken.
func (a *App) serve(e entry) error {
	p, err := a.load(e)
	if err == nil {
		err = a.start(p)
	}
	a.markBroken(e.Name, p, err)
	if err != nil {
		return fmt.Errorf("project %s: %s", e.Name, OneLine(err))
	}
	return nil
}

// reload serves a project with what its file says now. Where that is what is served already, its connections stay.
func (a *App) reload(e entry) {
	p, err := a.load(e)
	if err == nil && !bytes.Equal(a.served[e.Name], p.Marshal()) {
		err = a.start(p)
	}
	a.markBroken(e.Name, p, err)
}

// start hands a project to the engine.
func (a *App) start(p *project.Project) error {
	if p.Certificate != nil {
		defer a.followFiles() // its certificate's are among them
	}
	delete(a.served, p.Name)
	if err := a.engine.On(p); err != nil {
		return err
	}
	a.served[p.Name] = p.Marshal()
	for _, s := range a.engine.Status() {
		if s.Name == p.Name {
			a.known.rememberPort(p, s.Listen)
		}
	}
	a.change()
	return nil
}

// markBroken keeps why a project could not be loaded, which is where p is nil, and forgets it where it could.
func (a *App) markBroken(name string, p *project.Project, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.broken, name)
	if p == nil {
		a.broken[name] = err
	}
}

// change tells the tails that captures came or went.
func (a *App) change() {
	a.mu.Lock()
	defer a.mu.Unlock()
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
	delete(a.served, name)
	if name == demoName {
		a.stopDemo()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.broken, name)
}

func (a *App) stopDemo() {
	if a.demo != nil {
		a.demo.Close()
		a.demo = nil
	}
}
