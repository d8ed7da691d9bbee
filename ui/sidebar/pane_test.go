package sidebar

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// desk is a sidebar in a window, and what it has reported.
type desk struct {
	*Pane
	window fyne.Window
	counts map[string]int64
	calls  []string
}

func (d *desk) Frames(project string) int64 { return d.counts[project] }

func (d *desk) told() string {
	told := strings.Join(d.calls, "; ")
	d.calls = nil
	return told
}

func newDesk(t testing.TB, height float32) *desk {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Dark}))
	d := &desk{counts: make(map[string]int64)}
	note := func(what string) func(string) {
		return func(name string) { d.calls = append(d.calls, what+" "+name) }
	}
	d.Pane = New(Options{
		Counter: d,
		Switch: func(on bool, names ...string) {
			d.calls = append(d.calls, "switch "+strconv.FormatBool(on)+" "+strings.Join(names, ","))
		},
		Select: note("select"), Open: note("open"), Edit: note("edit"), Copy: note("copy"), Browse: note("browse"), Isolate: note("isolate"),
		Reveal: note("reveal"), Duplicate: note("duplicate"), Remove: note("remove"),
		Owns:     func(file string) bool { return strings.Contains(file, "/state/") },
		Add:      func() { note("add")("") },
		Settings: func() { note("settings")("") },
		Trust:    func() { note("trust")("") },
	})
	d.window = test.NewTempWindow(t, d.Content())
	d.window.SetPadded(false)
	d.window.Resize(fyne.NewSize(248, height))
	return d
}

func served(name, group string, port string) state.Project {
	return state.Project{
		Name: name, Group: group, File: "/home/dev/" + name + "/culvert.toml", Switched: true, Serving: true,
		Health: state.On, Listen: []string{"127.0.0.1:" + port}, URLs: []string{"https://" + name + ".localhost:" + port},
	}
}

// sample is the projects of the design pictures.
func sample() *state.State {
	admin := served("im-admin", "im", "8444")
	admin.Health = state.BackendDown
	orders := served("orders", "trading", "8446")
	orders.Health, orders.Switched, orders.Serving, orders.URLs = state.Off, false, false, nil
	taken := served("a-project-with-quite-a-long-name", "", "8447")
	taken.Health, taken.Serving, taken.URLs = state.PortTaken, false, nil
	demo := served("demo", "", "8440")
	demo.Demo, demo.File = true, ""
	return &state.State{
		Projects: []state.Project{
			served("web-chat", "im", "8443"), admin, served("ticker", "trading", "8443"), orders, taken, demo,
		},
		Trust: state.Trust{Checked: true, Stores: []state.Store{{State: state.Trusted}, {State: state.Trusted}}},
	}
}

// traffic lets time pass with that many frames for a project in each half second.
func (d *desk) pass(project string, frames ...int64) {
	now := d.sampled
	if now.IsZero() {
		now = time.Unix(1, 0)
		d.Tick(now)
	}
	for _, n := range frames {
		d.counts[project] += n
		now = now.Add(period)
		d.Tick(now)
	}
}

func (d *desk) key(name fyne.KeyName) { d.list.TypedKey(&fyne.KeyEvent{Name: name}) }

// tap taps the row of a project at x.
func (d *desk) tap(t *testing.T, project string, x float32) {
	t.Helper()
	v := d.list.view(project)
	if v == nil {
		t.Fatalf("%s is not in view", project)
	}
	test.TapAt(v, fyne.NewPos(x, 10))
}

func TestASwitchActsAtOnce(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	d.tap(t, "orders", 20)
	if told := d.told(); told != "switch true orders" {
		t.Errorf("told %q", told)
	}
	if !d.list.view("orders").project.Switched {
		t.Error("the switch has not moved")
	}
	d.Show(sample())
	if d.list.view("orders").project.Switched {
		t.Error("the switch does not show what came of it")
	}
}

func TestAGroupIsSwitchedTogether(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	heading := d.list.headings[1]
	test.TapAt(heading, fyne.NewPos(230, 16))
	if told := d.told(); told != "switch true ticker,orders" {
		t.Errorf("told %q", told)
	}
	test.TapAt(heading, fyne.NewPos(230, 16))
	if told := d.told(); told != "switch false ticker,orders" {
		t.Errorf("told %q", told)
	}
	test.TapAt(heading, fyne.NewPos(30, 16))
	if told := d.told(); told != "" {
		t.Errorf("a tap on the name told %q", told)
	}
}

