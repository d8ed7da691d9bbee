package tray

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"culvert/ui/look/looktest"
	"culvert/ui/state"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// draw returns a menu as lines: what a user would see of it.
func draw(items []Item) string {
	var b strings.Builder
	for _, item := range items {
		switch {
		case item.Label == "":
			b.WriteString("---")
		case item.Checkbox && item.Checked:
			b.WriteString("[x] " + item.Label)
		case item.Checkbox:
			b.WriteString("[ ] " + item.Label)
		case item.Disabled:
			b.WriteString("(" + item.Label + ")")
		default:
			b.WriteString(item.Label)
		}
		b.WriteByte('\n')
		for _, line := range strings.Split(strings.TrimSuffix(draw(item.Children), "\n"), "\n") {
			if line != "" {
				b.WriteString("  > " + line + "\n")
			}
		}
	}
	return b.String()
}

func example() *state.State {
	return &state.State{
		Projects: []state.Project{
			{
				Name: "web-chat", Group: "im", Switched: true, Serving: true, Health: state.On,
				URLs: []string{"https://web-chat.localhost:8443"},
			},
			{Name: "im_admin", Group: "im", Switched: true, Serving: true, Health: state.BackendDown, URLs: []string{"https://localhost:8444"}},
			{Name: "demo"},
		},
		Trust: state.Trust{Checked: true, Stores: []state.Store{{State: state.Trusted}, {State: state.Cannot}, {State: state.Absent}}},
	}
}

func TestAGroupCannotTurnTheMenuAround(t *testing.T) {
	s := &state.State{Projects: []state.Project{{Name: "chat", Group: "team\u202e\u200b"}}}
	for _, item := range Menu(s) {
		if strings.ContainsFunc(item.Label, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
			t.Errorf("the menu shows %q", item.Label)
		}
	}
}

func TestMenu(t *testing.T) {
	paused := example()
	paused.Paused = true
	for i := range paused.Projects {
		paused.Projects[i] = state.Project{Name: paused.Projects[i].Name}
	}
	spread := &state.State{Projects: []state.Project{
		{
			Name: "half", Switched: true, Serving: true, Health: state.Degraded,
			Routes: []state.Route{{Upstreams: []state.Upstream{{URL: "ws://a:1", Down: "refuses"}, {URL: "ws://b:1"}, {URL: "ws://c:1"}}}},
		},
		{Name: "open", Switched: true, Serving: true, Health: state.On, Exposed: []string{"0.0.0.0:8443"}},
		{Name: "shut", Exposed: []string{"0.0.0.0:8443"}, Guarded: true},
		{Name: "both", Switched: true, Serving: true, Health: state.BackendDown, Exposed: []string{"0.0.0.0:8443"}},
	}}
	for _, c := range []struct {
		name  string
		state *state.State
		want  string
	}{
		{"a project says how many of its backends are gone, and that other machines reach it", spread, `
Open Culvert
---
[x] half · 1 of 3 backends down
[x] ⚠ open · open to other machines
[ ] ⚠ shut · reachable, others refused
[x] ⚠ both · backend down · open to other machines
---
Trust…
Pause all
---
Quit Culvert
`},
		{"a new user's menu says that there are no projects", &state.State{}, `
Open Culvert
---
(No projects yet)
---
Trust…
(Pause all)
---
Quit Culvert
`},
		{"projects stand below their groups, with their trouble in words", example(), `
Open Culvert
---
(IM)
[x] web-chat
[x] im_admin · backend down
(OTHER)
[ ] demo
---
Copy address
  > web-chat   wss://web-chat.localhost:8443
  > im_admin   wss://localhost:8444
Open in browser
  > web-chat   https://web-chat.localhost:8443
  > im_admin   https://localhost:8444
---
CA trusted by 1 of 2 stores
Pause all
---
Quit Culvert
`},
		{"what is paused can be resumed", paused, `
Open Culvert
---
[ ] web-chat
[ ] im_admin
[ ] demo
---
CA trusted by 1 of 2 stores
Resume all
---
Quit Culvert
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := draw(Menu(c.state)); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

func TestIcon(t *testing.T) {
	trusted := state.Trust{Checked: true, Stores: []state.Store{{State: state.Trusted}}}
	untrusted := state.Trust{Checked: true, Stores: []state.Store{{State: state.NotTrusted}}}
	on := state.Project{Switched: true, Serving: true, Health: state.On}
	for _, c := range []struct {
		name  string
		state state.State
		want  Icon
	}{
		{"nothing is on", state.State{Trust: trusted, Projects: []state.Project{{}}}, IconOff},
		{"a project is on", state.State{Trust: trusted, Projects: []state.Project{{}, on}}, IconOn},
		{"a port is taken", state.State{Trust: trusted, Projects: []state.Project{on, {Switched: true, Health: state.PortTaken}}}, IconAttention},
		{
			"one of several backends is down, and the others do its work",
			state.State{Trust: trusted, Projects: []state.Project{{Switched: true, Serving: true, Health: state.Degraded}}},
			IconOn,
		},
		{"no store trusts the CA", state.State{Trust: untrusted, Projects: []state.Project{on}}, IconAttention},
		{"nobody has looked at the stores yet", state.State{Projects: []state.Project{on}}, IconOn},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := IconOf(&c.state); got != c.want {
				t.Errorf("icon %v, want %v", got, c.want)
			}
		})
	}
}

// recorder is a host that counts what it is told.
type recorder struct{ icons, menus int }

func (r *recorder) SetIcon(Icon)   { r.icons++ }
func (r *recorder) SetMenu([]Item) { r.menus++ }

func TestAHostIsToldOnlyWhatDiffers(t *testing.T) {
	var r recorder
	tray := New(&r)
	s := example()
	tray.Show(s)
	tray.Show(example())
	if r != (recorder{icons: 1, menus: 1}) {
		t.Errorf("the same state twice: %+v", r)
	}
	s.Projects[2].Switched = true
	tray.Show(s)
	if r != (recorder{icons: 1, menus: 2}) {
		t.Errorf("a switch turned: %+v", r)
	}
	s.Trust.Stores = []state.Store{{State: state.NotTrusted}}
	s.Projects[1].Health = state.On
	tray.Show(s)
	if r != (recorder{icons: 1, menus: 3}) {
		t.Errorf("still attention, another reason: %+v", r)
	}
}

func TestAnEndingAuthorityIsToldInTheMenu(t *testing.T) {
	s := example()
	s.Trust.Expiring, s.Trust.Until = true, time.Date(2027, 1, 1, 12, 0, 0, 0, time.Local)
	for _, item := range Menu(s) {
		if item.Action.Verb == OpenTrust && item.Label != "The CA ends on 2027-01-01…" {
			t.Errorf("the menu says %q", item.Label)
		}
	}
}
