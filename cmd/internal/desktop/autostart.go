package desktop

import (
	"os"
	"path/filepath"
)

// hidden is the flag that a start at login carries: the window stays away until it is asked for.
const hidden = "--hidden"

// Autostart is whether Culvert starts when its user logs in.
type Autostart struct {
	// Program is the absolute path of the desktop app.
	Program string
	// Home is the user's home folder, ConfigHome what XDG_CONFIG_HOME stands for.
	Home, ConfigHome string
}

// Executable returns the path of the running program that a start at login should name.
func Executable() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}
