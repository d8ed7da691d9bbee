package sidebar

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
)

// Where the parts of a project's row are, in Fyne units.
const (
	margin   = 14
	nameLeft = 56
	gap      = 6
	moreWide = 34 // of the "…", in the second line
)

// projectView shows one project: switch, name, traffic or trouble, address, and below it what else is to be known.
type projectView struct {
	widget.BaseWidget

	pane      *Pane
	project   state.Project // what is shown; without a name: the row is not in use
	shown     int           // the pane's count when it was taken over
	address   string
	degraded  string // that some of its backends are down, "" if not
	exposed   string // that other machines reach it, "" if not
	traffic   *traffic
	spark     *look.Sparkline
	rate      *look.Text
	shownRate int64
	hovered   bool
	marked    bool // as selected
}

func newProjectView(p *Pane) *projectView {
	v := &projectView{
		pane: p, spark: look.NewSparkline(),
		rate: look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small, Mono: true, Align: fyne.TextAlignTrailing}),
	}
	v.ExtendBaseWidget(v)
	return v
}

// show makes the row that of p, which may be the project it shows already.
func (v *projectView) show(p *state.Project) {
	marked := v.pane.selected == p.Name
	if v.project.Name == p.Name && v.shown == v.pane.shown && v.marked == marked {
		return
	}
	if v.project.Name != p.Name {
		v.traffic = v.pane.traffic[p.Name]
		v.spark.Clear()
		if v.traffic.live > 0 {
			v.traffic.each(v.spark.Add)
		}
		v.shownRate = v.traffic.rate()
		v.rate.SetText(rateText(v.shownRate))
	}
	v.project, v.shown, v.address, v.marked = *p, v.pane.shown, addressOf(p), marked
	v.degraded, v.exposed = v.pane.words.notes(p)
	v.Refresh()
}

// release takes the row out of use.
func (v *projectView) release() {
	v.project, v.traffic, v.hovered = state.Project{}, nil, false
}

// sampled shows the newest value of the traffic.
func (v *projectView) sampled() {
	v.spark.Add(v.traffic.last())
	before := len(v.rate.Text())
	if n := v.traffic.rate(); n != v.shownRate {
		v.shownRate = n
		v.rate.SetText(rateText(n))
	}
	if len(v.rate.Text()) != before {
		v.Refresh() // the name has more room, or less
	}
}

// Tapped switches where the switch is, opens the menu on "…", and selects elsewhere.
func (v *projectView) Tapped(e *fyne.PointEvent) {
	v.pane.focusList()
	switch {
	case e.Position.X < nameLeft-4:
		v.pane.toggle(v.project.Name)
	case v.onMore(e.Position):
		v.openMenu()
	default:
		v.pane.pick(v.project.Name)
	}
}

func (v *projectView) onMore(at fyne.Position) bool {
	return at.X > v.Size().Width-moreWide && at.Y > projectHeight/2
}

// TappedSecondary opens the menu.
func (v *projectView) TappedSecondary(e *fyne.PointEvent) {
	v.pane.popUp(v.pane.menu(&v.project), e.AbsolutePosition)
}

// openMenu opens the menu at the "…".
func (v *projectView) openMenu() {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v)
	v.pane.popUp(v.pane.menu(&v.project), at.AddXY(v.Size().Width-moreWide, projectHeight-6))
}

// MouseIn is for Fyne.
func (v *projectView) MouseIn(*desktop.MouseEvent) { v.hovered = true; v.Refresh() }

// MouseMoved is for Fyne.
func (v *projectView) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (v *projectView) MouseOut() { v.hovered = false; v.Refresh() }

// AccessibilityLabel is the name and how the project does.
func (v *projectView) AccessibilityLabel() string {
	label := v.project.Name + ": " + v.pane.words.health[v.project.Health]
	for _, note := range []string{v.degraded, v.exposed} {
		if note != "" {
			label += ", " + note
		}
	}
	return label
}

// CreateRenderer is for Fyne.
func (v *projectView) CreateRenderer() fyne.WidgetRenderer {
	r := &projectRenderer{
		view: v, back: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil),
		toggle:   newToggle(fyne.NewSize(30, 17)),
		name:     look.NewText("", look.Style{}),
		trouble:  look.NewText("", look.Style{Size: look.Small, Align: fyne.TextAlignTrailing}),
		address:  look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small, Mono: true}),
		degraded: look.NewText("", look.Style{Ink: ink.Warning, Size: look.Small}),
		exposed:  look.NewText("", look.Style{Ink: ink.Warning, Size: look.Small}),
		sign:     canvas.NewImageFromResource(look.InkedIcon("warning", ink.Warning)),
		more:     look.NewText("…", look.Style{Ink: ink.Text, Bold: true, Align: fyne.TextAlignCenter}),
	}
	r.objects = append([]fyne.CanvasObject{r.back, r.bar}, r.toggle.objects()...)
	r.sign.FillMode = canvas.ImageFillContain
	r.objects = append(r.objects, r.name, v.spark, v.rate, r.trouble, r.address, r.degraded, r.sign, r.exposed, r.more, r.ring)
	r.Refresh()
	return r
}

type projectRenderer struct {
	view            *projectView
	back, bar, ring *canvas.Rectangle
	toggle          *toggle
	name, trouble   *look.Text
	address, more   *look.Text
	degraded        *look.Text
	sign            *canvas.Image // before exposed
	exposed         *look.Text
	objects         []fyne.CanvasObject
}

func (r *projectRenderer) Destroy() {}

func (r *projectRenderer) MinSize() fyne.Size { return fyne.NewSize(1, heightOf(&r.view.project)) }

