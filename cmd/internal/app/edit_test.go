package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnel/control"
	"culvert/tunnel/project"
)

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// edit saves a project's text with one replacement made.
func edit(t *testing.T, a *App, name, from, to string) error {
	t.Helper()
	was, err := a.Text(name)
	if err != nil {
		t.Fatal(err)
	}
	return a.Save(t.Context(), name, was, []byte(strings.Replace(string(was), from, to, 1)))
}

func TestSavingServesTheNewTextAtOnce(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	file := projectFile(t, "chat", "# of the team")
	addForTest(t, a, file)
	if err := edit(t, a, "chat", "127.0.0.1:9", "127.0.0.1:10"); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "chat=off demo=off" {
		t.Errorf("saving a project that is off: %s", got)
	}
	if err := a.Switch(t.Context(), "chat", true); err != nil {
		t.Fatal(err)
	}
	before, err := a.project("chat")
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(t, a, "chat", "127.0.0.1:10", "127.0.0.1:11"); err != nil {
		t.Fatal(err)
	}
	p, err := a.project("chat")
	if err != nil || p.State != control.On || p.Routes[0].To != "ws://127.0.0.1:11" || p.Listen[0] != before.Listen[0] {
		t.Errorf("saving a project that is on: %+v, %v", p, err)
	}
	if text := readFile(t, file); !strings.Contains(text, "# of the team\n") {
		t.Errorf("the file holds %q", text)
	}
}

