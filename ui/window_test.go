package ui

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/tunnel/capture"
	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// engine plays the app behind the window.
type engine struct {
	Culvert  // what no test asks for
	log      *capture.Log
	calls    chan string
	trust    state.Trust
	findings []state.Finding
}

func (e *engine) Capture(string) (*capture.Log, bool)         { return e.log, true }
func (e *engine) Frames(string) int64                         { return 0 }
func (e *engine) Project(string) *state.Project               { return nil }
func (e *engine) Check(context.Context) state.Trust           { e.calls <- "check"; return e.trust }
func (e *engine) Renew(context.Context) error                 { e.calls <- "renew"; return nil }
func (e *engine) Do(context.Context, string, state.Fix) error { e.calls <- "do"; return nil }

func (e *engine) Trust(_ context.Context, stores ...string) []state.Store {
	e.calls <- "trust " + strings.Join(stores, ",")
	return nil
}

func (e *engine) Examine(_ context.Context, project string) ([]state.Finding, error) {
	e.calls <- "examine " + project
	return e.findings, nil
}

// kept is a Settings as its file keeps it.
type kept map[string][]byte

func (k kept) Get(key string, into any) bool {
	return k[key] != nil && json.Unmarshal(k[key], into) == nil
}

func (k kept) Set(key string, value any) { k[key], _ = json.Marshal(value) }

type noAutostart struct{}

func (noAutostart) On() bool       { return false }
func (noAutostart) Set(bool) error { return errors.New("there is no desktop") }

// stage is a window on a desktop without a display; the test is its main goroutine.
type stage struct {
	*testing.T
	*Window
	engine *engine
	posted chan func()
}

func newStage(t *testing.T, settings kept) *stage {
	t.Helper()
	s := &stage{T: t, posted: make(chan func(), 100)}
	s.engine = &engine{log: capture.New(0), calls: make(chan string, 100)}
	t.Cleanup(s.engine.log.Close)
	settings.Set(startedKey, true)
	s.Window = New(Options{
		App: test.NewTempApp(t), Culvert: s.engine, Settings: settings, Autostart: noAutostart{},
		Do: func(f func()) { s.posted <- f },
		Theme: func(a look.Appearance) fyne.Theme {
			return look.NewTheme(look.Options{Appearance: look.Dark, Locale: words.Language()})
		},
		Title: "Culvert", Quit: func() {},
	})
	t.Cleanup(s.Close)
	s.Window.Show()
	s.Update(s.state(state.Trust{Checked: true}))
	return s
}

func (s *stage) state(trust state.Trust) state.State {
	return state.State{
		Tray: true, Trust: trust,
		Projects: []state.Project{{Name: "web-chat", Switched: true, Serving: true, Health: state.On, URLs: []string{"https://localhost:8443"}}},
	}
}

// until runs what was posted until something is so.
func (s *stage) until(what string, is func() bool) {
	s.Helper()
	deadline := time.After(30 * time.Second)
	for !is() {
		select {
		case f := <-s.posted:
			f()
		case <-deadline:
			s.Fatalf("%s: it is not so in\n%s", what, s.reads())
		}
	}
}

// reads returns the outline, a line for each text.
func (s *stage) reads() string {
	var lines []string
	for _, n := range s.Outline() {
		lines = append(lines, strings.TrimSpace(n.Role+" "+n.Text+" "+n.State))
	}
	return strings.Join(lines, "\n")
}

func (s *stage) sees(line string) bool { return slices.Contains(strings.Split(s.reads(), "\n"), line) }

// see waits for a line of the outline.
func (s *stage) see(line string) {
	s.Helper()
	s.until(line, func() bool { return s.sees(line) })
}

// called waits for the engine to be asked for something.
func (s *stage) called(want string) {
	s.Helper()
	s.until("the engine is asked to "+want, func() bool {
		select {
		case got := <-s.engine.calls:
			return got == want
		default:
			return false
		}
	})
}

// press presses the button with a text.
func (s *stage) press(text string) {
	s.Helper()
	for _, n := range s.Outline() {
		if n.Role == "button" && n.Text == text && n.State == "" {
			test.TapCanvas(s.window.Canvas(), fyne.NewPos(n.X+n.W/2, n.Y+n.H/2))
			return
		}
	}
	s.Fatalf("there is no button %q in\n%s", text, s.reads())
}

