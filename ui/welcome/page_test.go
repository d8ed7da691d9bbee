package welcome

import (
	"context"
	"errors"
	"path/filepath"
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

// desk plays everything that the pages work with.
type desk struct {
	t        *testing.T
	stores   []state.Store
	proven   []state.Store    // what Prove finds
	outcome  state.StoreState // of each change, where it is Cannot or Cancelled
	calls    []string
	err      error
	imported state.Import
	copied   string
	finished []func() func() // work that was begun, where held
	hold     bool
	later    time.Duration // that has passed
}

func (d *desk) Check(context.Context) state.Trust {
	d.calls = append(d.calls, "check")
	return state.Trust{Checked: true, Stores: d.stores}
}

func (d *desk) Trust(_ context.Context, stores ...string) []state.Store {
	d.calls = append(d.calls, "trust "+strings.Join(stores, ","))
	return d.set(state.NotTrusted, state.Trusted, stores)
}

func (d *desk) Untrust(_ context.Context, stores ...string) []state.Store {
	d.calls = append(d.calls, "untrust "+strings.Join(stores, ","))
	return d.set(state.Trusted, state.NotTrusted, stores)
}

func (d *desk) Prove(_ context.Context, stores ...string) []state.Store {
	d.calls = append(d.calls, "prove "+strings.Join(stores, ","))
	return d.proven
}

func (d *desk) Renew(context.Context) error {
	d.calls = append(d.calls, "renew")
	return d.err
}

func (d *desk) SetNames(_ context.Context, names []string) (state.Trust, error) {
	d.calls = append(d.calls, "names "+strings.Join(names, ","))
	t := d.state().Trust
	if len(names) > 0 {
		t.Named = &state.Authority{Name: "Culvert names 9B:00:17", Names: names, Until: d.now().AddDate(10, 0, 0), Stores: d.stores[:2]}
	}
	return t, d.err
}

func (d *desk) TrustNamed(_ context.Context, stores ...string) []state.Store {
	d.calls = append(d.calls, "trust named "+strings.Join(stores, ","))
	return d.set(state.NotTrusted, state.Trusted, stores)
}

func (d *desk) UntrustNamed(_ context.Context, stores ...string) []state.Store {
	d.calls = append(d.calls, "untrust named "+strings.Join(stores, ","))
	return d.set(state.Trusted, state.NotTrusted, stores)
}

// now is a moment on a day when nothing ends.
func (d *desk) now() time.Time {
	return time.Date(2026, 11, 21, 14, 3, 21, 0, time.Local).Add(d.later)
}

func (d *desk) set(from, to state.StoreState, names []string) (changed []state.Store) {
	for _, s := range d.stores {
		named := len(names) == 0
		for _, n := range names {
			named = named || n == s.Name
		}
		if named && s.State == from {
			if s.State = to; d.outcome != 0 {
				s.State = d.outcome
			}
			changed = append(changed, s)
		}
	}
	return changed
}

func (d *desk) AddAddress(name, to string) (string, error) {
	d.calls = append(d.calls, "address "+name+" "+to)
	return name, d.err
}

func (d *desk) AddFiles(paths []string) ([]string, error) {
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(filepath.Dir(p)))
	}
	d.calls = append(d.calls, "files "+strings.Join(names, ","))
	return names, d.err
}

func (d *desk) Import(path string) (state.Import, error) {
	d.calls = append(d.calls, "import "+filepath.Base(path))
	return d.imported, d.err
}

func (d *desk) Demo() (string, error) {
	d.calls = append(d.calls, "demo")
	return "demo", d.err
}

func (d *desk) SetContent(text string) { d.copied = text }

func (d *desk) work(task func() func()) {
	if d.hold {
		d.finished = append(d.finished, task)
		return
	}
	task()()
}

func (d *desk) told() string {
	told := strings.Join(d.calls, "; ")
	d.calls = nil
	return told
}

