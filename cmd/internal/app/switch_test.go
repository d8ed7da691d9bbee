package app

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"culvert/tunnel/control"
)

func addForTest(t *testing.T, a *App, files ...string) {
	t.Helper()
	if _, err := a.Add(t.Context(), control.AddRequest{Files: files}); err != nil {
		t.Fatal(err)
	}
}

func TestPauseIsRememberedAndResumed(t *testing.T) {
	f := foldersForTest(t)
	a := openQuietly(t, Options{Folders: f})
	addForTest(t, a, projectFile(t, "one", ""), projectFile(t, "two", ""), projectFile(t, "three", ""))
	for _, name := range []string{"one", "two"} {
		if err := a.Switch(t.Context(), name, true); err != nil {
			t.Fatal(err)
		}
	}
	if a.Paused() {
		t.Error("paused before it was asked to")
	}
	if err := a.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "demo=off one=off three=off two=off" || !a.Paused() {
		t.Errorf("paused: %s", got)
	}
	if err := a.Switch(t.Context(), "three", true); err != nil {
		t.Errorf("switching a single one on: %v", err)
	}
	if err := a.Switch(t.Context(), "two", false); err != nil {
		t.Errorf("switching a paused one off: %v", err)
	}
	a.Close()
	a = openForTest(t, Options{Folders: f})
	if got := states(t, a); got != "demo=off one=off three=on two=off" || !a.Paused() {
		t.Errorf("after a restart: %s", got)
	}
	if err := a.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := states(t, a); got != "demo=off one=on three=on two=off" || a.Paused() {
		t.Errorf("resumed: %s", got)
	}
}

func TestAGroupIsSwitchedTogetherAndTheRestIsNot(t *testing.T) {
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	broken := projectFile(t, "broken", `group = "im"`)
	addForTest(t, a, projectFile(t, "chat", `group = "im"`), projectFile(t, "push", `group = "im"`),
		broken, projectFile(t, "shop", `group = "web"`), projectFile(t, "alone", ""))
	writeFile(t, broken, "name = \"broken\"\ngroup = \"im\"\nlisten = [\"192.0.2.7:8443\"]\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")
	group := []string{"chat", "push", "broken"}
	err := a.SwitchAll(t.Context(), true, group...)
	if err == nil || !strings.HasPrefix(err.Error(), "project broken: listen on 192.0.2.7:8443") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
	if got := states(t, a); got != "alone=off broken=failed chat=on demo=off push=on shop=off" {
		t.Errorf("on: %s", got)
	}
	if err := a.SwitchAll(t.Context(), false, group...); err != nil {
		t.Error(err)
	}
	if got := states(t, a); got != "alone=off broken=off chat=off demo=off push=off shop=off" {
		t.Errorf("off: %s", got)
	}
	if err := a.SwitchAll(t.Context(), true, "chat", "nobody"); err == nil {
		t.Error("a project that nobody knows was switched")
	}
	if got := states(t, a); got != "alone=off broken=off chat=off demo=off push=off shop=off" {
		t.Errorf("with one that nobody knows: %s", got)
	}
}

func TestWhatIsWrongHasAKindAndWords(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	backend := httptest.NewServer(http.NotFoundHandler())
	defer backend.Close()
	bad := projectFile(t, "bad", "")
	a := openQuietly(t, Options{Folders: foldersForTest(t)})
	addForTest(t, a, projectFile(t, "down", ""), projectFile(t, "taken", "listen = [\""+taken.Addr().String()+"\"]"),
		projectFile(t, "foreign", `listen = ["192.0.2.7:8443"]`), bad)
	writeFile(t, bad, "name = \"bad\"\ncolour = 1\n[[route]]\nto = [\"ws://127.0.0.1:9\"]\n")
	for _, p := range []string{"down", "taken", "foreign", "bad"} {
		_ = a.Switch(t.Context(), p, true)
	}
	request(t, a, "down") // nothing listens behind it
	list, err := a.Projects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct {
		switched bool
		state    control.State
		fault    control.Fault
		reason   string
	}{
		"bad":     {true, control.Failed, control.BadFile, "culvert.toml:2:1: colour"},
		"demo":    {false, control.Off, control.NoFault, ""},
		"down":    {true, control.On, control.BackendDown, "connection refused"},
		"foreign": {true, control.Failed, control.OtherFault, "does not have that address"},
		"taken":   {true, control.Failed, control.PortTaken, "taken by another program"},
	}
	for _, p := range list {
		w := want[p.Name]
		if p.Switched != w.switched || p.State != w.state || p.Fault != w.fault ||
			!strings.Contains(p.Reason, w.reason) || (p.Reason == "") != (p.Fault == control.NoFault) {
			t.Errorf("%s: %+v", p.Name, p)
		}
	}
}

func TestTheOwnerIsToldOfEveryChange(t *testing.T) {
	var told atomic.Int64
	a := openQuietly(t, Options{Folders: foldersForTest(t), Changed: func() { told.Add(1) }})
	chat := projectFile(t, "chat", "")
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"add", func() error { addForTest(t, a, chat); return nil }},
		{"on", func() error { return a.Switch(t.Context(), "chat", true) }},
		{"backend down", func() error { request(t, a, "chat"); return nil }},
		{"pause", func() error { return a.Pause(t.Context()) }},
		{"resume", func() error { return a.Resume(t.Context()) }},
		{"off", func() error { return a.Switch(t.Context(), "chat", false) }},
		{"a file that breaks while it is off", func() error {
			before := told.Load()
			writeFile(t, chat, "name =")
			waitFor(t, "the news", func() bool { return told.Load() > before })
			return nil
		}},
		{"remove", func() error { return a.Remove(t.Context(), "chat") }},
	} {
		before := told.Load()
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if told.Load() == before {
			t.Errorf("%s: nobody was told", step.name)
		}
	}
}