func TestTheKeyboardDoesWhatThePointerDoes(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	d.window.Canvas().Focus(d.list)
	for _, c := range []struct {
		key  fyne.KeyName
		want string
	}{
		{fyne.KeyDown, "select web-chat"},
		{fyne.KeyDown, "select im-admin"},
		{fyne.KeyEnd, "select demo"},
		{fyne.KeyUp, "select a-project-with-quite-a-long-name"},
		{fyne.KeyHome, "select web-chat"},
		{fyne.KeyUp, ""},
		{fyne.KeySpace, "switch false web-chat"},
		{fyne.KeyReturn, "open web-chat"},
		{fyne.KeyDelete, ""},
		{fyne.KeyEscape, ""},
		{fyne.KeyDelete, ""},
		{fyne.KeyReturn, "remove web-chat"},
		{fyne.KeyReturn, "open web-chat"},
	} {
		d.key(c.key)
		if told := d.told(); told != c.want {
			t.Errorf("%s told %q, want %q", c.key, told, c.want)
		}
	}
}

func TestKeysThatMeanNothingToTheListAreTheWindows(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	d.Select("web-chat")
	var left []fyne.KeyName
	d.window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { left = append(left, e.Name) })
	d.window.Canvas().Focus(d.list)
	for _, k := range []fyne.KeyName{fyne.KeyF1, fyne.KeyDelete, fyne.KeyEscape, fyne.KeyEscape} { // the first Esc is the question's
		d.key(k)
	}
	if !slices.Equal(left, []fyne.KeyName{fyne.KeyF1, fyne.KeyEscape}) {
		t.Errorf("the window was left %q", left)
	}
}

func TestRemovingAsksAndSaysWhatBecomesOfTheFile(t *testing.T) {
	d := newDesk(t, 600)
	s := sample()
	s.Projects[3].File = "/home/dev/.local/state/culvert/orders.toml"
	d.Show(s)
	for name, want := range map[string]string{
		"web-chat": "culvert.toml stays in web-chat", "orders": "deletes it too", "demo": "built-in demo",
	} {
		d.askRemove(name)
		if told := d.list.confirm.told; !strings.Contains(told, want) {
			t.Errorf("removing %s says %q, want %q", name, told, want)
		}
		if !d.list.confirm.Visible() || d.told() != "" {
			t.Errorf("removing %s was not asked about", name)
		}
	}
	d.askRemove("demo")
	s.Projects = s.Projects[:5] // demo has gone by other ways
	d.Show(s)
	if d.removing != "" {
		t.Error("the question outlives its project")
	}
}