func (d *desk) options() Options {
	return Options{
		Trust: d, Add: d, Work: d.work, Clipboard: d, Now: d.now,
		Pick:     func(func(string)) { d.calls = append(d.calls, "pick") },
		PickFile: func(done func(string)) { done("/etc/nginx/nginx.conf") },
		Done:     func(name string) { d.calls = append(d.calls, "done "+name) },
		Skip:     func() { d.calls = append(d.calls, "skip") },
	}
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Dark, Locale: words.Language()}))
	return &desk{t: t, stores: []state.Store{
		{Name: "system", Where: "/usr/local/share/ca-certificates", State: state.NotTrusted},
		{Name: "chromium", Where: "~/.local/share/pki/nssdb", State: state.NotTrusted},
		{Name: "firefox/4xkd1a2b.default-esr", Where: "~/.config/mozilla/firefox/4xkd1a2b.default-esr", State: state.NotTrusted},
		{Name: "java", State: state.Absent, Reason: "there is no Java"},
	}}
}

func (d *desk) state() *state.State {
	return &state.State{Trust: state.Trust{Authority: "Culvert CA 3F:A2:91", Checked: true, Stores: d.stores}}
}

func open(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1280, 800))
	return w
}

func TestOneButtonCreatesAndTrusts(t *testing.T) {
	d := newDesk(t)
	p := New(d.options())
	open(t, p.Content())
	p.Show(d.state())
	d.hold = true
	test.Tap(p.trust.all)
	test.Tap(p.trust.all)
	if len(d.finished) != 1 || !p.trust.all.Disabled() {
		t.Errorf("%d changes are under way", len(d.finished))
	}
	d.finished[0]()()
	if told := d.told(); told != "trust " {
		t.Errorf("told %q", told)
	}
	if !p.trust.authority.complete() || p.trust.all.Visible() || p.trust.none.Visible() {
		t.Error("the card does not show that all stores trust the CA")
	}
	if p.trust.opened {
		t.Error("stores without trouble are unfolded")
	}
}

func TestAStoreThatCannotShowsTheCommandToCopy(t *testing.T) {
	d := newDesk(t)
	p := New(d.options())
	open(t, p.Content())
	p.Show(d.state())
	d.stores[0].State = state.Cannot
	d.stores[0].Reason = "changing the system's certificates takes root, and nobody can be asked here"
	d.stores[0].Fix = "run: sudo cp ca.pem /usr/local/share/ca-certificates/culvert.crt && sudo update-ca-certificates"
	p.Show(d.state())
	if p.trust.opened {
		t.Error("trouble is unfolded before the user has asked for anything")
	}
	test.Tap(p.trust.all)
	if !p.trust.opened {
		t.Fatal("the stores are not unfolded")
	}
	for _, b := range buttons(t, p.trust.stores.content) {
		if b.Text() == words.T("welcome.copy") {
			test.Tap(b)
		}
	}
	if want := strings.TrimPrefix(d.stores[0].Fix, "run: "); d.copied != want {
		t.Errorf("copied %q", d.copied)
	}
	d.told()
	for _, b := range buttons(t, p.trust.stores.content) {
		if b.Text() == words.T("welcome.again") {
			test.Tap(b)
		}
	}
	if told := d.told(); told != "trust system" {
		t.Errorf("told %q", told)
	}
}

// buttons returns the buttons in o.
func buttons(t *testing.T, o fyne.CanvasObject) (all []*look.Button) {
	switch o := o.(type) {
	case *look.Button:
		return []*look.Button{o}
	case *fyne.Container:
		for _, c := range o.Objects {
			all = append(all, buttons(t, c)...)
		}
	case fyne.Widget:
		for _, c := range test.TempWidgetRenderer(t, o).Objects() {
			all = append(all, buttons(t, c)...)
		}
	}
	return all
}

func TestNothingIsChangedForWhoDoesNotWantIt(t *testing.T) {
	d := newDesk(t)
	p := New(d.options())
	p.Show(d.state())
	test.Tap(p.trust.none)
	if told := d.told(); told != "skip" {
		t.Errorf("told %q", told)
	}
}

