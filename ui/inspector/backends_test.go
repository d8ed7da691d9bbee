package inspector

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/state"
)

// led is a project with a route for each place: an upstream, or something else.
func led(serving bool, to ...string) *state.Project {
	p := &state.Project{Serving: serving}
	for _, place := range to {
		r := state.Route{Path: "/", To: place}
		if strings.Contains(place, ":") {
			r.Upstreams = []state.Upstream{{URL: place}}
		}
		p.Routes = append(p.Routes, r)
	}
	return p
}

func TestBackendsAreToldShortly(t *testing.T) {
	for name, c := range map[string]struct {
		to   []string
		want string
	}{
		"none":                         {nil, ""},
		"one":                          {[]string{"ws://127.0.0.1:8083"}, "ws://127.0.0.1:8083"},
		"of one host by port":          {[]string{"ws://127.0.0.1:8083", "ws://127.0.0.1:8093"}, "ws://127.0.0.1:8083 · :8093"},
		"of several hosts in full":     {[]string{"ws://a:1", "ws://b:1"}, "ws://a:1 · ws://b:1"},
		"each once":                    {[]string{"ws://a:1", "http://b:2", "ws://a:1"}, "ws://a:1 · http://b:2"},
		"folders beside them left out": {[]string{"ws://a:1", "./dist"}, "ws://a:1"},
		"folders alone":                {[]string{"./dist"}, "./dist"},
		"a unix socket":                {[]string{"unix:/run/app.sock"}, "unix:/run/app.sock"},
	} {
		for _, serving := range []bool{true, false} {
			p := led(serving, c.to...)
			if !serving { // where nobody looked at the backends yet
				for i := range p.Routes {
					p.Routes[i].Upstreams = nil
				}
			}
			var texts []string
			for _, at := range places(p) {
				texts = append(texts, at.text)
			}
			if got := strings.Join(texts, " · "); got != c.want {
				t.Errorf("%s, served %t: %q, want %q", name, serving, got, c.want)
			}
		}
	}
}

func TestBackendsTellHowTheyAre(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	p := led(true, "ws://127.0.0.1:8083", "ws://127.0.0.1:8093", "ws://127.0.0.1:8103")
	p.Name, p.Health = "cluster", state.Degraded
	p.Routes[0].Upstreams[0].Connections = 1
	p.Routes[1].Upstreams[0].Down = "127.0.0.1:8093 refuses connections"
	p.Reason = p.Routes[1].Upstreams[0].Down
	d.pane.Show(p, newSample(t).log)
	if _, got, _ := d.pane.header.backends.Describe(); got != "ws://127.0.0.1:8083 (1 open) · :8093 (down) · :8103 (0 open)" {
		t.Errorf("the header says %q", got)
	}
	if _, got, _ := d.pane.trouble.state.Describe(); got != "1 of 3 backends down" {
		t.Errorf("the line below says %q", got)
	}
	if got := d.pane.trouble.reason.Text(); got != p.Reason {
		t.Errorf("and why: %q", got)
	}
	d.pane.endpoints.selected = "/"
	test.Tap(d.pane.header.backends)
	if d.pane.tabs.Selected() != tabEndpoints || d.pane.endpoints.selected != "" {
		t.Error("a tap on the backends does not show all of them")
	}
	if text := written(d.pane.endpoints.list); !strings.Contains(text, p.Reason) {
		t.Errorf("the page of the endpoints does not say why one is down:\n%s", text)
	}
}

func TestBackendsWithoutRoomAreCounted(t *testing.T) {
	b := newBackends(func() {})
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Dark}))
	w := test.NewTempWindow(t, b)
	b.show(led(true, "ws://127.0.0.1:8083", "ws://127.0.0.1:8093", "ws://127.0.0.1:8103", "ws://127.0.0.1:8113"))
	for width, want := range map[float32]string{900: "", 290: "+2", 90: "+3"} {
		w.SetPadded(false)
		w.Resize(fyne.NewSize(width, 30))
		r := test.WidgetRenderer(b).(*backendsRenderer)
		shown := ""
		if r.more.Visible() {
			shown = r.more.Text()
		}
		if shown != want {
			t.Errorf("%v wide: %q, want %q", width, shown, want)
		}
		for _, item := range r.items {
			if end := item.Position().X + item.Size().Width; item.Visible() && end > width {
				t.Errorf("%v wide: a backend ends at %v", width, end)
			}
		}
	}
}
