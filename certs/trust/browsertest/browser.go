//go:build unix

package browsertest

import (
	"os/exec"
	"regexp"
	"testing"
)

// Browser is a browser that is installed on this machine.
type Browser struct {
	Name string // as people call it

	debian   string // the package that brings it
	commands []string
	flags    []string
	driven   []string       // flags more for one that is driven
	endpoint *regexp.Regexp // of what it prints where it can be driven from
	path     string         // to be put behind that
	attach   func(*wire) (driver, error)
}

// Chromium returns Chromium.
func Chromium() Browser {
	return Browser{
		Name: "Chromium", debian: "chromium", commands: []string{"chromium", "chromium-browser", "google-chrome"},
		flags: []string{
			"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync",
		},
		driven:   []string{"--remote-debugging-port=0"},
		endpoint: regexp.MustCompile(`(?m)^DevTools listening on (ws://\S+)$`),
		attach:   attachChromium,
	}
}

// Firefox returns Firefox.
func Firefox() Browser {
	return Browser{
		Name: "Firefox", debian: "firefox-esr", commands: []string{"firefox-esr", "firefox"},
		flags:    []string{"--headless"},
		driven:   []string{"--remote-debugging-port=0"},
		endpoint: regexp.MustCompile(`(?m)^WebDriver BiDi listening on (ws://\S+)$`),
		path:     "/session",
		attach:   attachFirefox,
	}
}

// Path returns where the browser is installed; the test fails if it is not.
func (b Browser) Path(t testing.TB) string {
	t.Helper()
	for _, name := range b.commands {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed (run: apt-get install %s)", b.Name, b.debian)
	return ""
}