func TestAnAddressBecomesAProject(t *testing.T) {
	d := newDesk(t)
	p := NewAdd(d.options())
	w := open(t, p.Content())
	p.Show(&state.State{Projects: []state.Project{{Name: "backend-8083"}}})
	p.Focus(w.Canvas())
	test.Type(p.add.field, "localhost:x")
	p.add.field.OnSubmitted("")
	if got := p.add.field.Problem(); got != words.T("welcome.mistake.portNumber") {
		t.Errorf("the field says %q", got)
	}
	p.add.field.SetText("")
	test.Type(p.add.field, "8083")
	if hint := p.add.hint.Text(); !strings.Contains(hint, "backend-8083-2") || !strings.Contains(hint, "ws://127.0.0.1:8083") {
		t.Errorf("the hint says %q", hint)
	}
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if told := d.told(); told != "address backend-8083-2 ws://127.0.0.1:8083; done backend-8083-2" {
		t.Errorf("told %q", told)
	}
	d.err = errors.New("port 8083 is the tunnel's own\x1b[0m")
	p.add.field.SetText("8083")
	test.Tap(p.add.add)
	if got := p.add.field.Problem(); got != "port 8083 is the tunnel's own\uFFFD[0m" {
		t.Errorf("the field says %q", got)
	}
}

func TestDropsAreSearchedForProjectFiles(t *testing.T) {
	d := newDesk(t)
	p := New(d.options())
	open(t, p.Content())
	root := tree(t, "chat/culvert.toml", "Web Chat/main.go", "chat.go", "nginx.conf")
	p.Drop([]string{filepath.Join(root, "chat")})
	if told := d.told(); told != "files chat; done chat" {
		t.Errorf("told %q", told)
	}
	p.Drop([]string{filepath.Join(root, "chat.go")})
	if got := p.add.field.Problem(); !strings.Contains(got, "chat.go") {
		t.Errorf("the field says %q", got)
	}
	p.Drop([]string{filepath.Join(root, "nginx.conf")})
	if told := d.told(); told != "import nginx.conf" {
		t.Errorf("told %q", told)
	}
	for _, path := range []string{"nginx.conf", "chat"} {
		p.add.field.SetText(filepath.Join(root, path) + " ")
		test.Tap(p.add.add)
	}
	if told := d.told(); told != "import nginx.conf; files chat; done chat" {
		t.Errorf("pasted paths told %q", told)
	}
	p.Drop([]string{filepath.Join(root, "Web Chat")})
	if hint := p.add.hint.Text(); !strings.Contains(hint, "no culvert.toml in Web Chat") || p.add.field.Problem() != "" {
		t.Errorf("the hint says %q", hint)
	}
	p.add.field.SetText(":8083")
	test.Tap(p.add.add)
	if told := d.told(); told != "address web-chat ws://127.0.0.1:8083; done web-chat" {
		t.Errorf("told %q", told)
	}
}

// carried is what a configuration became.
func carried() state.Import {
	return state.Import{
		From: "/etc/nginx/nginx.conf",
		Projects: []state.Imported{
			{Name: "chat", File: "/etc/nginx/chat.toml", Notes: []state.ImportNote{
				{Kind: state.Careful, Places: "chat.conf:7", Directive: "auth_basic_user_file /etc/nginx/htpasswd;", Why: "passwords are not read from files"},
				{Kind: state.NotCarried, Places: "chat.conf:12,14", Directive: "proxy_buffer_size 8k;", Why: "buffers are not configured"},
				{Kind: state.NotCarried, Places: "chat.conf:20", Directive: "gzip on;", Why: "answers are passed as they are"},
			}},
			{Name: "admin", File: "/etc/nginx/admin.toml"},
		},
		Notes: []state.ImportNote{{Kind: state.Insecure, Places: "nginx.conf:3", Directive: "ssl_protocols SSLv3 TLSv1;", Why: "SSLv3 is broken"}},
	}
}

