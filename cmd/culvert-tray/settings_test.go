package main

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// bright reports whether the background of the page that is open is.
func (m *machine) bright() bool {
	m.Helper()
	gray := color.GrayModel.Convert(m.screen.Shot(m, "bright").At(1200, 700)).(color.Gray)
	return gray.Y > 0x80
}

// end ends the app as the end of the user's session does.
func (m *machine) endSession(p *process) {
	m.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		m.Fatal(err)
	}
	p.end(0)
}

func TestSettingsAreAppliedAtOnceAndKept(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	desktoptest.Watch(t, m.bus)
	app := m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Key(t, "ctrl+comma")
	m.click("chip", "Light")
	m.until("the window is light", m.bright)
	m.click("chip", "Dark")
	m.until("the window is dark", func() bool { return !m.bright() })
	m.click("chip", "Light")
	m.until("the window is light", m.bright)

	// Start at login.
	entry := filepath.Join(m.home, ".config/autostart/culvert.desktop")
	m.click("switch", "")
	desktoptest.Until(t, "the session starts the app", func() bool {
		text, err := os.ReadFile(entry)
		return err == nil && strings.Contains(string(text), binary) && strings.Contains(string(text), "--hidden")
	})
	m.until("the switch is on", func() bool { return m.find("switch", "").State == "on" })
	m.click("switch", "")
	desktoptest.Until(t, "the session does not start the app", func() bool {
		_, err := os.Stat(entry)
		return os.IsNotExist(err)
	})

	before := m.find("text", "The size of texts").W
	m.click("chip", "150")
	larger := func() bool {
		w := m.find("text", "The size of texts").W
		return before-w > 400 // a third of 1280
	}
	m.until("everything is larger", larger)

	m.endSession(app)
	m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	m.until("the window is light", m.bright)
	m.screen.Key(t, "ctrl+comma")
	m.until("everything is larger", larger)
}

func TestTheWindowIsAsItWasLeft(t *testing.T) {
	m := newMachine(t)
	b := newBackend(t)
	desktoptest.Watch(t, m.bus)
	app, _ := m.open(b)
	id := m.screen.Window(t, title)
	m.screen.Resize(t, id, 1100, 700)
	status := func() control.Node { return m.find("text", "byte-exact") }
	m.until("the window has its new size", func() bool { n := status(); return n.X+n.W < 1100 && n.Y+n.H < 700 })

	name := m.find("text", "Preview")
	m.screen.Drag(t, int(name.X)-8, int(name.Y+name.H/2), int(name.X)+32, int(name.Y+name.H/2))
	m.until("the column is wider", func() bool { return m.find("text", "Preview").X >= name.X+35 })
	m.screen.Drag(t, 248, 600, 328, 600)
	m.until("the sidebar is wider", func() bool { return m.find("project", "chat").W >= 320 })
	pretty, table := m.find("tab", "Pretty"), m.find("table", "")
	below := int(table.Y + table.H)
	m.screen.Drag(t, 800, below, 800, below-60)
	m.until("the detail is higher", func() bool { return m.find("tab", "Pretty").Y <= pretty.Y-50 })
	left := m.places()

	m.endSession(app)
	m.start()
	m.screen.Window(t, title)
	m.see("byte-exact")
	m.until(fmt.Sprintf("all is where it was: %v", left), func() bool { return m.places() == left })
}

// places tells where the parts of the inspector are: what texts they hold does not matter.
func (m *machine) places() (places [4]control.Node) {
	m.Helper()
	for i, n := range [...]control.Node{
		m.find("text", "Preview"), m.find("text", "Name"), m.find("project", "chat"), m.find("tab", "Pretty"),
	} {
		places[i] = control.Node{X: n.X, Y: n.Y, W: n.W, H: n.H}
	}
	return places
}

func TestTheCloseButtonHidesTheWindowWhereThereIsATray(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	panel := desktoptest.Watch(t, m.bus)
	app := m.start()
	icon := ready(t, panel)
	id := m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Close(t, id)
	desktoptest.Until(t, "the window is hidden", func() bool { return !m.screen.Shows(title) })
	m.project("demo", on)
	if got := m.nodes(); len(got) != 0 {
		t.Errorf("a hidden window shows %v", got)
	}
	icon.Click(t, "Open Culvert")
	m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Key(t, "ctrl+w")
	desktoptest.Until(t, "the window is hidden", func() bool { return !m.screen.Shows(title) })
	icon.Activate(t)
	m.screen.Window(t, title)
	icon.Click(t, "Quit")
	app.end(0)
}

func TestTheCloseButtonAsksWhereThereIsNoTray(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	app := m.start()
	id := m.screen.Window(t, title)
	m.see("CA not trusted")
	m.screen.Close(t, id)
	m.see("closing the window ends Culvert and its tunnels")
	m.screen.Shot(t, "ends")
	m.project("demo", on)
	m.click("button", "Quit")
	app.end(0)
}
