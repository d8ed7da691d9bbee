package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Folders are where the app keeps what is its own. They are made, 0700, when something is first written to them.
type Folders struct {
	Config string // project files that the app made, and the settings
	Data   string // the CAs
	State  string // known projects, their switches and ports, and the lock
	Cache  string // what can be made again
	Run    string // the control socket
}

// FindFolders returns the user's folders: below CULVERT_HOME if that is set, else where the XDG base directory
// specification or the platform puts them.
func FindFolders() (Folders, error) {
	if home := os.Getenv("CULVERT_HOME"); home != "" {
		home, err := filepath.Abs(home)
		if err != nil {
			return Folders{}, fmt.Errorf("CULVERT_HOME: %w (set it to an absolute path)", err)
		}
		return Folders{
			Config: filepath.Join(home, "config"),
			Data:   filepath.Join(home, "data"),
			State:  filepath.Join(home, "state"),
			Cache:  filepath.Join(home, "cache"),
			Run:    filepath.Join(home, "run"),
		}, nil
	}
	if xdg.Home == "" {
		return Folders{}, errors.New("home folder: HOME is not set (set HOME, or CULVERT_HOME)")
	}
	f := Folders{
		Config: filepath.Join(xdg.ConfigHome, name),
		Data:   filepath.Join(xdg.DataHome, name),
		State:  filepath.Join(xdg.StateHome, name),
		Cache:  filepath.Join(xdg.CacheHome, name),
		Run:    filepath.Join(xdg.RuntimeDir, name),
	}
	if info, err := os.Stat(xdg.RuntimeDir); err != nil || !info.IsDir() {
		// No session gave us a runtime folder (a container, cron, ssh without logind). The state folder is as private.
		f.Run = filepath.Join(f.State, "run")
	}
	return f, nil
}

// name is what the app's own folder is called in a folder that it shares with others.
const name = "culvert"

// CA returns the folder of the CA.
func (f Folders) CA() string { return filepath.Join(f.Data, "ca") }

// NamedCA returns the folder of the second CA, for names that the user listed.
func (f Folders) NamedCA() string { return filepath.Join(f.Data, "named-ca") }

// Projects returns the folder of the project files that the app made.
func (f Folders) Projects() string { return filepath.Join(f.Config, "projects") }

// Socket returns the path of the control socket.
func (f Folders) Socket() string { return filepath.Join(f.Run, "culvert.sock") }

// Receipt returns the path of the file that remembers which trust stores were changed.
func (f Folders) Receipt() string { return filepath.Join(f.State, "trust.json") }

// Runtimes returns the folder of the files that variables lead runtimes to.
func (f Folders) Runtimes() string { return filepath.Join(f.Cache, "runtimes") }

// Browsers returns the folder of the profiles of isolated browsers.
func (f Folders) Browsers() string { return filepath.Join(f.Cache, "browsers") }

func (f Folders) lock() string     { return filepath.Join(f.State, "culvert.lock") }
func (f Folders) state() string    { return filepath.Join(f.State, "projects.json") }
func (f Folders) settings() string { return filepath.Join(f.Config, "settings.json") }