func TestTheMenuOffersWhatIsPossible(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	for name, want := range map[string]string{
		"web-chat": "Switch off,Copy address,Open in browser,Open in an isolated browser,Edit…,Duplicate…,Show file in its folder,Remove…",
		"orders":   "Switch on,Edit…,Duplicate…,Show file in its folder,Remove…",
		"demo":     "Switch off,Copy address,Open in browser,Open in an isolated browser,Remove…",
	} {
		var possible []string
		for _, i := range d.menu(d.find(name)).Items {
			if !i.IsSeparator && !i.Disabled {
				possible = append(possible, i.Label)
			}
		}
		if got := strings.Join(possible, ","); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func TestRowsAreUsedAgainWhereThereAreManyProjects(t *testing.T) {
	d := newDesk(t, 600)
	s := &state.State{}
	for i := range 200 {
		s.Projects = append(s.Projects, served("p"+strconv.Itoa(1000+i), "group "+strconv.Itoa(i/20), "8443"))
	}
	d.Show(s)
	d.window.Canvas().Focus(d.list)
	for range 250 {
		d.key(fyne.KeyDown)
		if d.list.view(d.selected) == nil {
			t.Fatalf("%s is selected, but not in view", d.selected)
		}
	}
	if d.selected != "p1199" {
		t.Errorf("%s is selected", d.selected)
	}
	if n := len(d.list.projects); n > 14 {
		t.Errorf("%d rows for a window of 600 units", n)
	}
	d.pass("p1199", 5, 5, 5)
	if got := d.list.view("p1199").rate.Text(); got != "10/s" {
		t.Errorf("the rate is %q", got)
	}
	d.pass("p1000", 7, 7)
	d.key(fyne.KeyHome)
	if got := d.list.view("p1000").rate.Text(); got != "14/s" {
		t.Errorf("a row that came into view shows the rate %q", got)
	}
	d.window.Resize(fyne.NewSize(248, 1200))
	if last := d.list.shown[len(d.list.shown)-1]; last.Position().Y+last.Size().Height < d.list.scroll.Size().Height {
		t.Error("a window that grows shows nothing below")
	}
	test.Scroll(d.window.Canvas(), fyne.NewPos(100, 400), 0, -3000)
	if d.list.view("p1000") != nil || d.list.view("p1070") == nil {
		t.Errorf("the wheel leads to %s", d.list.projects[0].project.Name)
	}
	s.Projects = s.Projects[:3]
	d.Show(s)
	if len(d.list.shown) != 4 {
		t.Errorf("%d rows are shown for three projects and a heading", len(d.list.shown))
	}
}

func TestTickAllocatesNothingAtRest(t *testing.T) {
	d := newDesk(t, 600)
	d.Show(sample())
	d.pass("ticker", 5)
	d.pass("ticker", make([]int64, samples+2)...)
	now := d.sampled
	if n := testing.AllocsPerRun(50, func() { now = now.Add(period); d.Tick(now) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// balanced is a project on all networks with three backends, one of them gone.
func balanced() state.Project {
	p := served("cluster", "im", "8445")
	p.Health, p.Exposed = state.Degraded, []string{"0.0.0.0:8445"}
	p.Routes = []state.Route{{Path: "/", Upstreams: []state.Upstream{
		{URL: "ws://127.0.0.1:8083"}, {URL: "ws://127.0.0.1:8093", Down: "127.0.0.1:8093 refuses connections"}, {URL: "ws://127.0.0.1:8103"},
	}}}
	return p
}

func TestARowSaysWhatElseIsToBeKnown(t *testing.T) {
	d := newDesk(t, 600)
	quiet := served("web-chat", "im", "8443")
	d.Show(&state.State{Projects: []state.Project{balanced(), quiet}})
	_, text, _ := d.list.view("cluster").Describe()
	if want := "cluster · on · wss://cluster.localhost:8445 · 1 of 3 backends down · open to other machines"; text != want {
		t.Errorf("the row says %q, want %q", text, want)
	}
	if _, text, _ := d.list.view("web-chat").Describe(); text != "web-chat · on · wss://web-chat.localhost:8443" {
		t.Errorf("the row of a project that is well says %q", text)
	}
	shut := balanced()
	shut.Name, shut.Guarded, shut.Health = "shut", true, state.On
	d.Show(&state.State{Projects: []state.Project{balanced(), quiet, shut}})
	if _, text, _ := d.list.view("shut").Describe(); !strings.HasSuffix(text, " · reachable, others refused") {
		t.Errorf("the row of a project that lets nobody in says %q", text)
	}
	high, low := d.list.view("cluster").Size().Height, d.list.view("web-chat").Size().Height
	if high <= low {
		t.Errorf("the row is %v high, and the row without notes %v", high, low)
	}
	if !d.list.view("cluster").spark.Visible() {
		t.Error("the traffic of a project that works is hidden")
	}
}

func TestAddressesAreWhereClientsGo(t *testing.T) {
	for want, p := range map[string]state.Project{
		"wss://web-chat.localhost:8443": served("web-chat", "", "8443"),
		"wss://localhost:8446":          {Listen: []string{"127.0.0.1:8446"}},
		"wss://192.168.1.4:8446":        {Listen: []string{"192.168.1.4:8446"}},
		"→ ws://127.0.0.1:8083":         {Listen: []string{"127.0.0.1:0"}, Routes: []state.Route{{Path: "/", To: "ws://127.0.0.1:8083"}}},
		"":                              {},
	} {
		if got := addressOf(&p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheTrustPillCountsStores(t *testing.T) {
	d := newDesk(t, 600)
	for want, trust := range map[string]state.Trust{
		"CA not checked yet":   {},
		"No trust store found": {Checked: true, Stores: []state.Store{{}}},
		"CA not trusted":       {Checked: true, Stores: []state.Store{{State: state.NotTrusted}}},
		"CA trusted · 1 of 2 stores": {
			Checked: true, Stores: []state.Store{{State: state.Trusted}, {State: state.Cannot}, {State: state.Absent}},
		},
		"CA trusted · 1 of 1 store": {Checked: true, Stores: []state.Store{{State: state.Trusted}}},
	} {
		d.Show(&state.State{Trust: trust})
		if got := d.pill.AccessibilityLabel(); got != want {
			t.Errorf("the pill says %q, want %q", got, want)
		}
	}
	test.Tap(d.pill)
	if told := d.told(); told != "trust " {
		t.Errorf("told %q", told)
	}
}

// TestPictures keeps pictures of what there is to look at.
func TestPictures(t *testing.T) {
	looktest.Need(t)
	for name, appearance := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		d := newDesk(t, 700)
		fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance, Locale: words.Language()}))
		snap := func(what string) {
			looktest.Keep(t, d.window, "sidebar-"+what+"-"+name)
		}
		d.Show(&state.State{})
		snap("empty")
		s := sample()
		s.Projects = slices.Insert(s.Projects, 1, balanced())
		d.Show(s)
		d.Select("web-chat")
		d.pass("web-chat", 3, 4, 9, 2, 2, 5, 7, 12, 4, 2, 0, 8, 12, 13, 3, 5)
		d.pass("ticker", 3, 400, 9, 200, 200, 5000, 7000, 12, 4000, 2000, 0, 800, 1200, 13000, 9000, 15000)
		d.list.view("ticker").MouseIn(&desktop.MouseEvent{})
		snap("full")
		d.window.Canvas().Focus(d.list)
		d.askRemove("im-admin")
		d.list.headings[1].MouseIn(&desktop.MouseEvent{})
		snap("remove")
	}
}
