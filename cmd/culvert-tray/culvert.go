package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"culvert/cmd/internal/app"
	"culvert/tunnel/capture"
	"culvert/tunnel/control"
	"culvert/ui/state"
)

// culvert is the engine as the window uses it.
type culvert struct{ s *session }

// Switch switches projects on or off. That one cannot be served is its state, which is shown where it stands.
func (c culvert) Switch(ctx context.Context, on bool, names ...string) error {
	err := c.s.app.SwitchAll(ctx, on, names...)
	if err != nil && !slices.ContainsFunc(names, func(name string) bool { return !c.knows(name) }) {
		return nil
	}
	return err
}

// knows reports whether there is a state to tell why a project cannot be served.
func (c culvert) knows(name string) bool { return c.s.find(name).Name != "" }

// Project returns a project as it is now, nil if it is gone.
func (c culvert) Project(name string) *state.Project {
	if p := c.s.find(name); p.Name != "" {
		return p
	}
	return nil
}

// Capture returns the record of a project.
func (c culvert) Capture(name string) (*capture.Log, bool) { return c.s.app.Capture(name) }

// Frames counts what a project has recorded.
func (c culvert) Frames(name string) int64 {
	log, ok := c.s.app.Capture(name)
	if !ok {
		return 0
	}
	s := log.Stats()
	return s.Sent.Frames + s.Received.Frames
}

// Duplicate makes a copy of a project.
func (c culvert) Duplicate(ctx context.Context, name string) (string, error) {
	return c.s.app.Duplicate(ctx, name)
}

// Remove forgets a project.
func (c culvert) Remove(ctx context.Context, name string) error { return c.s.app.Remove(ctx, name) }

// Owns reports whether a project file goes with its project.
func (c culvert) Owns(file string) bool {
	return filepath.Dir(file) == c.s.folders.Projects()
}

// Text returns the text of a project's file.
func (c culvert) Text(name string) ([]byte, error) { return c.s.app.Text(name) }

// Save replaces the text of a project's file; for project "" it makes one, and switches it on.
func (c culvert) Save(name string, was, text []byte) error {
	if name == "" {
		made, err := c.s.app.Create(c.s.ctx, text)
		if err == nil {
			_ = c.s.app.Switch(c.s.ctx, made, true) // that it cannot be served is its state
		}
		return err
	}
	return c.s.app.Save(c.s.ctx, name, was, text)
}

// AddAddress adds a project that carries everything to a backend, and switches it on.
func (c culvert) AddAddress(name, to string) (string, error) {
	return c.add(control.AddRequest{Name: name, To: to})
}

// AddFiles adds the projects of files, and switches them on.
func (c culvert) AddFiles(paths []string) (names []string, err error) {
	var failed []error
	for _, path := range paths {
		name, err := c.add(control.AddRequest{Files: []string{path}})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		names = append(names, name)
	}
	return names, errors.Join(failed...)
}

// Demo adds the built-in demo, or finds it, and switches it on.
func (c culvert) Demo() (string, error) { return c.add(control.AddRequest{Demo: true}) }

// add makes a project known and switches it on. That it cannot be served is its state.
func (c culvert) add(r control.AddRequest) (string, error) {
	added, err := c.s.app.Add(c.s.ctx, r)
	if err != nil {
		return "", errors.New(app.OneLine(err))
	}
	_ = c.s.app.Switch(c.s.ctx, added[0].Name, true)
	return added[0].Name, nil
}
