package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// clinic is a window with a page, and what was asked of it.
type clinic struct {
	t        *testing.T
	page     *Page
	window   fyne.Window
	findings []state.Finding
	err      error
	calls    []string
	copied   string
	now      time.Time
	hold     bool
	held     []func() func() // work that was begun
}

func (c *clinic) Examine(_ context.Context, project string) ([]state.Finding, error) {
	c.calls = append(c.calls, "examine "+project)
	return c.findings, c.err
}

func (c *clinic) Do(_ context.Context, project string, f state.Fix) error {
	c.calls = append(c.calls, "do "+project+" "+string(f.Action)+" "+strings.Join(f.Args, ","))
	return c.err
}

func (c *clinic) work(task func() func()) {
	if c.hold {
		c.held = append(c.held, task)
		return
	}
	task()()
}

func (c *clinic) told() string {
	told := strings.Join(c.calls, "; ")
	c.calls = nil
	return told
}

func newClinic(t *testing.T, appearance look.Appearance, findings ...state.Finding) *clinic {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance, Locale: words.Language()}))
	c := &clinic{t: t, findings: findings, now: time.Date(2026, 11, 21, 14, 3, 21, 0, time.Local)}
	c.page = New(Options{
		Doctor: c, Work: c.work, Clipboard: func(text string) { c.copied = text }, Now: func() time.Time { return c.now },
		Edit: func(project string) { c.calls = append(c.calls, "edit "+project) },
	})
	c.window = test.NewTempWindow(t, c.page.Content())
	c.window.SetPadded(false)
	c.window.Resize(fyne.NewSize(1032, 700))
	c.look("web-chat")
	return c
}

// look makes a project the one that is looked at.
func (c *clinic) look(project string) { c.page.Show(&state.Project{Name: project}) }

// shown returns what is to be read, and the buttons.
func (c *clinic) shown() (text string, buttons []*look.Button) {
	var lines []string
	var read func(o fyne.CanvasObject)
	read = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if b, ok := o.(*look.Button); ok {
			buttons = append(buttons, b)
		}
		if told, ok := o.(interface {
			Describe() (role, text, state string)
		}); ok {
			_, text, _ := told.Describe()
			lines = append(lines, text)
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, part := range o.Objects {
				read(part)
			}
		case interface{ Parts() []fyne.CanvasObject }:
			for _, part := range o.Parts() {
				read(part)
			}
		}
	}
	read(c.page.Content())
	return strings.Join(lines, "\n"), buttons
}

func (c *clinic) sees(parts ...string) {
	c.t.Helper()
	text, _ := c.shown()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			c.t.Errorf("%q is not to be read in:\n%s", part, text)
		}
	}
}

// press presses the button with a text.
func (c *clinic) press(text string) {
	c.t.Helper()
	shown, buttons := c.shown()
	i := slices.IndexFunc(buttons, func(b *look.Button) bool { return b.Text() == text })
	if i < 0 {
		c.t.Fatalf("there is no button %q in:\n%s", text, shown)
	}
	test.Tap(buttons[i])
}

// sick are findings of each severity, with each kind of fix.
func sick() []state.Finding {
	return []state.Finding{
		{
			Check: "idle-60", Severity: state.Note, What: "Two sockets ended after 60 s of silence",
			Why: "A server between here and the backend closes what is silent, as nginx does with proxy_read_timeout 60s.",
		},
		{
			Check: "untrusted", Severity: state.Warning, What: "Firefox · default-esr does not trust the CA",
			Evidence: "14:01:12 TLS alert unknown_ca from 127.0.0.1:50412 for web-chat.localhost",
			Why:      "The browser closes the connection before it sends a request, and tells the page only “error”.",
			Fixes: []state.Fix{
				{What: "Trust it in this profile", Action: state.DoTrust, Args: []string{"firefox/q9n2.default-esr"}},
				{What: "Or look at the page in a browser that knows the certificate by its pin", Action: state.DoIsolated},
			},
		},
		{
			Check: "backend-absent", Severity: state.Error, What: "Nothing listens at 127.0.0.1:8083",
			Evidence: "dial tcp 127.0.0.1:8083: connection refused\ndial tcp [::1]:8083: it listens here",
			Why:      "Every socket on /ws is answered with 502 Bad Gateway.",
			Fixes: []state.Fix{
				{What: "Lead the route to the address that the backend listens on: ws://[::1]:8083", Action: state.DoEdit},
				{What: "Or see which process listens", Command: "ss -ltnp 'sport = :8083'"},
			},
		},
	}
}

