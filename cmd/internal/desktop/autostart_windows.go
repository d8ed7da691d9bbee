package desktop

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows/registry"
)

// Run key: https://learn.microsoft.com/en-us/windows/win32/setupapi/run-and-runonce-registry-keys
const (
	runKey  = `Software\Microsoft\Windows\CurrentVersion\Run`
	runName = "Culvert"
)

// On reports whether the user's Run key starts this program.
func (a Autostart) On() bool {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer k.Close()
	command, _, err := k.GetStringValue(runName)
	return err == nil && command == a.command()
}

// Set makes the session start the program from the next login on, or no more.
func (a Autostart) Set(on bool) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	if on {
		return k.SetStringValue(runName, a.command())
	}
	if err := k.DeleteValue(runName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// command is the command line. A path on Windows holds no quotation mark.
func (a Autostart) command() string { return `"` + a.Program + `" ` + hidden }
