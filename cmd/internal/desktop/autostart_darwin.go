package desktop

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// label names the LaunchAgent (launchd.plist(5)).
const label = "app.culvert"

func (a Autostart) file() string {
	return filepath.Join(a.Home, "Library", "LaunchAgents", label+".plist")
}

// On reports whether a LaunchAgent starts this program.
func (a Autostart) On() bool {
	text, err := os.ReadFile(a.file())
	return err == nil && string(text) == a.text()
}

// Set makes the session start the program from the next login on, or no more.
func (a Autostart) Set(on bool) error {
	if !on {
		return removeEntry(a.file())
	}
	return writeEntry(a.file(), a.text())
}

func (a Autostart) text() string {
	var program strings.Builder
	_ = xml.EscapeText(&program, []byte(a.Program)) // a strings.Builder does not fail
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>%s</string>
	<key>ProgramArguments</key>
	<array>
		<string>%s</string>
		<string>%s</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`, label, program.String(), hidden)
}
