//go:build unix && !darwin

package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAutostart(t *testing.T) {
	for _, c := range []struct{ name, program, exec string }{
		{"a plain path", "/usr/local/bin/culvert-tray", `Exec="/usr/local/bin/culvert-tray" --hidden`},
		{"a path that the specification wants escaped", `/home/a b/$x%"\bin`, `Exec="/home/a b/\\$x%%\\"\\\\bin" --hidden`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Autostart{Program: c.program, ConfigHome: filepath.Join(t.TempDir(), "config")}
			if a.On() {
				t.Fatal("on before anything was set")
			}
			if err := a.Set(true); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(a.ConfigHome, "autostart", "culvert.desktop"))
			if err != nil {
				t.Fatal(err)
			}
			if !a.On() || !strings.Contains(string(text), c.exec+"\n") {
				t.Errorf("on: %v; the entry is\n%s", a.On(), text)
			}
			if other := (Autostart{Program: "/elsewhere", ConfigHome: a.ConfigHome}); other.On() {
				t.Error("an entry of another program counts")
			}
			if err := a.Set(false); err != nil || a.On() {
				t.Errorf("switched off: on is %v, %v", a.On(), err)
			}
			if err := a.Set(false); err != nil {
				t.Errorf("switched off again: %v", err)
			}
		})
	}
}

func TestAnEntryThatTheUserSwitchedOffIsOff(t *testing.T) {
	a := Autostart{Program: "/bin/culvert-tray", ConfigHome: t.TempDir()}
	if err := a.Set(true); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(a.file())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.file(), append(text, "Hidden=true\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	if a.On() {
		t.Error("Hidden=true is not seen")
	}
}