func TestTheDoctorsReportIsInTheWindowsText(t *testing.T) {
	s := newStage(t, kept{})
	s.engine.findings = []state.Finding{{
		Check: "backend-absent", Severity: state.Error, What: "Nothing listens at 127.0.0.1:8083", Evidence: "connection refused",
		Why: "Every socket is answered with 502.", Fixes: []state.Fix{{What: "Switch it on again", Action: state.DoSwitch}},
	}}
	s.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
	s.called("examine web-chat")
	for _, line := range []string{
		"text 1 finding", "text Error", "text Nothing listens at 127.0.0.1:8083", "text connection refused", "button Copy",
		"text Every socket is answered with 502.", "text Switch it on again", "button Switch it on", "button Check again",
	} {
		s.see(line)
	}
	s.Update(s.state(state.Trust{Checked: true}))
	s.inspector.Tick(time.Now().Add(time.Second))
	s.see("tab Doctor 1 selected")
	s.press("Switch it on")
	s.called("do")
	s.called("examine web-chat")
}

func TestTheMatrixIsInTheWindowsText(t *testing.T) {
	s := newStage(t, kept{})
	s.engine.trust = state.Trust{Authority: "Culvert CA 3F:A2:91", Checked: true, Stores: []state.Store{
		{Name: "system", Where: "/etc/ssl", State: state.Cannot, NeedsRoot: true, Reason: "/etc is read-only", Fix: "run: mount -o remount,rw /"},
		{Name: "chromium", State: state.Trusted, Proofs: []state.Proof{{Program: "Chromium", Version: "156", State: state.Proven, At: time.Now()}}},
	}}
	s.ShowTrust()
	s.called("check")
	for _, line := range []string{
		"text System", "text /etc/ssl", "text not possible", "text /etc is read-only", "text mount -o remount,rw /", "button Copy",
		"button Try again", "text trusted", "text Chromium 156 · just now", "button Remove", "button Prove", "button Trust all",
		"text Own names",
	} {
		s.see(line)
	}
}

func TestTheEndOfTheAuthorityIsToldAndRenewed(t *testing.T) {
	s := newStage(t, kept{})
	ends := state.Trust{Checked: true, Expiring: true, Until: time.Date(2027, 1, 1, 12, 0, 0, 0, time.Local)}
	line := "text " + words.T("ui.ends", "date", "2027-01-01")
	s.Update(s.state(ends))
	s.see(line)
	s.press(words.T("ui.renew"))
	s.called("renew")
	s.see("text " + words.T("welcome.trustTitle"))

	s.press("✕")
	s.Update(s.state(ends))
	if s.sees(line) {
		t.Error("what was closed is back")
	}
	ends.Until = ends.Until.AddDate(0, 0, -10)
	s.Update(s.state(ends))
	s.see("text " + words.T("ui.ends", "date", "2026-12-22"))
	s.Update(s.state(state.Trust{Checked: true}))
	if s.notices.trust.ending.Visible() {
		t.Error("it was renewed and is still told of")
	}
	s.Update(s.state(state.Trust{Checked: true, Named: &state.Authority{Expiring: true, Until: ends.Until}}))
	s.see("text " + words.T("ui.namedEnds", "date", "2026-12-22"))
}

func TestABrowserThatAppearsIsOfferedOnce(t *testing.T) {
	settings := kept{}
	s := newStage(t, settings)
	appeared := state.Trust{Checked: true, New: []string{"firefox/a.work", "chromium"}, Stores: []state.Store{
		{Name: "firefox/a.work", State: state.NotTrusted}, {Name: "chromium", State: state.Trusted},
	}}
	const line = "text Firefox · work has appeared and does not trust the CA yet."
	s.Update(s.state(appeared))
	s.see(line)
	s.press(words.T("ui.trust"))
	s.called("trust firefox/a.work")

	s.press(words.T("ui.notNow"))
	s.Update(s.state(appeared))
	if s.sees(line) {
		t.Error("it is offered again")
	}
	next := newStage(t, settings)
	next.Update(next.state(appeared))
	if next.sees(line) {
		t.Error("it is offered again after the next start")
	}
	appeared.Stores = append(appeared.Stores, state.Store{Name: "firefox/b.play", State: state.NotTrusted})
	appeared.New = append(appeared.New, "firefox/b.play")
	next.Update(next.state(appeared))
	next.see("text Firefox · play has appeared and does not trust the CA yet.")
	next.press("✕")
	next.Update(next.state(appeared))
	if next.notices.trust.appeared.Visible() {
		t.Error("what was closed is back")
	}
}

func TestFilesAndFoldersCanBePicked(t *testing.T) {
	for name, pick := range map[string]func(*Window, func(string)){"a folder": (*Window).pick, "a file": (*Window).pickFile} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HOME", t.TempDir())
			s := newStage(t, kept{})
			pick(s.Window, func(string) {})
			if s.window.Canvas().Overlays().Top() == nil {
				t.Error("nothing asks which")
			}
		})
	}
}
