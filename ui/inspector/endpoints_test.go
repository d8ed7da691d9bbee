package inspector

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/state"
)

// written returns all that is written in an object, a line for each text.
func written(o fyne.CanvasObject) string {
	var lines []string
	for _, part := range test.LaidOutObjects(o) {
		if d, ok := part.(interface {
			Describe() (role, text, state string)
		}); ok {
			_, text, _ := d.Describe()
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

func TestEndpointsAreEveryURLWithEveryRoute(t *testing.T) {
	want := []endpoint{
		{"wss://web-chat.localhost:8443/ws", "ws://127.0.0.1:8083 · ws://127.0.0.1:8093"},
		{"https://web-chat.localhost:8443/app", "./dist"},
		{"wss://localhost:8443/ws", "ws://127.0.0.1:8083 · ws://127.0.0.1:8093"},
		{"https://localhost:8443/app", "./dist"},
	}
	if got := endpointsOf(webChat()); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestARouteOfOneAddressHasNoOthers(t *testing.T) {
	p := webChat()
	const own = "https://localhost:38889"
	p.URLs = append(p.URLs, own)
	p.Routes = append(p.Routes, state.Route{Path: "/ws", To: "ws://127.0.0.1:38888", URLs: []string{own}, Upstreams: []state.Upstream{{URL: "ws://127.0.0.1:38888"}}})
	others := "ws://127.0.0.1:8083 · ws://127.0.0.1:8093"
	want := []endpoint{
		{"wss://web-chat.localhost:8443/ws", others},
		{"wss://localhost:8443/ws", others},
		{"wss://localhost:38889/ws", "ws://127.0.0.1:38888"},
	}
	got := endpointsOf(p)
	got = slices.DeleteFunc(got, func(one endpoint) bool { return one.to == "./dist" })
	if !slices.Equal(got, want) {
		t.Errorf("of all routes: %q", got)
	}
	if got := addressesOf(p, &state.Endpoint{Path: "/ws", Route: "/ws"}); !slices.Equal(got, want) {
		t.Errorf("of the path: %q", got)
	}
}

func TestHostsOfURLs(t *testing.T) {
	got := hosts([]string{"https://a.localhost:8443", "https://[::1]:8443", "https://[::1]", "https://a.localhost"})
	if want := []string{"a.localhost", "[::1]"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestEndpointsFollowTheProject(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	if n := len(d.pane.endpoints.shown); n != 4 {
		t.Errorf("%d addresses", n)
	}
	off := *p
	off.URLs, off.Endpoints, off.Switched, off.Serving = nil, nil, false, false
	d.pane.Show(&off, log)
	if n := len(d.pane.endpoints.shown); n != 0 {
		t.Errorf("%d addresses of a project that is off", n)
	}
	if e := d.pane.endpoints; !e.none.Visible() || !strings.Contains(e.none.Text(), "web-chat is off") {
		t.Errorf("in the place of the paths is %q", e.none.Text())
	}
}

func TestACertificateOfTheProjectsOwnIsTold(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	if told := written(d.pane.endpoints.list); strings.Contains(told, "Certificate") {
		t.Errorf("the local CA's is told:\n%s", told)
	}
	own := *p
	own.Certificate = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
	d.pane.Show(&own, log)
	if told := written(d.pane.endpoints.list); !strings.Contains(told, "SHA-256 5e884898") || !strings.Contains(told, "The project brings it.") {
		t.Errorf("it is not told:\n%s", told)
	}
}

// pick selects a path as a click does.
func (d *desk) pick(path string) {
	d.t.Helper()
	e := d.pane.endpoints
	id := e.model.Find(path)
	if id == 0 {
		d.t.Fatalf("%s is not in the list", path)
	}
	e.table.Select(id)
	e.table.OnSelected(id)
}

func TestASelectedPathHasItsAddresses(t *testing.T) {
	for _, c := range []struct{ path, address, says string }{
		{"/ws", "wss://web-chat.localhost:8443/ws", "ws://127.0.0.1:8093"},
		{"/app/index.html", "https://web-chat.localhost:8443/app/index.html", "./dist"},
		{"/favicon.ico", "https://web-chat.localhost:8443/favicon.ico", "No route serves this path"},
	} {
		t.Run(c.path, func(t *testing.T) {
			d := newDesk(t, newSample(t).at, look.Dark)
			d.pane.Show(webChat(), newSample(t).log)
			d.pane.tabs.Select(tabEndpoints)
			d.pick(c.path)
			if got := d.pane.endpoints.shown[0].address; got != c.address {
				t.Errorf("its address is %q", got)
			}
			if text := written(d.pane.endpoints.list); !strings.Contains(text, c.says) {
				t.Errorf("nothing says %q:\n%s", c.says, text)
			}
			d.pane.copyText()
			if !slices.Equal(d.copied, []string{c.address}) {
				t.Errorf("copied %q", d.copied)
			}
			d.pane.endpoints.table.OnOpen(d.pane.endpoints.table.Selected())
			if got := d.pane.filter.query.Text; got != "path:"+c.path || d.pane.tabs.Selected() != tabFrames {
				t.Errorf("opening it filters by %q", got)
			}
		})
	}
}

func TestAPathStaysSelectedWhileOthersComeIn(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p, log := webChat(), newSample(t).log
	d.pane.Show(p, log)
	d.pick("/ws")
	more := *p
	more.Endpoints = append([]state.Endpoint{{Path: "/aaa"}}, p.Endpoints...)
	d.pane.Show(&more, log)
	e := d.pane.endpoints
	if one, _ := e.model.Endpoint(e.table.Selected()); one.Path != "/ws" || e.selected != "/ws" {
		t.Errorf("%q is selected", one.Path)
	}
	d.pane.Show(p, log)
	less := *p
	less.Endpoints = p.Endpoints[:1]
	d.pane.Show(&less, log)
	if e.table.Selected() != 0 || e.selected != "" || len(e.shown) != 4 {
		t.Errorf("a path that is gone is still selected: %q", e.selected)
	}
}

func TestTheOtherPathsAreNoTrouble(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p := webChat()
	p.Endpoints = append(p.Endpoints, state.Endpoint{Others: true, Path: "…", Requests: 7})
	d.pane.Show(p, newSample(t).log)
	d.pane.tabs.Select(tabEndpoints)
	d.pick("…")
	if text := written(d.pane.endpoints.list); strings.Contains(text, "No route") || !strings.Contains(text, "/ws") {
		t.Errorf("it says\n%s", text)
	}
	d.pane.endpoints.table.OnOpen(d.pane.endpoints.table.Selected())
	if d.pane.filter.query.Text != "" {
		t.Errorf("opening it filters by %q", d.pane.filter.query.Text)
	}
}

func TestAPathWithBlanksIsQuotedInAQuery(t *testing.T) {
	for path, want := range map[string]string{"/ws": "/ws", "/a b": `"/a b"`, `/a"b`: `"/a\"b"`} {
		if got := quoted(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestCountsFollowTheTraffic(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	s := newSample(t)
	asked := 0
	now := webChat()
	d.pane.o.Look = func(string) *state.Project {
		asked++
		fresh := *now
		return &fresh
	}
	d.pane.Show(webChat(), s.log)
	d.tick()
	d.tick()
	before := asked
	for range 5 {
		d.tick()
	}
	if asked != before {
		t.Errorf("asked %d times though nothing passes", asked-before)
	}
	s.open(false)
	now.Endpoints = slices.Clone(now.Endpoints)
	now.Endpoints[3].Open = 4
	d.tick()
	if one, _ := d.pane.endpoints.model.Endpoint(4); one.Open != 4 {
		t.Errorf("the list shows %d open sockets", one.Open)
	}
	d.tick()
	d.tick()
	if n := asked - before; n != 2 {
		t.Errorf("asked %d times for one change, want once and once afterwards", n)
	}
}
