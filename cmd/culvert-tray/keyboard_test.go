package main

import (
	"strings"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

func TestTheWindowByKeyboardAlone(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	b := newBackend(t)
	_, chat := m.open(b)
	if _, err := m.control.Add(t.Context(), control.AddRequest{Name: "ticker", To: b.address()}); err != nil {
		t.Fatal(err)
	}
	m.client(chat, "/ws", "by keyboard")
	m.find("project", "ticker")
	chosen := func(name string) func() bool {
		return func() bool { n := m.find("project", name); return n.State == "selected" }
	}

	// Projects.
	m.screen.Key(t, "ctrl+b", "Down")
	m.until("the other project is chosen", chosen("ticker"))
	m.screen.Key(t, "space")
	m.project("ticker", on)
	m.see("ticker · on")
	m.screen.Key(t, "space")
	m.project("ticker", off)
	m.screen.Key(t, "alt+Up")
	m.until("the first project is chosen", chosen("chat"))

	// Rows, and what is in them.
	m.screen.Key(t, "ctrl+b", "Return", "Home", "Down")
	m.until("the message is selected", func() bool { return strings.Contains(m.selected(), "by keyboard") })
	m.screen.Key(t, "Return")
	m.focus("the detail", func(n control.Node) bool { return n.Y > 400 })

	// Tabs.
	for key, text := range map[string]string{
		"ctrl+2": "Subprotocol", "ctrl+3": "No requests yet", "ctrl+4": "Listens on", "ctrl+1": "Preview",
	} {
		m.screen.Key(t, key)
		m.see(text)
	}

	// Pages.
	for _, page := range []struct{ key, text string }{
		{"F1", "Go to the projects"}, {"ctrl+comma", "Start at login"}, {"ctrl+t", "Trust all"}, {"ctrl+n", "try the demo"},
	} {
		m.screen.Key(t, page.key)
		m.see(page.text)
		m.screen.Key(t, "Escape")
		m.miss(page.text)
		m.see("byte-exact")
	}
}
