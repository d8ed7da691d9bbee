package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// beside finds what is in the window of a role at the height of something else.
func (m *machine) beside(n control.Node, role, part string) control.Node {
	m.Helper()
	for _, other := range m.having(role, part) {
		if other.Y < n.Y+n.H && n.Y < other.Y+other.H {
			return other
		}
	}
	m.Fatalf("there is no %s %q beside %v in\n%s", role, part, n, m.outline())
	return control.Node{}
}

// systemStore returns what is in the machine's own trust store.
func systemStore(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir("/usr/local/share/ca-certificates")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestANewUserGetsToTheFirstFrame(t *testing.T) {
	before := systemStore(t)
	m := newMachine(t)
	b := newBackend(t)
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)

	// The CA, for Chromium alone.
	m.click("button", "Each store")
	store := m.find("text", "Chromium, Chrome, Edge")
	m.press(m.beside(store, "button", "Trust"))
	m.see("Trusted by 1 of")
	m.screen.Shot(t, "start-trusted")
	out, err := exec.Command("certutil", "-L", "-d", "sql:"+filepath.Join(m.home, ".local/share/pki/nssdb")).CombinedOutput()
	if err != nil || !strings.Contains(strings.ToLower(string(out)), "culvert") {
		t.Fatalf("Chromium's store: %v\n%s", err, out)
	}
	if after := systemStore(t); !slices.Equal(after, before) {
		t.Errorf("the system's store had %q and has %q", before, after)
	}

	// A project.
	m.click("field", "")
	m.screen.Type(t, b.address())
	m.see("Becomes the project")
	m.click("button", "Add")
	m.see("No frames yet")
	var added control.Project
	desktoptest.Until(t, "the project is on", func() bool {
		list, err := m.control.Projects(t.Context())
		for _, p := range list {
			if p.File != "" && p.State == control.On {
				added = p
			}
		}
		return err == nil && added.Name != ""
	})
	m.find("link", strings.Replace(added.URLs[0], "https", "wss", 1))

	// Its frames.
	m.client(added, "/ws", "the first frame")
	if got := b.receive(t); got.data != "the first frame" {
		t.Errorf("the backend received %v", got)
	}
	m.until("both ways of the message are rows", func() bool {
		return len(containing(m.rows(), "the first frame")) == 2
	})
	m.see("2 frames")
	m.see("1 open socket")
}

// containing returns the texts with a part.
func containing(texts []string, part string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return !strings.Contains(s, part) })
}

func TestANewUserTriesTheDemo(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.click("button", "try the demo")
	m.see("No frames yet")
	demo := m.project("demo", on)
	m.client(demo, "/ws", "demonstrated")
	m.until("the message is a row", func() bool { return len(containing(m.rows(), "demonstrated")) == 2 })
}

func TestFilterInTheWindow(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	_, chat := m.open(newBackend(t))
	conn := m.client(chat, "/ws")
	for range 20 {
		m.echo(conn, "apple")
		m.echo(conn, "a (pear")
	}
	m.see("80 frames")
	all := func() bool { return len(containing(m.rows(), "apple")) > 0 && len(containing(m.rows(), "pear")) > 0 }
	only := func(part string) func() bool {
		return func() bool { rows := m.rows(); return len(rows) > 0 && len(containing(rows, part)) == len(rows) }
	}
	m.until("apples and pears are shown", all)

	m.screen.Key(t, "ctrl+f")
	m.focus("the query", func(n control.Node) bool { return n.Text == "" && n.H > 0 })
	m.screen.Type(t, "apple")
	m.until("only apples are shown", only("apple"))
	m.see("40 rows match")

	// Esc clears it, and the row that was chosen stays in view.
	m.screen.Key(t, "Down", "Home", "Down", "Down")
	var chosen string
	m.until("the third apple is selected", func() bool { chosen = m.selected(); return strings.HasPrefix(chosen, "6\t") })
	m.screen.Key(t, "Escape")
	m.until("all are shown", all)
	if got := m.selected(); got != chosen {
		t.Errorf("row %q was selected and now %q is in view", chosen, got)
	}

	// An expression that is none is a text.
	m.screen.Key(t, "ctrl+f")
	m.screen.Type(t, "/a (p/")
	m.see("is looked for as text")
	m.until("only pears are shown", only("pear"))
	m.screen.Key(t, "Escape")
	m.miss("is looked for as text")

	for chip, part := range map[string]string{"↑ Sent": "↑", "↓ Received": "↓"} {
		m.click("chip", chip)
		m.until("only rows with "+part+" are shown", only("\t"+part+"\t"))
	}
	m.click("chip", "Binary")
	m.see("Nothing matches the filter.")
	m.click("chip", "All")
	m.until("all are shown", all)
}

func TestComposeInTheWindow(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	b := newBackend(t)
	_, chat := m.open(b)
	m.client(chat, "/rooms/7", "from the client")
	b.receive(t)
	m.until("the message is a row", func() bool { return len(containing(m.rows(), "from the client")) == 2 })

	// Again, from the row.
	m.press(m.find("row", "from the client"))
	m.until("the row is selected", func() bool { return strings.Contains(m.selected(), "from the client") })
	m.screen.Key(t, "ctrl+Return")
	m.focus("the editor", func(n control.Node) bool { return n.Text == "from the client" })
	m.screen.Key(t, "ctrl+a")
	m.screen.Type(t, "composed")
	m.screen.Key(t, "ctrl+Return")
	if got, want := b.receive(t), (message{"/rooms/7", 1, "composed"}); got != want {
		t.Errorf("the backend received %v, want %v", got, want)
	}
	m.until("it is a row, both ways", func() bool { return len(containing(m.rows(), "composed")) == 2 })

	// Bytes.
	m.click("chip", "Hex")
	m.click("field", "63 6f")
	m.screen.Key(t, "ctrl+a")
	m.screen.Type(t, "00 ff 10 80")
	for _, c := range m.having("chip", "Binary") {
		m.press(c) // the last is that of the message, not of the filter
	}
	m.click("button", "Send")
	if got, want := b.receive(t), (message{"/rooms/7", 2, "\x00\xff\x10\x80"}); got != want {
		t.Errorf("the backend received %v, want %v", got, want)
	}
	m.see("00 ff 10 80")
	m.see("2 sent")
}