func TestAnImportTellsWhatBecameOfTheConfiguration(t *testing.T) {
	d := newDesk(t)
	d.imported = carried()
	p := NewAdd(d.options())
	open(t, p.Content())
	press := func(text string) {
		t.Helper()
		for _, o := range test.LaidOutObjects(p.Content()) {
			if b, ok := o.(*look.Button); ok && b.Text() == text {
				test.Tap(b)
				return
			}
		}
		t.Fatalf("there is no button %q", text)
	}
	press("Import an nginx configuration…")
	var shown []string
	kinds := 0
	for _, o := range test.LaidOutObjects(p.add.report) {
		if _, ok := o.(*look.State); ok {
			kinds++
		}
		if d, ok := o.(interface {
			Describe() (role, text, state string)
		}); ok {
			_, text, _ := d.Describe()
			shown = append(shown, text)
		}
	}
	all := strings.Join(shown, "\n")
	for _, want := range []string{
		"chat", "/etc/nginx/chat.toml", "Not carried over", "proxy_buffer_size 8k;", "chat.conf:12,14", "buffers are not configured",
		"For no single project", "SSLv3 is broken", "The projects are off.",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	if kinds != 3 {
		t.Errorf("%d headings of kinds, want 3", kinds)
	}
	press("Copy the list")
	if want := "  Not carried over: chat.conf:20 gzip on;: answers are passed as they are\n"; !strings.Contains(d.copied, want) {
		t.Errorf("copied\n%s", d.copied)
	}
	d.told()
	press("Show")
	if told := d.told(); told != "done chat" {
		t.Errorf("told %q", told)
	}
	d.err = errors.New("nginx.conf:3: unexpected }")
	press("Import an nginx configuration…")
	if p.add.report.Visible() || p.add.field.Problem() != d.err.Error() {
		t.Errorf("after an import that failed the field says %q", p.add.field.Problem())
	}
}

func TestStoresAreCalledAsPeopleCallThem(t *testing.T) {
	for name, want := range map[string]string{
		"system": "System", "chromium": "Chromium, Chrome, Edge", "firefox": "Firefox",
		"firefox/4xkd1a2b.default-esr": "Firefox · default-esr", "firefox/plain": "Firefox · plain",
		"guix\x1b/x": "guix\uFFFD · x", "java/17.0.9": "Java · 17.0.9", "environment": "Node, Python, git, Deno",
		"firefox-policies": "Firefox, by policy", "chromium-old": "Chromium, in its older place", "macos-system": "macOS, for all users",
	} {
		if got := StoreTitle(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

func TestAKindIsTrustedIfAllOfItAre(t *testing.T) {
	got := kinds([]state.Store{
		{Name: "system", State: state.Absent},
		{Name: "firefox/a", State: state.Absent},
		{Name: "firefox/b", State: state.Trusted},
		{Name: "chromium", State: state.Trusted},
		{Name: "chromium/x", State: state.NotTrusted},
		{Name: "firefox-policies", State: state.Absent},
		{Name: "environment", State: state.ByEnvironment},
	})
	want := []state.StoreState{state.Absent, state.Trusted, state.NotTrusted}
	for i := range want {
		if len(got) != len(want) || got[i].State != want[i] {
			t.Fatalf("got %v", got)
		}
	}
}

// TestPictures keeps pictures of what there is to look at.
func TestPictures(t *testing.T) {
	looktest.Need(t)
	for name, appearance := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		d := newDesk(t)
		fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance, Locale: words.Language()}))
		snap := func(what string, w fyne.Window) {
			looktest.Keep(t, w, "welcome-"+what+"-"+name)
		}
		p := New(d.options())
		w := open(t, p.Content())
		p.Show(d.state())
		snap("start", w)
		d.stores[0].State = state.Cannot
		d.stores[0].Reason = "changing the system's certificates takes root, and nobody can be asked here"
		d.stores[0].Fix = "run: sudo cp ca.pem /usr/local/share/ca-certificates/culvert.crt && sudo update-ca-certificates"
		d.stores[1].Restart = "Chromium"
		test.Tap(p.trust.all)
		p.Show(d.state())
		p.trust.authority.trust.Stores[1].State = state.Trusted
		p.trust.refresh()
		p.add.field.SetText("localhost:x")
		test.Tap(p.add.add)
		snap("trouble", w)
		p.trust.opened = false
		d.stores[0].State, d.stores[0].Reason, d.stores[0].Fix = state.Trusted, "", ""
		d.stores[1].State, d.stores[2].State = state.Trusted, state.Trusted
		p.Show(d.state())
		p.add.field.SetText("8083")
		snap("done", w)
		d.imported = carried()
		a := NewAdd(d.options())
		w = open(t, a.Content())
		a.Drop([]string{filepath.Join(tree(t, "nginx.conf"), "nginx.conf")})
		snap("imported", w)
	}
}
