package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"culvert/certs"
	"culvert/certs/trust/browser"
	"culvert/tunnel/control"
)

// ShowIsolated shows the page of a project in the first browser of the machine, in the way of the function of that name.
func (a *App) ShowIsolated(ctx context.Context, name string, started func(folder string) error) error {
	p, err := a.project(name)
	if err == nil && len(p.URLs) == 0 {
		err = fmt.Errorf("project %s is not served (switch it on to open its page)", name)
	}
	if err != nil {
		return err
	}
	b, err := browser.Choose(browser.Find(os.Environ()), "")
	if err != nil {
		return err
	}
	return ShowIsolated(ctx, a.known.folders, a.Roots(), p, b, started)
}

// ShowIsolated shows the page of a project that is on in a browser with a profile of its own, which accepts the project's
// certificates though no store of the machine has the CAs. It returns when the browser has ended, by its user or because
// ctx did. started is told the profile's folder before; its error ends it.
func ShowIsolated(
	ctx context.Context, f Folders, roots []*certs.Root, p control.Project, b browser.Browser, started func(folder string) error,
) error {
	var servers []browser.Server
	for i, url := range p.URLs {
		s, err := browser.Meet(ctx, url, p.Certificate, roots...)
		switch {
		case err == nil:
			servers = append(servers, s)
		case i == 0:
			return err
		}
		// The page may do without its other names; one in no hosts file leads nowhere.
	}
	profile, err := b.Isolate(ctx, f.Browsers(), os.Environ(), servers, roots...)
	if err != nil {
		return err
	}
	if err = started(profile.Folder); err == nil {
		err = profile.Show(ctx, os.Environ(), p.URLs[0]+"/")
	}
	return errors.Join(err, profile.Remove())
}
