package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// exported waits for a file of a kind in the folder for downloads, and for the window to tell of it.
func (m *machine) exported(folder, suffix string) (text []byte) {
	m.Helper()
	var file string
	desktoptest.Until(m, "a "+suffix+" is exported", func() bool {
		files, _ := filepath.Glob(filepath.Join(folder, "*"+suffix))
		if len(files) > 0 {
			file = files[0]
		}
		return len(files) > 0
	})
	m.see("Saved as " + file)
	text, err := os.ReadFile(file)
	if err != nil {
		m.Fatal(err)
	}
	return text
}

func TestExportInTheWindow(t *testing.T) {
	m := newMachine(t)
	m.write(".config/user-dirs.dirs", "XDG_DOWNLOAD_DIR=\"$HOME/from the net\"\n")
	folder := filepath.Join(m.home, "from the net")
	desktoptest.Watch(t, m.bus)
	_, chat := m.open(newBackend(t))
	m.client(chat, "/ws", "apple", "pear", "苹果")
	m.see("6 frames")

	m.screen.Key(t, "ctrl+e")
	m.click("item", "Everything as HAR")
	var har struct {
		Log struct {
			Entries []struct {
				Messages []struct {
					Type string
					Data string
				} `json:"_webSocketMessages"`
			}
		}
	}
	if err := json.Unmarshal(m.exported(folder, ".har"), &har); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range har.Log.Entries {
		for _, f := range e.Messages {
			got = append(got, f.Type+" "+f.Data)
		}
	}
	want := []string{"send apple", "receive apple", "send pear", "receive pear", "send 苹果", "receive 苹果"}
	if !slices.Equal(got, want) {
		t.Errorf("the HAR has %q, want %q", got, want)
	}

	m.screen.Key(t, "ctrl+f")
	m.screen.Type(t, "pear")
	m.see("2 rows match")
	m.screen.Key(t, "ctrl+e")
	m.click("item", "Filtered as NDJSON")
	lines := strings.Split(strings.TrimSpace(string(m.exported(folder, ".ndjson"))), "\n")
	if len(lines) != 2 {
		t.Errorf("%d lines, want 2: %q", len(lines), lines)
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) || !strings.Contains(line, "pear") {
			t.Errorf("a line of the NDJSON is %q", line)
		}
	}
}

// written is a project file as its author wrote it.
const written = `# The chat of the shop.
name = "shop"   # also the host name

# One port for all.
listen = ["127.0.0.1:0"]

[[route]]
path = "/"
to = ["BACKEND"]   # the server
`

func TestAFileIsReloadedAndEditedInTheWindow(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	b := newBackend(t)
	file := m.write("shop/culvert.toml", strings.ReplaceAll(written, "BACKEND", b.address()))
	desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	if _, err := m.control.Add(t.Context(), control.AddRequest{Files: []string{file}}); err != nil {
		t.Fatal(err)
	}
	shop, err := m.control.On(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	m.choose("shop")
	m.find("link", shop.URLs[0][len("https"):])
	reaches := func(b *backend) bool {
		conn, err := m.dial(shop.URLs[0], "/")
		if err != nil {
			return false
		}
		defer conn.Close()
		m.echo(conn, "which")
		select {
		case <-b.got:
			return true
		default:
			return false
		}
	}
	if !reaches(b) {
		t.Fatal("the backend is not reached")
	}

	// Changed on disk.
	other := newBackend(t)
	m.write("shop/culvert.toml", strings.ReplaceAll(written, "BACKEND", other.address()))
	m.see(other.address())
	if !reaches(other) {
		t.Error("the changed file is not served")
	}

	// Broken on disk.
	broken := strings.Replace(written, `"127.0.0.1:0"`, `"127.0.0.1:0`, 1)
	m.write("shop/culvert.toml", strings.ReplaceAll(broken, "BACKEND", other.address()))
	m.see("shop · file broken")
	m.see("culvert.toml:5")
	m.screen.Shot(t, "broken")
	if !reaches(other) {
		t.Error("the last good file is not served")
	}

	// Mended, and edited in the window.
	m.write("shop/culvert.toml", strings.ReplaceAll(written, "BACKEND", other.address()))
	m.miss("file broken")
	m.miss("culvert.toml:5")
	m.click("button", "Edit")
	m.see("Edit shop")
	m.click("field", other.address())
	m.screen.Key(t, "ctrl+a")
	m.screen.Type(t, b.address())
	m.see(`to = ["` + b.address() + `"]   # the server`) // as it will be
	m.screen.Key(t, "ctrl+s")
	m.find("link", shop.URLs[0][len("https"):])
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(written, "BACKEND", b.address()); string(text) != want {
		t.Errorf("the file is\n%s\nwant\n%s", text, want)
	}
	m.see(b.address())
	if !reaches(b) {
		t.Error("the edited file is not served")
	}
}
