package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnel/compose"
	"culvert/tunnel/control"
	"culvert/tunnel/demo"
)

// watchedProject opens an app that serves one project, and returns its file too.
func watchedProject(t *testing.T) (*App, string) {
	t.Helper()
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	file := projectFile(t, "chat", "")
	addForTest(t, a, file)
	if err := a.Switch(t.Context(), "chat", true); err != nil {
		t.Fatal(err)
	}
	return a, file
}

func textTo(to string) string {
	return fmt.Sprintf("name = \"chat\"\n[[route]]\nto = [%q]\n", to)
}

// waitForProject waits until the project chat is so.
func waitForProject(t *testing.T, a *App, what string, so func(p control.Project) bool) {
	t.Helper()
	waitFor(t, what, func() bool {
		p, err := a.project("chat")
		return err == nil && so(p)
	})
}

func leadsTo(to string) func(control.Project) bool {
	return func(p control.Project) bool {
		return p.State == control.On && p.Fault == control.NoFault && p.Routes[0].To == to
	}
}

func TestAChangedFileIsServedAtOnceHoweverItIsWritten(t *testing.T) {
	for name, write := range map[string]func(t *testing.T, file, text string){
		"in place": writeFile,
		"a new file renamed over it": func(t *testing.T, file, text string) {
			writeFile(t, file+"~", text)
			if err := os.Rename(file+"~", file); err != nil {
				t.Fatal(err)
			}
		},
		"the old one renamed away first": func(t *testing.T, file, text string) {
			if err := os.Rename(file, file+".bak"); err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, text)
		},
		"removed and made anew": func(t *testing.T, file, text string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, text)
		},
		"its folder made anew": func(t *testing.T, file, text string) {
			dir := filepath.Dir(file)
			if err := os.Rename(dir, dir+"-old"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir + "-old") })
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			writeFile(t, file, text)
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, file := watchedProject(t)
			for _, to := range []string{"ws://127.0.0.1:10", "ws://127.0.0.1:11"} {
				write(t, file, textTo(to))
				waitForProject(t, a, "the upstream "+to, leadsTo(to))
				_ = os.RemoveAll(filepath.Dir(file) + "-old")
			}
		})
	}
}

func TestABrokenFileKeepsTheLastGoodOneServedUntilItIsMended(t *testing.T) {
	a, file := watchedProject(t)
	for name, spoil := range map[string]struct {
		do   func()
		want string
	}{
		"a mistake": {func() { writeFile(t, file, "listen = 3\n"+textTo("ws://127.0.0.1:9")) }, "culvert.toml:1:10: listen"},
		"gone": {func() {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, "cannot read the project file"},
		"another name": {func() { writeFile(t, file, strings.Replace(textTo("ws://127.0.0.1:9"), "chat", "talk", 1)) }, "its name is now talk"},
	} {
		spoil.do()
		waitForProject(t, a, "the fault of "+name, func(p control.Project) bool {
			return p.State == control.On && p.Fault == control.BadFile && strings.Contains(p.Reason, spoil.want) &&
				strings.Contains(p.Reason, "as it was before")
		})
		if status := request(t, a, "chat"); status != 502 {
			t.Errorf("%s: asked meanwhile, it answers %d", name, status)
		}
		writeFile(t, file, textTo("ws://127.0.0.1:12"))
		waitForProject(t, a, "the end of "+name, func(p control.Project) bool {
			return p.Fault != control.BadFile && p.Routes[0].To == "ws://127.0.0.1:12"
		})
	}
}

func TestAChangeOfCommentsKeepsTheConnections(t *testing.T) {
	backend, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	a, file := watchedProject(t)
	text := textTo("ws://" + backend.Addr())
	writeFile(t, file, text)
	waitForProject(t, a, "the backend", leadsTo("ws://"+backend.Addr()))
	s, err := a.Compose(t.Context(), "chat", compose.Target{URL: "/ws"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0, "") //nolint:errcheck // always nil
	// Broken, and then as before but for a comment: both times the file is looked at.
	writeFile(t, file, "name =")
	waitForProject(t, a, "the fault", func(p control.Project) bool { return p.Fault == control.BadFile })
	writeFile(t, file, "# the team's\n"+text)
	waitForProject(t, a, "its end", func(p control.Project) bool { return p.Fault == control.NoFault })
	if p, err := a.project("chat"); err != nil || p.Connections != 1 {
		t.Errorf("there are %d connections, %v", p.Connections, err)
	}
	if err := s.Send(compose.Text, []byte("still here")); err != nil {
		t.Error(err)
	}
}

func TestTheFileBehindALinkIsWatched(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	file, link := projectFile(t, "chat", ""), filepath.Join(t.TempDir(), "linked.toml")
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	addForTest(t, a, link)
	if err := a.Switch(t.Context(), "chat", true); err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, textTo("ws://127.0.0.1:10"))
	waitForProject(t, a, "the change", leadsTo("ws://127.0.0.1:10"))
	other := projectFile(t, "chat", "")
	writeFile(t, other, textTo("ws://127.0.0.1:11"))
	if err := errors.Join(os.Symlink(other, link+"~"), os.Rename(link+"~", link)); err != nil {
		t.Fatal(err)
	}
	waitForProject(t, a, "the other file", leadsTo("ws://127.0.0.1:11"))
	writeFile(t, other, textTo("ws://127.0.0.1:12"))
	waitForProject(t, a, "its change", leadsTo("ws://127.0.0.1:12"))
}

func TestAFileThatIsNoLongerFollowedIsNotWatched(t *testing.T) {
	told := make(chan string, 16)
	w := newWatcher(func(file string) { told <- file }, slog.New(slog.DiscardHandler))
	defer w.close()
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(t.TempDir(), "two")
	w.follow([]string{one, two})
	writeFile(t, one, "1")
	if got := <-told; got != one {
		t.Errorf("told of %s", got)
	}
	w.follow([]string{two})
	if list := w.fs.WatchList(); len(list) != 1 || list[0] != filepath.Dir(two) {
		t.Errorf("watching %v", list)
	}
	writeFile(t, one, "2")
	writeFile(t, two, "2")
	if got := <-told; got != two {
		t.Errorf("told of %s", got)
	}
}

func TestWithoutTheSystemsHelpFilesAreLookedAt(t *testing.T) {
	told := make(chan string, 16)
	w := newWatcher(func(file string) { told <- file }, slog.New(slog.DiscardHandler))
	defer w.close()
	file := filepath.Join(t.TempDir(), "later", "culvert.toml") // its folder is not there yet
	w.follow([]string{file})
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, file, "1")
	if got := <-told; got != file {
		t.Errorf("told of %s", got)
	}
}
