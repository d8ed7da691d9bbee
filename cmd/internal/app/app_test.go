package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"culvert/tunnel/control"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// foldersForTest are fresh, with names short enough for a socket.
func foldersForTest(t *testing.T) Folders {
	t.Helper()
	home, err := os.MkdirTemp("", "culvert")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	t.Setenv("CULVERT_HOME", home)
	t.Setenv("HOME", home) // where trust stores are looked for
	f, err := FindFolders()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func openForTest(t *testing.T, o Options) *App {
	t.Helper()
	a, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// openQuietly is openForTest with the demo switched off.
func openQuietly(t *testing.T, o Options) *App {
	t.Helper()
	a := openForTest(t, o)
	if err := a.Switch(t.Context(), demoName, false); err != nil {
		t.Fatal(err)
	}
	return a
}

// projectFile writes a project file and returns its path.
func projectFile(t *testing.T, name, more string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "culvert.toml")
	text := "name = \"" + name + "\"\n" + more + "\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// states returns name=state of every project.
func states(t *testing.T, p interface {
	Projects(context.Context) ([]control.Project, error)
},
) string {
	t.Helper()
	list, err := p.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, p := range list {
		words = append(words, p.Name+"="+string(p.State))
	}
	return strings.Join(words, " ")
}

// reach returns the projects without a running app.
func reach(t *testing.T, f Folders) Projects {
	t.Helper()
	p, err := Reach(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestDemoIsOnAtTheFirstRunWithoutProjects(t *testing.T) {
	f := foldersForTest(t)
	a := openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "demo=on" {
		t.Errorf("at the first run: %s", got)
	}
	if _, err := a.Off(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	a.Close()
	a = openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "demo=off" {
		t.Errorf("after it was switched off: %s", got)
	}
	if err := a.Remove(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	a.Close()
	a = openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "" {
		t.Errorf("after it was removed: %s", got)
	}
	if _, err := a.Add(t.Context(), control.AddRequest{Demo: true}); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "demo=off" {
		t.Errorf("after it was added again: %s", got)
	}
}

func TestDemoIsOffForWhoBroughtAProject(t *testing.T) {
	f := foldersForTest(t)
	p := reach(t, f)
	if got := states(t, p); got != "demo=waiting" {
		t.Errorf("before anything: %s", got)
	}
	if _, err := p.Add(t.Context(), control.AddRequest{Files: []string{projectFile(t, "chat", "")}}); err != nil {
		t.Fatal(err)
	}
	p.Close()
	a := openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "chat=off demo=off" {
		t.Errorf("at the first run: %s", got)
	}
}

func TestFreePortIsKept(t *testing.T) {
	f := foldersForTest(t)
	file := projectFile(t, "chat", "")
	var before []string
	for i := range 3 {
		a := openForTest(t, Options{Folders: f, Files: []string{file}})
		p, err := a.project("chat")
		if err != nil || p.State != control.On {
			t.Fatalf("%+v, %v", p, err)
		}
		if i > 0 && !reflect.DeepEqual(p.Listen, before) {
			t.Errorf("run %d listens on %v, the one before on %v", i+1, p.Listen, before)
		}
		before = p.Listen
		a.Close()
	}
}

func TestBrokenFileIsTheStateOfItsProjectAlone(t *testing.T) {
	f := foldersForTest(t)
	good, bad, gone := projectFile(t, "good", ""), projectFile(t, "bad", ""), projectFile(t, "gone", "")
	p := reach(t, f)
	if _, err := p.Add(t.Context(), control.AddRequest{Files: []string{good, bad, gone}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"good", "bad", "gone"} {
		if _, err := p.On(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	p.Close()
	if err := os.WriteFile(bad, []byte("name = \"bad\"\nlisten = 3\ncolour = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}

	a := openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "bad=failed demo=off gone=failed good=on" {
		t.Errorf("with a broken and a missing file: %s", got)
	}
	if p, _ := a.project("bad"); !strings.Contains(p.Reason, "culvert.toml:1:") || !strings.Contains(p.Reason, "more") {
		t.Errorf("the reason of bad is %q", p.Reason)
	}
	_, err := a.On(t.Context(), "gone")
	if err == nil || !strings.Contains(err.Error(), gone) {
		t.Errorf("switching gone on: %v", err)
	}

	// Served once more with the file as it is now; a file that breaks later leaves the tunnel as it was.
	if err := os.WriteFile(bad, []byte("name = \"bad\"\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := a.On(t.Context(), "bad"); err != nil || p.State != control.On {
		t.Errorf("after the repair: %+v, %v", p, err)
	}
	if err := os.WriteFile(bad, []byte("name ="), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.On(t.Context(), "bad"); err == nil {
		t.Error("a broken file was switched on")
	}
	if p, _ := a.project("bad"); p.State != control.On || !strings.Contains(p.Reason, "served as it was") {
		t.Errorf("after it broke: %+v", p)
	}
}

func TestPortTakenIsTheStateOfItsProjectAlone(t *testing.T) {
	f := foldersForTest(t)
	first := openForTest(t, Options{Folders: f, Files: []string{projectFile(t, "first", "")}})
	p, err := first.project("first")
	if err != nil {
		t.Fatal(err)
	}
	second := openForTest(t, Options{Folders: foldersForTest(t), Files: []string{
		projectFile(t, "second", "listen = [\""+p.Listen[0]+"\"]"), projectFile(t, "third", ""),
	}})
	if got := states(t, second); got != "second=failed third=on" {
		t.Errorf("with a port taken: %s", got)
	}
	if p, _ := second.project("second"); !strings.Contains(p.Reason, "taken") {
		t.Errorf("the reason is %q", p.Reason)
	}
}

func TestProjectsOnOneAddressAreShownByTheirOwnNames(t *testing.T) {
	f := foldersForTest(t)
	first := openForTest(t, Options{Folders: f, Files: []string{projectFile(t, "first", "")}})
	p, err := first.project("first")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.URLs[0], "https://localhost:") {
		t.Errorf("alone: %v", p.URLs)
	}
	listen := "listen = [\"" + p.Listen[0] + "\"]"
	first.Close()
	both := openForTest(t, Options{Folders: f, Files: []string{projectFile(t, "first", listen), projectFile(t, "second", listen)}})
	for _, name := range []string{"first", "second"} {
		if p, err := both.project(name); err != nil || !strings.HasPrefix(p.URLs[0], "https://"+name+".localhost:") {
			t.Errorf("together: %+v, %v", p, err)
		}
	}
}

func TestAddRefusesAllOrNothing(t *testing.T) {
	f := foldersForTest(t)
	chat := projectFile(t, "chat", "")
	a := openForTest(t, Options{Folders: f})
	add := func(r control.AddRequest) error {
		_, err := a.Add(t.Context(), r)
		return err
	}
	if err := add(control.AddRequest{Files: []string{chat}}); err != nil {
		t.Fatal(err)
	}
	if err := add(control.AddRequest{Files: []string{chat}}); err != nil {
		t.Errorf("the same file again: %v", err)
	}
	for name, tc := range map[string]struct {
		request control.AddRequest
		want    string
	}{
		"a missing file":         {control.AddRequest{Files: []string{"/nowhere/culvert.toml"}}, "/nowhere/culvert.toml"},
		"a name known elsewhere": {control.AddRequest{Files: []string{projectFile(t, "new", ""), projectFile(t, "chat", "")}}, "already known from"},
		"a name that is taken":   {control.AddRequest{Name: "chat", To: "ws://127.0.0.1:9"}, "already known"},
		"the demo's name":        {control.AddRequest{Name: "demo", To: "ws://127.0.0.1:9"}, "already known"},
		"a name with a slash":    {control.AddRequest{Name: "../x", To: "ws://127.0.0.1:9"}, "name"},
		"an upstream of no kind": {control.AddRequest{Name: "x", To: "ftp://127.0.0.1"}, "ftp"},
	} {
		if err := add(tc.request); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := states(t, a); got != "chat=off demo=on" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestProjectWithoutAFileGetsOneThatGoesWithIt(t *testing.T) {
	f := foldersForTest(t)
	a := openForTest(t, Options{Folders: f})
	list, err := a.Add(t.Context(), control.AddRequest{Name: "x", To: "ws://127.0.0.1:9/app", Listen: []string{"127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || filepath.Dir(list[0].File) != f.Projects() || list[0].Routes[0].To != "ws://127.0.0.1:9/app" {
		t.Fatalf("added %+v", list)
	}
	if p, err := a.On(t.Context(), "x"); err != nil || p.State != control.On {
		t.Errorf("switched on: %+v, %v", p, err)
	}
	if err := a.Remove(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(list[0].File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file is still there: %v", err)
	}
}

func TestRemoveLeavesTheUsersFile(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	file := projectFile(t, "chat", "")
	if _, err := a.Add(t.Context(), control.AddRequest{Files: []string{file}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(t.Context(), "chat"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	if err := a.Remove(t.Context(), "chat"); err == nil {
		t.Error("removed twice")
	}
}

func TestGivenFilesLeaveTheKnownProjectsAlone(t *testing.T) {
	f := foldersForTest(t)
	p := reach(t, f)
	if _, err := p.Add(t.Context(), control.AddRequest{Files: []string{projectFile(t, "known", "")}}); err != nil {
		t.Fatal(err)
	}
	p.Close()
	a := openForTest(t, Options{Folders: f, Files: []string{projectFile(t, "given", "")}})
	if got := states(t, a); got != "given=on" {
		t.Errorf("served: %s", got)
	}
	if _, err := a.Off(t.Context(), "given"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Add(t.Context(), control.AddRequest{Files: []string{projectFile(t, "added", "")}}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if got := states(t, reach(t, f)); got != "demo=off known=off" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestSecondAppLearnsOfTheFirst(t *testing.T) {
	f := foldersForTest(t)
	openForTest(t, Options{Folders: f})
	_, err := Open(t.Context(), Options{Folders: f})
	var running *control.RunningError
	if !errors.As(err, &running) || running.PID != os.Getpid() {
		t.Errorf("got %v, want a RunningError with our pid", err)
	}
}

func TestReachFindsTheRunningApp(t *testing.T) {
	f := foldersForTest(t)
	a := openForTest(t, Options{Folders: f})
	p := reach(t, f)
	if _, err := p.Off(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "demo=off" {
		t.Errorf("the app has %s", got)
	}
	a.Close()
	if _, err := p.Projects(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("after its end: %v", err)
	}
}

func TestTailOfAllProjectsSeesThoseThatComeLaterAndEndsWithTheApp(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t), Files: []string{projectFile(t, "first", "")}})
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := a.Tail(t.Context(), control.TailRequest{Follow: true, JSON: true}, w)
		w.Close()
		ended <- err
	}()
	if _, err := r.Read(nil); err != nil { // the empty write: understood
		t.Fatal(err)
	}
	if _, err := a.Add(t.Context(), control.AddRequest{Files: []string{projectFile(t, "later", "")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.On(t.Context(), "later"); err != nil {
		t.Fatal(err)
	}
	// Nothing listens behind either project: each request is a row.
	want := map[string]bool{"first": true, "later": true}
	for name := range want {
		request(t, a, name)
	}
	for d := json.NewDecoder(r); len(want) > 0; {
		var row struct{ Project string }
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		delete(want, row.Project)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	a.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTailRefusesWhatItDoesNotUnderstand(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	for _, r := range []control.TailRequest{{Project: "nobody"}, {Filter: "dir:up"}} {
		if err := a.Tail(t.Context(), r, io.Discard); err == nil {
			t.Errorf("%+v was understood", r)
		}
	}
}

func TestTailEndsWhenItsProjectIsRemoved(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- a.Tail(t.Context(), control.TailRequest{Project: "demo", Follow: true}, w) }()
	if _, err := r.Read(nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// window is one that shows a button.
type window struct{ raised chan struct{} }

func (w window) Raise() error { close(w.raised); return nil }

func (w window) Outline(context.Context) ([]control.Node, error) {
	return []control.Node{{Role: "button", Text: "Add"}}, nil
}

func (w window) Work(context.Context) (control.Work, error) { return control.Work{}, nil }

func TestTheWindowIsReachedOverTheSocketOnceThereIsOne(t *testing.T) {
	f := foldersForTest(t)
	a := openForTest(t, Options{Folders: f})
	c := control.NewClient(f.Socket())
	defer c.Close()
	if err := c.Raise(t.Context()); err == nil || !strings.Contains(err.Error(), "no window") {
		t.Errorf("without a window: %v", err)
	}
	w := window{make(chan struct{})}
	a.SetWindow(w)
	if err := c.Raise(t.Context()); err != nil {
		t.Error(err)
	}
	<-w.raised
	if nodes, err := c.Outline(t.Context()); err != nil || len(nodes) != 1 || nodes[0].Text != "Add" {
		t.Errorf("it shows %+v, %v", nodes, err)
	}
}
