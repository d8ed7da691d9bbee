package inspector

import (
	"io"
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

// desk is a window with a pane, and what was asked of it.
type desk struct {
	t      testing.TB
	pane   *Pane
	window fyne.Window
	now    time.Time

	copied, opened []string
	switched       []bool
	edited         []string
	drafts         []*Draft
	saved          map[string]*file
	store          memory
	doctor         doctor
}

// doctor is a page that only counts.
type doctor struct {
	page     *look.Button
	of       string
	opened   []string
	examined int
	troubles int64
}

func (d *doctor) Content() fyne.CanvasObject { return d.page }
func (d *doctor) Open()                      { d.opened = append(d.opened, d.of) }
func (d *doctor) Examine()                   { d.examined++ }
func (d *doctor) First() fyne.Focusable      { return d.page }
func (d *doctor) Troubles(string) int64      { return d.troubles }

func (d *doctor) Show(p *state.Project) {
	if d.of = ""; p != nil {
		d.of = p.Name
	}
}

// file is an export.
type file struct {
	data   []byte
	closed bool
}

func (f *file) Write(p []byte) (int, error) { f.data = append(f.data, p...); return len(p), nil }
func (f *file) Close() error                { f.closed = true; return nil }

// memory is a Store.
type memory map[string]any

func (m memory) Get(key string, into any) bool {
	v, ok := m[key]
	if !ok {
		return false
	}
	switch into := into.(type) {
	case *bool:
		*into = v.(bool)
	case *int:
		*into = v.(int)
	case *float32:
		*into = v.(float32)
	case *map[string]float32:
		*into = v.(map[string]float32)
	}
	return true
}
func (m memory) Set(key string, v any) { m[key] = v }

func newDesk(t testing.TB, now time.Time, appearance look.Appearance) *desk {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance, Locale: words.Language()}))
	d := &desk{t: t, now: now, saved: map[string]*file{}, store: memory{}}
	d.doctor.page = look.NewButton("", look.Plain, nil)
	d.pane = New(d.options())
	t.Cleanup(d.pane.Close)
	d.window = test.NewTempWindow(t, look.Back("background", d.pane.Content()))
	d.window.SetPadded(false)
	d.window.Resize(fyne.NewSize(1032, 800))
	return d
}

func (d *desk) options() Options {
	return Options{
		Work:      func(task func() func()) { task()() },
		Store:     d.store,
		Clipboard: func(text string) { d.copied = append(d.copied, text) },
		OpenURL:   func(url string) { d.opened = append(d.opened, url) },
		Switch:    func(_ *state.Project, on bool) { d.switched = append(d.switched, on) },
		Edit:      func(p *state.Project) { d.edited = append(d.edited, p.Name) },
		Compose:   func(_ *state.Project, draft *Draft) { d.drafts = append(d.drafts, draft) },
		SaveAs: func(name string, done func(io.WriteCloser, error)) {
			f := &file{}
			d.saved[name] = f
			done(f, nil)
		},
		Doctor:  &d.doctor,
		Version: "1.2.3",
		Now:     func() time.Time { return d.now },
	}
}

// tick shows what has come by now, figures included.
func (d *desk) tick() {
	d.now = d.now.Add(time.Second)
	d.pane.Tick(d.now)
}

// until ticks until something is so: the models search on goroutines of their own.
func (d *desk) until(what string, is func() bool) {
	d.t.Helper()
	for range 5000 {
		d.tick()
		if is() {
			d.tick() // takes over what was found last
			return
		}
		time.Sleep(time.Millisecond)
	}
	d.t.Fatalf("it never came: %s", what)
}

// show shows the project with what a sample recorded, and waits until all of it has been looked at.
func (d *desk) show(s *sample) {
	d.t.Helper()
	d.pane.Show(webChat(), s.log)
	problems := len(s.all("is:problem"))
	d.until("the problems", func() bool { return d.pane.view.list.Problems() == problems })
}

// choose selects a row as a click does.
func (d *desk) choose(id int64) {
	d.pane.frames.table.Select(id)
	d.pane.frames.table.OnSelected(id)
}

// shoot checks that all that the window shows has its words, and keeps a picture of it.
func (d *desk) shoot(name string) { d.shootAt(name, fyne.NewSize(1032, 800)) }

func (d *desk) shootAt(name string, size fyne.Size) {
	markup := strings.ReplaceAll(test.RenderObjectToMarkup(d.pane.Content()), `type="*inspector.`, "")
	if i := strings.Index(markup, "inspector."); i >= 0 {
		d.t.Errorf("%s shows a key: %.60s", name, markup[i:])
	}
	if !looktest.Looking() {
		return
	}
	// The driver of a real window lays out what has another size than before; this one when the window has.
	d.window.Resize(size.AddWidthHeight(1, 1))
	d.window.Resize(size)
	for range 4 { // glyphs are made a few at a time
		d.window.Canvas().Capture()
		d.tick()
	}
	looktest.Keep(d.t, d.window, name)
}

// TestPictures looks at every page.
func TestPictures(t *testing.T) {
	for name, a := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		t.Run(name, func(t *testing.T) {
			s := story(t, 12_000)
			d := newDesk(t, time.Now().Add(252*time.Second), a)
			d.shoot(name + "-none")
			d.show(s)
			d.choose(s.find(`"join"`))
			d.shoot(name + "-frames")
			d.choose(s.find("is:close conn:3"))
			d.shoot(name + "-close")
			d.pane.tabs.Select(tabSockets)
			d.pane.sockets.table.Select(3)
			d.pane.sockets.table.OnSelected(3)
			d.tick()
			d.shoot(name + "-sockets")
			d.pane.tabs.Select(tabRequests)
			id := s.find("is:http login")
			d.pane.requests.table.Select(id)
			d.pane.requests.table.OnSelected(id)
			d.tick()
			d.shoot(name + "-requests")
			d.pane.tabs.Select(tabEndpoints)
			d.shoot(name + "-endpoints")
			half := webChat()
			half.Health, half.Exposed = state.Degraded, []string{"0.0.0.0:8443"}
			half.Routes[0].Upstreams[1] = state.Upstream{URL: "ws://127.0.0.1:8093", Down: "dial tcp 127.0.0.1:8093: connect: connection refused"}
			half.Reason = half.Routes[0].Upstreams[1].Down
			d.pane.Show(half, s.log)
			d.shoot(name + "-degraded")
			d.pick("/favicon.ico")
			d.shoot(name + "-unrouted")
			d.pane.Show(webChat(), s.log)
			d.pane.filterBy("/[/ dir:in")
			d.until("the search", func() bool { return !d.pane.view.list.Searching() })
			d.shoot(name + "-literal")
			d.pane.filterBy("dir:sideways")
			d.tick()
			d.shoot(name + "-error")
			d.pane.clearFilter()
			d.tick()
			d.shootAt(name+"-narrow", fyne.NewSize(760, 560))
			waiting := newSample(t)
			d.pane.Show(webChat(), waiting.log)
			d.tick()
			d.shoot(name + "-waiting")
		})
	}
}

func TestPaneFitsIntoASmallWindow(t *testing.T) {
	d, _ := told(t, 30)
	if s := d.pane.Content().MinSize(); s.Width > 760 || s.Height > 400 {
		t.Errorf("it wants %v", s)
	}
}