func (r *projectRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *projectRenderer) Layout(s fyne.Size) {
	const firstLine, secondLine, line = 8, 27, 18
	r.back.Resize(s)
	r.bar.Resize(fyne.NewSize(2, s.Height))
	r.ring.Move(fyne.NewPos(3, 1))
	r.ring.Resize(s.SubtractWidthHeight(4, 2))

	right := s.Width - margin
	wide := r.placeTraffic(right, firstLine)
	if r.trouble.Visible() {
		wide = min(r.trouble.MinSize().Width, (right-nameLeft)*2/3)
		r.trouble.Move(fyne.NewPos(right-wide, firstLine))
		r.trouble.Resize(fyne.NewSize(wide, line))
	}
	r.name.Move(fyne.NewPos(nameLeft, firstLine))
	r.name.Resize(fyne.NewSize(right-wide-gap-nameLeft, line))

	end := right
	if r.more.Visible() {
		end = s.Width - moreWide
	}
	r.address.SetText(shorten(ink.Safe(r.view.address), right-nameLeft))
	r.address.Move(fyne.NewPos(nameLeft, secondLine))
	r.address.Resize(fyne.NewSize(end-nameLeft, 16))
	r.more.Move(fyne.NewPos(s.Width-moreWide, secondLine-3))
	r.more.Resize(fyne.NewSize(moreWide-4, line))
	r.placeNotes(right)
	r.toggle.at = fyne.NewPos(margin, firstLine+0.5)
	r.paintToggle()
}

// placeNotes puts the lines below the address.
func (r *projectRenderer) placeNotes(right float32) {
	const sign = 12
	y := float32(44)
	if r.degraded.Visible() {
		r.degraded.Move(fyne.NewPos(nameLeft, y))
		r.degraded.Resize(fyne.NewSize(right-nameLeft, noteHeight))
		y += noteHeight
	}
	r.sign.Move(fyne.NewPos(nameLeft, y+(noteHeight-sign)/2))
	r.sign.Resize(fyne.NewSquareSize(sign))
	r.exposed.Move(fyne.NewPos(nameLeft+sign+4, y))
	r.exposed.Resize(fyne.NewSize(right-nameLeft-sign-4, noteHeight))
}

// placeTraffic puts the line of the traffic and, where the name leaves room for it, the rate. It returns the width of both.
func (r *projectRenderer) placeTraffic(right, top float32) float32 {
	const least, most = 36, 58 // of the line
	v := r.view
	room := right - nameLeft - gap - r.name.MinSize().Width
	digits := 0
	switch n := len(v.rate.Text()); {
	case n > 5:
		digits = 8
	case n > 0:
		digits = 5
	}
	rate := float32(digits) * fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{Monospace: true}).Width
	v.rate.Hidden = v.spark.Hidden || digits == 0 || room < rate+gap+least
	line := min(max(room, least), most)
	if !v.rate.Hidden {
		line = min(room-rate-gap, most)
		v.rate.Move(fyne.NewPos(right-line-gap-rate, top))
		v.rate.Resize(fyne.NewSize(rate, 18))
	}
	v.spark.Move(fyne.NewPos(right-line, top))
	v.spark.Resize(fyne.NewSize(line, 16))
	if v.rate.Hidden {
		return line
	}
	return line + gap + rate
}

func (r *projectRenderer) Refresh() {
	v := r.view
	p := &v.project
	back := ink.None
	switch {
	case v.marked:
		back = ink.Selection
	case v.hovered:
		back = ink.Hover
	}
	r.back.FillColor = look.Color(back)
	r.back.Refresh()
	r.bar.FillColor = look.Color(ink.Accent)
	r.bar.Hidden = !v.marked
	r.bar.Refresh()
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = look.Color(ink.Accent), 1, 3
	r.ring.Hidden = !v.marked || !v.pane.list.focused
	r.ring.Refresh()

	r.name.SetText(ink.Safe(p.Name))
	r.trouble.SetText(v.pane.words.health[p.Health])
	r.trouble.SetInk(inkOf(p))
	works := p.Health == state.On || p.Health == state.Degraded
	r.trouble.Hidden = works
	v.spark.Hidden = !works
	r.degraded.SetText(v.degraded)
	r.degraded.Hidden = v.degraded == ""
	r.exposed.SetText(v.exposed)
	r.exposed.SetInk(ink.Warning)
	if p.Guarded {
		r.exposed.SetInk(ink.Dim)
	}
	r.exposed.Hidden = v.exposed == ""
	r.sign.Hidden = r.exposed.Hidden
	r.sign.Refresh()
	r.more.Hidden = !v.hovered
	for _, o := range r.objects {
		if t, ok := o.(*look.Text); ok {
			t.Refresh()
		}
	}
	r.Layout(v.Size())
}

// shorten leaves the scheme out of an address that is too wide otherwise: its end, the port, tells more.
func shorten(address string, width float32) string {
	if fyne.MeasureText(address, theme.CaptionTextSize(), fyne.TextStyle{Monospace: true}).Width <= width {
		return address
	}
	return strings.TrimPrefix(address, "wss://")
}

func (r *projectRenderer) paintToggle() {
	p, i := &r.view.project, ink.Accent
	if p.Switched && !p.Serving && p.Health > state.On {
		i = ink.Warning
	}
	r.toggle.paint(p.Switched, i)
}

// inkOf is the colour of a project's state.
func inkOf(p *state.Project) ink.Ink {
	switch p.Health {
	case state.Off:
		return ink.Dim
	case state.PortTaken, state.Failed:
		return ink.Error
	case state.FileBroken:
		if !p.Serving {
			return ink.Error
		}
	}
	return ink.Warning
}
