//go:build unix && !darwin

package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// file is the entry of the Desktop Application Autostart Specification
// (https://specifications.freedesktop.org/autostart-spec/latest/).
func (a Autostart) file() string { return filepath.Join(a.ConfigHome, "autostart", "culvert.desktop") }

// On reports whether the user's session starts this program. An entry that is hidden or switched off does not.
func (a Autostart) On() bool {
	text, err := os.ReadFile(a.file())
	if err != nil {
		return false
	}
	starts := false
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimSpace(line); line {
		case "Exec=" + a.command():
			starts = true
		case "Hidden=true", "X-GNOME-Autostart-enabled=false":
			return false
		}
	}
	return starts
}

// Set makes the session start the program from the next login on, or no more.
func (a Autostart) Set(on bool) error {
	if !on {
		return removeEntry(a.file())
	}
	return writeEntry(a.file(), fmt.Sprintf(`[Desktop Entry]
Type=Application
Name=Culvert
Comment=Trusted wss:// addresses for local development
Exec=%s
Terminal=false
X-GNOME-Autostart-enabled=true
`, a.command()))
}

// command quotes the program as the Exec key wants it: the specification's quoting, then the escapes of a string value.
func (a Autostart) command() string {
	quoted := strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, `%`, `%%`).Replace(a.Program)
	return `"` + quoted + `" ` + hidden
}
