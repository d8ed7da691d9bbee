package sidebar

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// headingView shows the name of a group and the switch for all of it, which is on when each project is.
type headingView struct {
	widget.BaseWidget

	pane    *Pane
	row     row
	hovered bool
}

func newHeadingView(p *Pane) *headingView {
	v := &headingView{pane: p}
	v.ExtendBaseWidget(v)
	return v
}

func (v *headingView) show(r *row) {
	if v.row.group != r.group || v.row.on != r.on || v.row.all != r.all {
		v.row = *r
		v.Refresh()
	}
}

// Tapped switches the group, where the switch is.
func (v *headingView) Tapped(e *fyne.PointEvent) {
	if e.Position.X > v.Size().Width-56 {
		v.pane.switchGroup(v.row.group, v.row.on < v.row.all)
	}
}

// TappedSecondary opens the menu of the group.
func (v *headingView) TappedSecondary(e *fyne.PointEvent) {
	v.pane.popUp(fyne.NewMenu("",
		fyne.NewMenuItem(v.pane.words.groupOn, func() { v.pane.switchGroup(v.row.group, true) }),
		fyne.NewMenuItem(v.pane.words.groupOff, func() { v.pane.switchGroup(v.row.group, false) }),
	), e.AbsolutePosition)
}

// MouseIn is for Fyne.
func (v *headingView) MouseIn(*desktop.MouseEvent) { v.hovered = true; v.Refresh() }

// MouseMoved is for Fyne.
func (v *headingView) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (v *headingView) MouseOut() { v.hovered = false; v.Refresh() }

// AccessibilityLabel is the group's name and how many of it are on.
func (v *headingView) AccessibilityLabel() string { return v.name() + ": " + v.pane.words.count(v.row) }

func (v *headingView) name() string {
	if v.row.group == "" {
		return v.pane.words.other
	}
	return strings.ToUpper(ink.Safe(v.row.group))
}

// CreateRenderer is for Fyne.
func (v *headingView) CreateRenderer() fyne.WidgetRenderer {
	r := &headingRenderer{
		view: v, name: look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small}),
		toggle: newToggle(fyne.NewSize(21, 12)),
	}
	r.count = canvas.NewText("", color.Transparent)
	r.count.Alignment = fyne.TextAlignTrailing
	r.objects = append(r.toggle.objects(), r.name, r.count)
	r.Refresh()
	return r
}

type headingRenderer struct {
	view    *headingView
	name    *look.Text
	count   *canvas.Text // seen while the pointer is over the row
	toggle  *toggle
	objects []fyne.CanvasObject
}

func (r *headingRenderer) Destroy() {}

func (r *headingRenderer) MinSize() fyne.Size { return fyne.NewSize(1, headingHeight) }

func (r *headingRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *headingRenderer) Layout(s fyne.Size) {
	const line = 18
	y := s.Height - line - 4
	r.toggle.at = fyne.NewPos(s.Width-margin-r.toggle.size.Width, y+(line-r.toggle.size.Height)/2)
	right := r.toggle.at.X - 8
	r.count.Move(fyne.NewPos(0, y))
	r.count.Resize(fyne.NewSize(right, line))
	if r.count.Visible() {
		right -= r.count.MinSize().Width + 8
	}
	r.name.Move(fyne.NewPos(margin, y))
	r.name.Resize(fyne.NewSize(right-margin, line))
	r.paintToggle()
}

func (r *headingRenderer) Refresh() {
	v := r.view
	r.name.SetText(v.name())
	r.count.Text = v.pane.words.count(v.row)
	r.count.TextSize = theme.CaptionTextSize()
	r.count.Color = look.Color(ink.Dim)
	r.count.Hidden = !v.hovered
	r.count.Refresh()
	r.Layout(v.Size())
}

// paintToggle keeps the switch quiet: grey, until the pointer is there.
func (r *headingRenderer) paintToggle() {
	i := ink.Dim
	if r.view.hovered {
		i = ink.Accent
	}
	r.toggle.paint(r.view.row.all > 0 && r.view.row.on == r.view.row.all, i)
}
