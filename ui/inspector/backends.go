package inspector

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// place is where routes lead: a backend, or something else in words.
type place struct {
	text string // what tells it from the place before: of the same host the port alone
	// Of a backend that is served:
	known bool
	down  string // why it could not be reached, "" if it could
	open  int    // connections
}

// places returns where a project's routes lead, each place once. Folders and the like are told of only where there is
// nothing else.
func places(p *state.Project) (list []place) {
	before := ""
	for _, u := range upstreams(p) {
		text, host := u.URL, u.URL
		if i := strings.LastIndexByte(u.URL, ':'); i > 0 {
			if host = u.URL[:i]; host == before {
				text = u.URL[i:]
			}
		}
		before = host
		list = append(list, place{text, p.Serving, u.Down, u.Connections})
	}
	if list != nil {
		return list
	}
	for _, r := range p.Routes {
		if to := (place{text: words.Sentence(r.To)}); !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list
}

// upstreams returns the backends of a project. While it is off, they may be known by where its routes lead alone.
func upstreams(p *state.Project) []state.Upstream {
	if list := p.Upstreams(); list != nil || p.Serving {
		return list
	}
	var list []state.Upstream
	for _, r := range p.Routes {
		u := state.Upstream{URL: r.To}
		if (strings.Contains(r.To, "://") || strings.HasPrefix(r.To, "unix:")) && !slices.Contains(list, u) {
			list = append(list, u)
		}
	}
	return list
}

// backends is a line of the places that a project leads to, as many as there is room for. A tap shows all of them.
type backends struct {
	widget.BaseWidget

	tapped func()
	places []place
}

func newBackends(tapped func()) *backends {
	b := &backends{tapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

func (b *backends) show(p *state.Project) {
	if now := places(p); !slices.Equal(now, b.places) {
		b.places = now
		b.Refresh()
	}
}

// Tapped is for Fyne.
func (b *backends) Tapped(*fyne.PointEvent) { b.tapped() }

// Cursor is the hand.
func (b *backends) Cursor() desktop.Cursor { return desktop.PointerCursor }

// Describe is all places, with how each is.
func (b *backends) Describe() (role, text, state string) {
	var parts []string
	for i := range b.places {
		at := &b.places[i]
		part := at.text
		switch {
		case at.down != "":
			part += " (" + word("header.down") + ")"
		case at.known:
			part += " (" + openText(at.open) + ")"
		}
		parts = append(parts, part)
	}
	return "link", strings.Join(parts, " · "), ""
}

// openText tells how many connections are open.
func openText(n int) string {
	return words.N("inspector.endpoint.open", n, "count", count(int64(n)))
}

// CreateRenderer is for Fyne.
func (b *backends) CreateRenderer() fyne.WidgetRenderer {
	r := &backendsRenderer{b: b, more: look.NewText("", look.Style{Ink: ink.Dim})}
	r.Refresh()
	return r
}

type backendsRenderer struct {
	b     *backends
	items []placeView
	more  *look.Text // how many found no room
}

// placeView shows one place.
type placeView struct {
	*fyne.Container
	whole float32 // the width that it needs to be shown whole
}

// backendsGap is the room between two places.
const backendsGap = 14

func (r *backendsRenderer) Destroy() {}

func (r *backendsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.more}
	for _, item := range r.items {
		objects = append(objects, item.Container)
	}
	return objects
}

func (r *backendsRenderer) MinSize() fyne.Size { return fyne.NewSize(24, r.more.MinSize().Height) }

// Layout shows the places that fit. The first is shown at any rate, and cut.
func (r *backendsRenderer) Layout(size fyne.Size) {
	fit, x := 0, float32(0)
	for i, item := range r.items {
		w, room := item.whole, size.Width
		if left := len(r.items) - i - 1; left > 0 {
			r.more.SetText("+" + strconv.Itoa(left))
			room -= backendsGap + r.more.MinSize().Width
		}
		if i > 0 && x+w > room {
			break
		}
		w = min(w, max(room-x, 0))
		item.Show()
		item.Move(fyne.NewPos(x, 0))
		item.Resize(fyne.NewSize(w, size.Height))
		x += w + backendsGap
		fit++
	}
	for _, item := range r.items[fit:] {
		item.Hide()
	}
	r.more.Hidden = fit == len(r.items)
	r.more.SetText("+" + strconv.Itoa(len(r.items)-fit))
	r.more.Move(fyne.NewPos(x, 0))
	r.more.Resize(fyne.NewSize(max(size.Width-x, 0), size.Height))
}

func (r *backendsRenderer) Refresh() {
	r.items = nil
	for i := range r.b.places {
		r.items = append(r.items, r.item(&r.b.places[i]))
	}
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

// item returns the view of a place: what it is called, and of a backend that is served how it is.
func (r *backendsRenderer) item(at *place) placeView {
	const gap = 6
	text := look.NewText(at.text, look.Style{Ink: ink.Dim, Mono: true})
	if !at.known {
		return placeView{look.Row(0, look.Grow(text)), text.MinSize().Width}
	}
	dot := look.NewDot(inkOf(at.down))
	how := look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small})
	switch {
	case at.down != "":
		how = look.NewText(word("header.down"), look.Style{Ink: ink.Warning, Size: look.Small})
	case at.open > 0:
		how.SetText(openText(at.open))
	default:
		how.Hide()
	}
	whole := dot.MinSize().Width + gap + text.MinSize().Width
	if how.Visible() {
		whole += gap + how.MinSize().Width
	}
	return placeView{look.Row(gap, dot, look.Grow(text), how), whole}
}

// inkOf is the colour of a backend's dot.
func inkOf(down string) ink.Ink {
	if down != "" {
		return ink.Warning
	}
	return ink.Accent
}
