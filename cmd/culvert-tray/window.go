package main

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"
	"github.com/adrg/xdg"

	"culvert/cmd/internal/desktop"
	"culvert/tunnel/control"
	"culvert/ui"
	"culvert/ui/look"
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
			return look.NewTheme(look.Options{Appearance: a, Locale: s.locale})
		},
		Title: name, Version: version(), Folder: s.folders.Config,
		Browse: s.browse, Reveal: s.reveal, Quit: s.fyne.Quit,
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
	answer := make(chan []ui.Node, 1)
	r.s.window.Post(func() { answer <- r.s.window.Outline() })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case shown := <-answer:
		nodes := make([]control.Node, len(shown))
		for i, n := range shown {
			nodes[i] = control.Node(n)
		}
		return nodes, nil
	}
}