func TestAProjectIsExaminedWhenThePageIsOpened(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	if told := c.told(); told != "" {
		t.Errorf("told %q before it was opened", told)
	}
	c.sees(words.T("doctor.unexamined"))
	c.page.Open()
	c.page.Open()
	if told := c.told(); told != "examine web-chat" {
		t.Errorf("told %q", told)
	}
	c.sees("3 findings", words.T("doctor.when", "time", "14:03:21"))
	if n := c.page.Troubles("web-chat"); n != 2 {
		t.Errorf("%d of the findings are troubles", n)
	}
	c.now = c.now.Add(2 * fresh)
	c.page.Open()
	if told := c.told(); told != "examine web-chat" {
		t.Errorf("told %q some time later", told)
	}
}

func TestFindingsAreToldTheWorstFirst(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	c.page.Open()
	text, _ := c.shown()
	last := -1
	for _, what := range []string{"Nothing listens", "does not trust the CA", "60 s of silence"} {
		at := strings.Index(text, what)
		if at <= last {
			t.Fatalf("%q is out of order in:\n%s", what, text)
		}
		last = at
	}
	c.sees("Error", "Warning", "Note", "14:01:12 TLS alert unknown_ca", "Every socket on /ws is answered with 502", "ss -ltnp 'sport = :8083'")
}

func TestWhatWasFoundSurvivesALookElsewhere(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	c.hold = true
	c.page.Open()
	c.look("ticker")
	c.page.Open()
	if len(c.held) != 2 {
		t.Fatalf("%d examinations are under way", len(c.held))
	}
	c.held[0]()()
	c.sees(words.T("doctor.examining"))
	c.findings = nil
	c.held[1]()()
	c.sees(words.T("doctor.well"), words.T("doctor.nothing"))
	c.look("web-chat")
	c.sees("3 findings", "Nothing listens")
	c.page.Show(nil)
	c.page.Open()
	c.page.Examine()
	if len(c.held) != 2 {
		t.Error("no project is examined")
	}
}

func TestAFixIsDoneAndThenExamined(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	c.page.Open()
	c.told()
	c.hold = true
	c.press(words.T("doctor.do.trust"))
	c.sees(words.T("doctor.asking"), "Nothing listens")
	_, buttons := c.shown()
	for _, b := range buttons {
		if copies := b.Text() == words.T("doctor.copy"); b.Disabled() == copies && b.Text() != words.T("doctor.copied") {
			t.Errorf("button %q: disabled is %v while a fix is under way", b.Text(), b.Disabled())
		}
	}
	c.findings = c.findings[2:]
	c.held[0]()()
	if told := c.told(); told != "do web-chat trust firefox/q9n2.default-esr; examine web-chat" {
		t.Errorf("told %q", told)
	}
	c.sees("1 finding")
}

func TestTheFormOfAProjectIsTheWindows(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	c.page.Open()
	c.told()
	c.press(words.T("doctor.do.edit"))
	if told := c.told(); told != "edit web-chat" {
		t.Errorf("told %q", told)
	}
}

func TestWhatFailsIsToldAndWhatWasFoundStays(t *testing.T) {
	c := newClinic(t, look.Dark, sick()...)
	c.page.Open()
	c.err = errors.New("the hosts file cannot be written\x1b")
	c.press(words.T("doctor.do.trust"))
	c.sees("the hosts file cannot be written\uFFFD", "3 findings")
	if !c.page.failed.Visible() {
		t.Error("a failure does not look like one")
	}
	c.err = state.ErrCancelled
	c.press(words.T("doctor.do.trust"))
	c.sees(words.T("doctor.cancelled"))
	if c.page.failed.Visible() {
		t.Error("what the user did not want looks like a failure")
	}
	c.err = nil
	c.press(words.T("doctor.again"))
	if c.page.failed.Visible() || c.page.calm.Visible() {
		t.Error("a failure outlived what went well")
	}
}

func TestACommandIsCopied(t *testing.T) {
	c := newClinic(t, look.Dark, state.Finding{What: "A port is taken", Fixes: []state.Fix{{What: "See by what", Command: "ss -ltnp"}}})
	c.page.Open()
	c.press(words.T("doctor.copy"))
	if c.copied != "ss -ltnp" {
		t.Errorf("copied %q", c.copied)
	}
}

// TestPictures keeps pictures of what there is to look at.
func TestPictures(t *testing.T) {
	looktest.Need(t)
	for name, appearance := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		c := newClinic(t, appearance, sick()...)
		c.page.Open()
		looktest.Keep(t, c.window, "doctor-"+name)
		c.window.Resize(fyne.NewSize(480, 900))
		looktest.Keep(t, c.window, "doctor-narrow-"+name)
		c.findings = nil
		c.press(words.T("doctor.again"))
		looktest.Keep(t, c.window, "doctor-well-"+name)
	}
}