func TestSavingRefusesWhatWouldDoHarm(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	file := projectFile(t, "chat", "")
	addForTest(t, a, file, projectFile(t, "other", ""))
	before := readFile(t, file)
	var problems project.Errors
	if err := edit(t, a, "chat", "name = ", "colour = "); !errors.As(err, &problems) || problems[0].Line == 0 {
		t.Errorf("a file with mistakes: %v", err)
	}
	if err := edit(t, a, "chat", `"chat"`, `"other"`); err == nil || !strings.Contains(err.Error(), "already known") {
		t.Errorf("another's name: %v", err)
	}
	if err := a.Save(t.Context(), "chat", []byte("what it was"), []byte(before)); !errors.Is(err, ErrChangedOnDisk) {
		t.Errorf("a file that changed: %v", err)
	}
	if err := a.Save(t.Context(), "demo", nil, []byte(before)); err == nil || !strings.Contains(err.Error(), "built-in demo") {
		t.Errorf("the demo: %v", err)
	}
	if _, err := a.Text("demo"); err == nil || !strings.Contains(err.Error(), "built-in demo") {
		t.Errorf("the demo's text: %v", err)
	}
	if got := readFile(t, file); got != before {
		t.Errorf("the file holds %q", got)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := a.Save(t.Context(), "chat", []byte(before), []byte(before)); !errors.Is(err, ErrChangedOnDisk) {
		t.Errorf("a file that is gone: %v", err)
	}
	if err := a.Save(t.Context(), "chat", nil, []byte(before)); err != nil || readFile(t, file) != before {
		t.Errorf("a file that is gone, once more: %v", err)
	}
}

func TestSavingKeepsLinkAndMode(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	file := projectFile(t, "chat", "")
	if err := os.Chmod(file, 0o664); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "linked.toml")
	if err := os.Symlink(file, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	addForTest(t, a, link)
	if err := edit(t, a, "chat", "127.0.0.1:9", "127.0.0.1:10"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	info, err = os.Stat(file)
	if err != nil || hasModes && info.Mode().Perm() != 0o664 || !strings.Contains(readFile(t, file), "127.0.0.1:10") {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

func TestAProjectKeepsItsOwnUnderANewName(t *testing.T) {
	f := foldersForTest(t)
	a := openQuietly(t, Options{Folders: f})
	addForTest(t, a, projectFile(t, "chat", ""))
	if err := a.Switch(t.Context(), "chat", true); err != nil {
		t.Fatal(err)
	}
	request(t, a, "chat")
	before, err := a.project("chat")
	if err != nil {
		t.Fatal(err)
	}
	log, _ := a.Capture("chat")
	if err := edit(t, a, "chat", `"chat"`, `"talk"`); err != nil {
		t.Fatal(err)
	}
	p, err := a.project("talk")
	if err != nil || p.State != control.On || p.Listen[0] != before.Listen[0] {
		t.Errorf("under its new name: %+v, %v", p, err)
	}
	if now, ok := a.Capture("talk"); !ok || now != log {
		t.Error("its capture did not follow")
	}
	if _, ok := a.Capture("chat"); ok {
		t.Error("the old name still has a capture")
	}
	a.Close()
	if got := states(t, reach(t, f)); got != "demo=off talk=waiting" {
		t.Errorf("remembered: %s", got)
	}
}

func TestACopyHasItsOwnNameFileAndPort(t *testing.T) {
	f := foldersForTest(t)
	a := openQuietly(t, Options{Folders: f})
	file := projectFile(t, "web-chat", "# of the team\nlisten = [\"127.0.0.1:8443\"] # fixed\nhosts = [\"localhost\", \"web-chat.localhost\"]")
	addForTest(t, a, file)
	for _, want := range []string{"web-chat-2", "web-chat-3"} {
		name, err := a.Duplicate(t.Context(), "web-chat")
		if err != nil || name != want {
			t.Fatalf("got %s, %v, want %s", name, err, want)
		}
	}
	if name, err := a.Duplicate(t.Context(), "web-chat-2"); err != nil || name != "web-chat-4" {
		t.Errorf("the copy of a copy is %s, %v", name, err)
	}
	p, err := a.project("web-chat-2")
	if err != nil || p.State != control.Off || p.Listen[0] != project.DefaultListen || p.File != filepath.Join(f.Projects(), "web-chat-2.toml") {
		t.Errorf("the copy: %+v, %v", p, err)
	}
	if text := readFile(t, file); !strings.Contains(text, `"127.0.0.1:8443"] # fixed`) {
		t.Errorf("the original now holds %q", text)
	}
	if err := a.Switch(t.Context(), "web-chat-2", true); err != nil {
		t.Error(err)
	}
	if p, _ := a.project("web-chat-2"); len(p.URLs) < 2 || !strings.HasPrefix(p.URLs[1], "https://web-chat-2.localhost:") {
		t.Errorf("it is at %v", p.URLs)
	}
	if err := a.Remove(t.Context(), "web-chat-2"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is still there: %v", err)
	}
	if _, err := a.Duplicate(t.Context(), "demo"); err == nil || !strings.Contains(err.Error(), "built-in demo") {
		t.Errorf("a copy of the demo: %v", err)
	}
	writeFile(t, file, "name =")
	if _, err := a.Duplicate(t.Context(), "web-chat"); err == nil || !strings.Contains(err.Error(), "culvert.toml:1:") {
		t.Errorf("a copy of what is broken: %v", err)
	}
}

func TestACopyKeepsCommentsUnlessItsPathsWouldMove(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		to   string
		want []string
	}{
		"nothing relative": {`["ws://127.0.0.1:9"]`, []string{"# of the team", "# the backend"}},
		"a relative socket": {`["unix:run/chat.sock"]`, []string{
			"unix:" + filepath.ToSlash(filepath.Join(dir, "run", "chat.sock")),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			data := []byte("# of the team\nname = \"chat\"\n[[route]] # the backend\nto = " + test.to + "\n")
			p, err := project.Parse(filepath.Join(dir, "culvert.toml"), data)
			if err != nil {
				t.Fatal(err)
			}
			got := string(copied(p, data, entry{Name: "chat-2", File: filepath.Join(t.TempDir(), "chat-2.toml")}))
			for _, want := range append(test.want, `"chat-2"`) {
				if !strings.Contains(got, want) {
					t.Errorf("the copy is\n%s\nwant %q in it", got, want)
				}
			}
		})
	}
}

func TestAProjectIsMadeOutOfATextOrNothingIs(t *testing.T) {
	f := foldersForTest(t)
	a := openQuietly(t, Options{Folders: f})
	text := "# mine\nname = \"chat\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"
	name, err := a.Create(t.Context(), []byte(text))
	if err != nil || name != "chat" {
		t.Fatalf("%q, %v", name, err)
	}
	if got := readFile(t, filepath.Join(f.Projects(), "chat.toml")); got != text {
		t.Errorf("the file holds %q", got)
	}
	if got := states(t, a); got != "chat=off demo=off" {
		t.Errorf("afterwards: %s", got)
	}
	writeFile(t, filepath.Join(f.Projects(), "there.toml"), "not ours to replace")
	for text, want := range map[string]string{
		text:         "already known",
		`name = "x"`: "route",
		`name = "there"` + "\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n": "there already",
	} {
		if _, err := a.Create(t.Context(), []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want something with %q", text, err, want)
		}
	}
	if got := readFile(t, filepath.Join(f.Projects(), "there.toml")); got != "not ours to replace" {
		t.Errorf("a file that was there holds %q", got)
	}
}
