package main

import (
	"fmt"
	"strings"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// nodes returns what the window shows; nothing while it is hidden, or not there yet.
func (m *machine) nodes() []control.Node {
	nodes, err := m.control.Outline(m.Context())
	if err != nil {
		return nil
	}
	return nodes
}

// find waits for something in the window whose role is as given and whose text has a part, and for it to stay in its
// place: what has just come may push it.
func (m *machine) find(role, part string) (found control.Node) {
	m.Helper()
	m.until(fmt.Sprintf("%s %q is in the window", role, part), func() bool {
		nodes := m.having(role, part)
		if len(nodes) == 0 {
			return false
		}
		before := found
		found = nodes[0]
		return found == before
	})
	return found
}

// having returns what is in the window of a role, with a part in its text.
func (m *machine) having(role, part string) (found []control.Node) {
	for _, n := range m.nodes() {
		if n.Role == role && strings.Contains(n.Text, part) {
			found = append(found, n)
		}
	}
	return found
}

// until waits for a condition, and tells what the window shows if it never holds.
func (m *machine) until(what string, cond func() bool) {
	m.Helper()
	defer func() {
		if m.Failed() {
			m.Logf("the window shows:\n%s", m.outline())
			m.screen.Shot(m, "failed")
		}
	}()
	desktoptest.Until(m, what, cond)
}

// see waits for a text anywhere in the window.
func (m *machine) see(part string) {
	m.Helper()
	m.until(fmt.Sprintf("%q is in the window", part), func() bool { return strings.Contains(m.outline(), part) })
}

// miss waits for a text to be nowhere in the window.
func (m *machine) miss(part string) {
	m.Helper()
	m.until(fmt.Sprintf("%q is not in the window", part), func() bool {
		shown := m.outline()
		return shown != "" && !strings.Contains(shown, part)
	})
}

// click clicks what find finds.
func (m *machine) click(role, part string) {
	m.Helper()
	m.press(m.find(role, part))
}

// press clicks the middle of something in the window, which is at the screen's upper left corner.
func (m *machine) press(n control.Node) {
	m.Helper()
	m.screen.Click(m, int(n.X+n.W/2), int(n.Y+n.H/2), 1)
}

// choose chooses a project in the sidebar.
func (m *machine) choose(name string) {
	m.Helper()
	m.until("project "+name+" is chosen", func() bool {
		n := m.find("project", name)
		if n.State != "selected" {
			m.press(n)
		}
		return n.State == "selected"
	})
}

// focus waits until what has the focus is as wanted.
func (m *machine) focus(what string, want func(control.Node) bool) {
	m.Helper()
	m.until(what+" has the focus", func() bool {
		nodes := m.having("focus", "")
		return len(nodes) == 1 && want(nodes[0])
	})
}

// rows returns the texts of the rows in view of the table, without those of the detail below it.
func (m *machine) rows() (texts []string) {
	for _, n := range m.nodes() {
		if n.Role == "row" && strings.Contains(n.Text, "\t") {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

// selected returns the text of the selected row; "" for none.
func (m *machine) selected() string {
	for _, n := range m.nodes() {
		if n.Role == "row" && n.State == "selected" {
			return n.Text
		}
	}
	return ""
}
