package main

import (
	"context"
	"fmt"
	"runtime/metrics"

	"fyne.io/fyne/v2"
	"github.com/adrg/xdg"

	"culvert/cmd/internal/desktop"
	"culvert/tunnel/control"
	"culvert/ui"
	"culvert/ui/look"
	"culvert/ui/words"
)

// options are what the window is made with.
func (s *session) options() (ui.Options, error) {
	program, err := desktop.Executable()
	if err != nil {
		return ui.Options{}, fmt.Errorf("find this program: %w", err)
	}
	return ui.Options{
		App: s.fyne, Culvert: culvert{s}, Settings: s.settings, Do: fyne.Do,
		Autostart: desktop.Autostart{Program: program, Home: xdg.Home, ConfigHome: xdg.ConfigHome},
		Downloads: desktop.Downloads{Folder: xdg.UserDirs.Download},
		Theme: func(a look.Appearance) fyne.Theme {
			return look.NewTheme(look.Options{Appearance: a, Locale: words.Language()})
		},
		Title: name, Version: version(), Folder: s.folders.Config,
		Browse: s.browse, Reveal: s.reveal, Quit: s.quit,
	}, nil
}

// remote is the window as others reach it over the control socket, from any goroutine.
type remote struct{ s *session }

// Raise shows the window and puts it before the others.
func (r remote) Raise() error {
	r.s.window.Post(r.s.window.Show)
	return nil
}

// Outline returns what the window shows.
func (r remote) Outline(ctx context.Context) ([]control.Node, error) {
	shown, err := ask(ctx, r.s.window, r.s.window.Outline)
	if err != nil {
		return nil, err
	}
	nodes := make([]control.Node, len(shown))
	for i, n := range shown {
		nodes[i] = control.Node(n)
	}
	return nodes, nil
}

// Work returns what the window took since Work was called last.
func (r remote) Work(ctx context.Context) (control.Work, error) {
	work, err := ask(ctx, r.s.window, r.s.window.Work)
	if err != nil {
		return control.Work{}, err
	}
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(allocated)
	return control.Work{
		Beats: control.Spread(work.Beats), Updates: control.Spread(work.Updates),
		Allocs: allocated[0].Value.Uint64(), Bytes: allocated[1].Value.Uint64(),
	}, nil
}

// ask calls a method of the window on the main goroutine.
func ask[T any](ctx context.Context, w *ui.Window, method func() T) (answer T, err error) {
	answers := make(chan T, 1)
	w.Post(func() { answers <- method() })
	select {
	case <-ctx.Done():
		return answer, ctx.Err()
	case answer = <-answers:
		return answer, nil
	}
}
