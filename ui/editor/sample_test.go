package editor

import (
	"errors"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// written is a file as people write it.
const written = `# The web client of the team's chat.
name        = "web-chat"     # see the wiki
description = "IM web client"
listen      = [
  "127.0.0.1:8443",  # nginx had 443
  "[::1]:8443",
]

allow = ["127.0.0.0/8", "::1"]

# sockets
[[route]]
path = "/ws"
to   = ["ws://127.0.0.1:8083"]
read_timeout = "60s"
set_headers  = { "X-From" = "culvert" }

# everything else
[[route]]
to = ["http://127.0.0.1:5173"]
`

// files is a folder in memory.
type files struct {
	mu    sync.Mutex
	texts map[string]string
	err   error // of the next Save
}

func (f *files) Text(project string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, ok := f.texts[project]
	if !ok {
		return nil, errors.New("the file is gone")
	}
	return []byte(text), nil
}

func (f *files) Save(project string, was, text []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	if f.texts[project] != string(was) {
		return errors.New("another program has changed the file meanwhile")
	}
	f.texts[project] = string(text)
	return nil
}

// bench is a page in a window, and what it told.
type bench struct {
	*Page
	files  *files
	window fyne.Window
	left   []string // the projects that the page was left with
	picked string   // what the user chooses in a dialog
}

// edit shows a project that has a text.
func edit(t testing.TB, text string, a look.Appearance) *bench {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Options{Appearance: a, Locale: words.Language()}))
	b := &bench{files: &files{texts: map[string]string{"web-chat": text}}}
	b.Page = New(Options{
		Files:      b.files,
		Work:       func(task func() func()) { task()() },
		Done:       func(project string) { b.left = append(b.left, project) },
		Reveal:     func(string) {},
		PickFolder: func(done func(string)) { done(b.picked) },
		PickFile:   func(done func(string)) { done(b.picked) },
	})
	b.window = test.NewTempWindow(t, b.Content())
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(1032, 800))
	b.Edit(&state.Project{Name: "web-chat", File: "/home/dev/web-chat/culvert.toml"})
	return b
}

// line returns the input of a key that takes one text.
func (b *bench) line(t testing.TB, key string) *input {
	t.Helper()
	for _, f := range b.form.fields {
		if c, ok := f.control.(*line); ok && string(f.key) == key {
			return c.input
		}
	}
	t.Fatalf("the form has no input for %s", key)
	return nil
}
