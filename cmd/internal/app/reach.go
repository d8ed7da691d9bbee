package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"culvert/tunnel/control"
	"culvert/tunnel/doctor"
)

// Projects is the set of projects, as the running app or the state file has it.
type Projects interface {
	// Projects returns them, sorted by name.
	Projects(ctx context.Context) ([]control.Project, error)
	On(ctx context.Context, name string) (control.Project, error)
	Off(ctx context.Context, name string) (control.Project, error)
	Add(ctx context.Context, r control.AddRequest) ([]control.Project, error)
	Remove(ctx context.Context, name string) error
	// Doctor examines the machine and one project, or with name "" all projects that are switched on.
	Doctor(ctx context.Context, name string) ([]doctor.Finding, error)
	// Close lets go of the app or of the state file.
	Close()
}

// Reach returns the projects of the running app, or, where none runs, those of the state file, which stays locked
// until Close. An app that is about to start or to end is waited for.
func Reach(ctx context.Context, f Folders) (Projects, error) {
	client := control.NewClient(f.Socket())
	for begin := time.Now(); ; {
		_, err := client.Ping(ctx)
		if err == nil {
			return running{client}, nil
		}
		if !errors.Is(err, control.ErrNotRunning) {
			return nil, err
		}
		l, err := tryQuietly(f.lock())
		if err == nil {
			client.Close()
			return openRemembered(f, l)
		}
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		if time.Since(begin) > 5*patience {
			return nil, fmt.Errorf("the app with pid %d does not answer at %s (try again, or end it)", holder(f.lock()), f.Socket())
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// running is Projects by way of the running app.
type running struct{ *control.Client }

// remembered is Projects by way of the state file.
type remembered struct {
	known *known
	lock  *lock
}

func openRemembered(f Folders, l *lock) (Projects, error) {
	k, err := openKnown(f)
	if err != nil {
		l.release()
		return nil, err
	}
	return &remembered{k, l}, nil
}

func (r *remembered) Close() { r.lock.release() }

func (r *remembered) Projects(context.Context) ([]control.Project, error) {
	list := []control.Project{}
	for _, e := range r.known.list() {
		list = append(list, describe(e))
	}
	return list, nil
}

func (r *remembered) On(_ context.Context, name string) (control.Project, error) {
	return r.turn(name, true)
}

func (r *remembered) Off(_ context.Context, name string) (control.Project, error) {
	return r.turn(name, false)
}

func (r *remembered) turn(name string, on bool) (control.Project, error) {
	if err := r.known.turn(on, name); err != nil {
		return control.Project{}, err
	}
	p, err := r.describe(name)
	if err == nil && p.State == control.Failed {
		err = errors.New("project " + name + ": " + p.Reason)
	}
	return p, err
}

func (r *remembered) describe(name string) (control.Project, error) {
	e, err := r.known.entry(name)
	if err != nil {
		return control.Project{}, err
	}
	return describe(e), nil
}

func (r *remembered) Add(_ context.Context, request control.AddRequest) ([]control.Project, error) {
	names, err := r.known.add(request)
	if err != nil {
		return nil, err
	}
	list := make([]control.Project, len(names))
	for i, name := range names {
		if list[i], err = r.describe(name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *remembered) Remove(_ context.Context, name string) error { return r.known.remove(name) }

// Runs reports whether p is that of a running app.
func Runs(p Projects) bool {
	_, ok := p.(running)
	return ok
}
