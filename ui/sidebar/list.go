package sidebar

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/keys"
)

// list shows the rows that are in view, and as many objects as these need: rows that leave it are used again. It is one
// stop of the Tab key.
type list struct {
	widget.BaseWidget

	pane    *Pane
	rows    []row
	scroll  *container.Scroll
	window  *fyne.Container // the scroll, in a layout that fills what comes into view when it grows
	focused bool

	projects []*projectView // in use, for rows[first:]
	headings []*headingView
	confirm  *confirmView
	shown    []fyne.CanvasObject
}

func newList(p *Pane) *list {
	l := &list{pane: p}
	l.ExtendBaseWidget(l)
	l.confirm = newConfirmView(p)
	l.scroll = container.NewVScroll(l)
	l.scroll.OnScrolled = func(fyne.Position) { l.fill() }
	l.window = container.New(&viewport{l}, l.scroll)
	return l
}

// set replaces the rows.
func (l *list) set(rows []row) {
	before := height(l.rows)
	l.rows = rows
	if height(rows) != before {
		l.scroll.Refresh() // which may leave less to scroll
	}
	l.fill()
}

// inView returns the rows that are at least partly in view.
func (l *list) inView() []row {
	top, bottom := l.scroll.Offset.Y, l.scroll.Offset.Y+l.scroll.Size().Height
	first := sort.Search(len(l.rows), func(i int) bool { return l.rows[i].top+l.rows[i].height > top })
	end := first
	for end < len(l.rows) && l.rows[end].top < bottom {
		end++
	}
	return l.rows[first:end]
}

// fill gives each row in view an object. Objects that show what they did cost nothing.
func (l *list) fill() {
	width := l.Size().Width
	projects, headings := 0, 0
	shown := l.shown[:0]
	rows := l.inView()
	for i := range rows {
		r := &rows[i]
		var view fyne.CanvasObject
		switch r.kind {
		case headingRow:
			if headings == len(l.headings) {
				l.headings = append(l.headings, newHeadingView(l.pane))
			}
			l.headings[headings].show(r)
			view = l.headings[headings]
			headings++
		case projectRow:
			if projects == len(l.projects) {
				l.projects = append(l.projects, newProjectView(l.pane))
			}
			l.projects[projects].show(r.project)
			view = l.projects[projects]
			projects++
		case confirmRow:
			view = l.confirm
		}
		view.Move(fyne.NewPos(0, r.top))
		view.Resize(fyne.NewSize(width, r.height))
		shown = append(shown, view)
	}
	for _, v := range l.projects[projects:] {
		v.release()
	}
	changed := len(shown) != len(l.shown)
	l.shown = shown
	if changed {
		l.Refresh()
	}
}

// view returns the object that shows a project now, or nil.
func (l *list) view(name string) *projectView {
	for _, v := range l.projects {
		if name != "" && v.project.Name == name {
			return v
		}
	}
	return nil
}

// reveal scrolls as little as brings a project into view, with the confirmation below it.
func (l *list) reveal(name string) {
	for i := range l.rows {
		r := &l.rows[i]
		if r.project == nil || r.project.Name != name {
			continue
		}
		y := l.scroll.Offset.Y
		if bottom := r.top + r.height; bottom > y+l.scroll.Size().Height {
			y = bottom - l.scroll.Size().Height
		}
		if r.top < y && r.kind == projectRow {
			y = r.top
			if i == 1 {
				y = 0 // with the heading
			}
		}
		if y != l.scroll.Offset.Y {
			l.scroll.ScrollToOffset(fyne.NewPos(0, y))
			l.fill()
		}
	}
}

// near returns the name of the project that is by projects below the one named, or above it; the nearest end where
// there are too few.
func (l *list) near(name string, by int) string {
	var names []string
	at := -1
	for i := range l.rows {
		if l.rows[i].kind != projectRow {
			continue
		}
		if l.rows[i].project.Name == name {
			at = len(names)
		}
		names = append(names, l.rows[i].project.Name)
	}
	switch {
	case len(names) == 0:
		return ""
	case at < 0:
		return names[0]
	default:
		return names[max(0, min(len(names)-1, at+by))]
	}
}

// TypedKey is the list's keyboard. Other keys are the window's.
func (l *list) TypedKey(e *fyne.KeyEvent) {
	p := l.pane
	page := max(1, int(l.scroll.Size().Height/projectHeight)-1)
	switch e.Name {
	case fyne.KeyUp:
		p.choose(l.near(p.selected, -1))
	case fyne.KeyDown:
		p.choose(l.near(p.selected, 1))
	case fyne.KeyPageUp:
		p.choose(l.near(p.selected, -page))
	case fyne.KeyPageDown:
		p.choose(l.near(p.selected, page))
	case fyne.KeyHome:
		p.choose(l.near(p.selected, -len(l.rows)))
	case fyne.KeyEnd:
		p.choose(l.near(p.selected, len(l.rows)))
	case fyne.KeySpace:
		p.toggle(p.selected)
	case fyne.KeyReturn, fyne.KeyEnter:
		if p.removing != "" {
			p.remove()
		} else if p.options.Open != nil && p.selected != "" {
			p.options.Open(p.selected)
		}
	case fyne.KeyDelete, fyne.KeyBackspace:
		p.askRemove(p.selected)
	case desktop.KeyMenu:
		if v := l.view(p.selected); v != nil {
			v.openMenu()
		}
	default:
		if e.Name == fyne.KeyEscape && p.removing != "" {
			p.askRemove("")
			return
		}
		keys.PassKey(l, e)
	}
}

// TypedRune is for Fyne.
func (l *list) TypedRune(rune) {}

// FocusGained is for Fyne.
func (l *list) FocusGained() { l.setFocused(true) }

// FocusLost is for Fyne.
func (l *list) FocusLost() { l.setFocused(false) }

func (l *list) setFocused(on bool) {
	l.focused = on
	if v := l.view(l.pane.selected); v != nil {
		v.Refresh()
	}
}

type viewport struct{ list *list }

func (v *viewport) MinSize(os []fyne.CanvasObject) fyne.Size { return os[0].MinSize() }

func (v *viewport) Layout(os []fyne.CanvasObject, s fyne.Size) {
	os[0].Resize(s)
	v.list.fill()
}

// CreateRenderer is for Fyne.
func (l *list) CreateRenderer() fyne.WidgetRenderer { return &listRenderer{l} }

type listRenderer struct{ list *list }

func (r *listRenderer) Destroy() {}

func (r *listRenderer) Layout(fyne.Size) { r.list.fill() }

func (r *listRenderer) MinSize() fyne.Size { return fyne.NewSize(1, height(r.list.rows)) }

func (r *listRenderer) Objects() []fyne.CanvasObject { return r.list.shown }

func (r *listRenderer) Refresh() {
	for _, o := range r.list.shown {
		o.Refresh()
	}
}
