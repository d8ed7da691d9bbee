package app

import (
	"context"
	"errors"
	"os"

	"culvert/certs"
	"culvert/certs/trust/browser"
	"culvert/tunnel/control"
)

// ShowIsolated shows the page of a project that is on in a browser with a profile of its own, which accepts the project's
// certificates though no store of the machine has the CAs. It returns when the browser has ended, by its user or because
// ctx did. started is told the profile's folder before; its error ends it.
func ShowIsolated(
	ctx context.Context, f Folders, roots []*certs.Root, p control.Project, b browser.Browser, started func(folder string) error,
) error {
	var servers []browser.Server
	for i, url := range p.URLs {
		s, err := browser.Meet(ctx, url, roots...)
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
