package trust

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"culvert/certs"
	"culvert/certs/trust/browser"
)

// firefoxRoot is a folder that may hold a profiles.ini.
type firefoxRoot struct {
	name string // the kind of package, first part of its stores' names
	dir  string
}

// firefoxRoots lists where the kinds of Firefox keep their profiles.
func firefoxRoots(sys System) []firefoxRoot {
	if sys.home() == "" {
		return nil
	}
	flatpak := sys.home(".var", "app", "org.mozilla.firefox")
	return []firefoxRoot{
		{"firefox", sys.home(".mozilla", "firefox")},
		// Since version 147, where the older folder does not exist.
		{"firefox", filepath.Join(sys.xdg("XDG_CONFIG_HOME", ".config"), "mozilla", "firefox")},
		{"firefox-snap", sys.home("snap", "firefox", "common", ".mozilla", "firefox")},
		{"firefox-snap", sys.home("snap", "firefox", "common", ".config", "mozilla", "firefox")},
		{"firefox-flatpak", filepath.Join(flatpak, ".mozilla", "firefox")},
		{"firefox-flatpak", filepath.Join(flatpak, "config", "mozilla", "firefox")},
	}
}

// firefoxStores lists the profiles of every Firefox of this user, or what stands for a Firefox that has none yet.
func firefoxStores(sys System) []Store {
	profiles := firefoxProfiles(sys)
	if len(profiles) == 0 {
		return []Store{&newFirefox{sys: sys}}
	}
	stores := make([]Store, len(profiles))
	for i, p := range profiles {
		stores[i] = p
	}
	return stores
}

// firefoxProfiles returns the database of each profile that is named in a profiles.ini and whose folder is there.
func firefoxProfiles(sys System) []*nssDatabase {
	var profiles []*nssDatabase
	seen := map[string]bool{}
	for _, root := range firefoxRoots(sys) {
		data, err := os.ReadFile(filepath.Join(root.dir, "profiles.ini"))
		if err != nil {
			continue
		}
		for _, dir := range parseProfiles(string(data), root.dir) {
			if isDir(dir) && !seen[dir] {
				seen[dir] = true
				profiles = append(profiles, &nssDatabase{
					sys: sys, name: root.name + "/" + filepath.Base(dir), dir: dir, reader: "Firefox",
				})
			}
		}
	}
	return profiles
}

// parseProfiles returns the folders of the profiles in a profiles.ini that lies in root. A path is relative to that
// folder unless IsRelative=0 says otherwise.
func parseProfiles(ini, root string) []string {
	var dirs []string
	path, relative := "", true
	end := func() {
		switch dir := filepath.FromSlash(path); {
		case path == "":
		case relative:
			dirs = append(dirs, filepath.Join(root, dir))
		case filepath.IsAbs(dir):
			dirs = append(dirs, filepath.Clean(dir))
		}
		path, relative = "", true
	}
	profile := false
	for line := range strings.Lines(ini) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			end()
			profile = strings.HasPrefix(line, "[Profile")
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		switch {
		case profile && key == "Path":
			path = value
		case profile && key == "IsRelative":
			relative = value != "0"
		}
	}
	end()
	return dirs
}

// newFirefox stands for a Firefox without a profile: one that is installed and was never started, or none at all.
//
// A profile that is made for it beforehand is of no use: Firefox adopts one at its first start only if it was used by
// the same installation before, and makes another. So Add lets Firefox itself make its profiles, by taking
// a picture of the empty page without a window, which ends by itself after a second or two.
type newFirefox struct {
	sys System
}

func (f *newFirefox) Name() string  { return "firefox" }
func (f *newFirefox) Where() string { return "the profiles of Firefox" }

func (f *newFirefox) command() string {
	return f.sys.find(browser.Firefox.Commands()...)
}

func (f *newFirefox) Check(ctx context.Context, root *certs.Root) Status {
	profiles := firefoxProfiles(f.sys)
	if len(profiles) > 0 {
		return worst(ctx, profiles, root)
	}
	if f.command() == "" {
		return Status{State: Absent, Reason: "Firefox is not installed"}
	}
	return Status{
		State:  NotTrusted,
		Reason: "Firefox has no profile yet, it was never started",
		Fix:    "culvert trust starts it once without a window",
	}
}

func (f *newFirefox) Add(ctx context.Context, root *certs.Root) error {
	if len(firefoxProfiles(f.sys)) == 0 {
		if err := f.start(ctx); err != nil {
			return err
		}
	}
	var errs []error
	for _, p := range firefoxProfiles(f.sys) {
		errs = append(errs, p.Add(ctx, root))
	}
	return errors.Join(errs...)
}

func (f *newFirefox) Remove(ctx context.Context, root *certs.Root) error {
	var errs []error
	for _, p := range firefoxProfiles(f.sys) {
		errs = append(errs, p.Remove(ctx, root))
	}
	return errors.Join(errs...)
}

// start lets Firefox make its profiles.
func (f *newFirefox) start(ctx context.Context) error {
	// Where the new profile could not be changed, it would be of no use.
	if _, err := (&nssDatabase{sys: f.sys, name: "firefox", reader: "Firefox"}).certutil(); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "culvert-firefox-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	_, err = f.sys.run(ctx, Command{
		Path:    f.command(),
		Args:    []string{"--headless", "--screenshot", filepath.Join(tmp, "empty.png"), "about:blank"},
		Timeout: time.Minute,
	})
	if len(firefoxProfiles(f.sys)) == 0 {
		return &Problem{
			Reason: "Firefox has no profile yet, and does not start without a window",
			Fix:    "start Firefox once, then run culvert trust again",
			Err:    err,
		}
	}
	return nil
}

// worst is the state of several profiles as one: trusted only where all are.
func worst(ctx context.Context, profiles []*nssDatabase, root *certs.Root) Status {
	status := Status{State: Trusted}
	for _, p := range profiles {
		switch s := p.Check(ctx, root); s.State {
		case Cannot:
			return s
		case NotTrusted:
			status = s
		}
	}
	return status
}
