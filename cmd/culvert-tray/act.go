package main

import (
	"context"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"

	"culvert/ui/tray"
)

// act does what an entry of the tray's menu stands for. It runs on the main goroutine.
func (s *session) act(a tray.Action) {
	switch a.Verb {
	case tray.OpenWindow:
		s.window.Show()
	case tray.OpenTrust:
		s.window.ShowTrust()
	case tray.SwitchOn, tray.SwitchOff:
		s.do(func(ctx context.Context) error { return s.app.Switch(ctx, a.Project, a.Verb == tray.SwitchOn) })
	case tray.CopyAddress:
		s.fyne.Clipboard().SetContent(s.find(a.Project).Address())
	case tray.OpenPage:
		s.browse(s.find(a.Project).Page())
	case tray.Pause:
		s.do(s.app.Pause)
	case tray.Resume:
		s.do(s.app.Resume)
	case tray.Quit:
		s.quit()
	}
}

// do runs what may take a moment. What fails is the state of a project, and shown there.
func (s *session) do(action func(context.Context) error) {
	s.tasks.Go(func() {
		_ = action(s.ctx)
		s.change()
	})
}

// browse opens a page in the user's browser.
func (s *session) browse(page string) {
	u, err := url.Parse(page)
	// SECURITY: only a page of ours is handed to the desktop, which opens whatever it is given.
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return
	}
	if err := s.fyne.OpenURL(u); err != nil {
		fyne.LogError("open the browser", err)
	}
}

// reveal shows a file in the desktop's file manager: its folder, since not every file manager can point at one.
func (s *session) reveal(file string) {
	u := &url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Dir(file))}
	if err := s.fyne.OpenURL(u); err != nil {
		fyne.LogError("open the file manager", err)
	}
}
