package editor

import (
	"fyne.io/fyne/v2"

	"culvert/ui/look"
)

// The measures of the form.
const (
	labelWidth   = 150
	labelGap     = 16
	controlWidth = 560 // at most
	controlDrop  = 5   // of the label, to stand on the line of the control's text

	besides    = 780 // from this width on the text is beside the form
	leastText  = 320
	mostText   = 620
	buttonSide = 27
)

// labelled puts a label beside what it names.
type labelled struct{}

func (*labelled) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(labelWidth+labelGap+160, max(os[0].MinSize().Height+controlDrop, os[1].MinSize().Height))
}

func (*labelled) Layout(os []fyne.CanvasObject, s fyne.Size) {
	os[0].Move(fyne.NewPos(0, controlDrop))
	os[0].Resize(fyne.NewSize(labelWidth, os[0].MinSize().Height))
	os[1].Move(fyne.NewPos(labelWidth+labelGap, 0))
	os[1].Resize(fyne.NewSize(min(s.Width-labelWidth-labelGap, controlWidth), s.Height))
}

// beside puts the form and the text beside each other, with a line between, or shows one of them below the tabs where
// there is no room for both. Its objects are the tabs, the form, the line, and the text.
type beside struct{ text *bool }

func (b *beside) MinSize(os []fyne.CanvasObject) fyne.Size {
	m := os[1].MinSize()
	return fyne.NewSize(m.Width, max(m.Height, 120))
}

func (b *beside) Layout(os []fyne.CanvasObject, s fyne.Size) {
	tabs, form, line, text := os[0], os[1], os[2], os[3]
	wide := s.Width >= besides
	show(tabs, !wide)
	show(line, wide)
	show(form, wide || !*b.text)
	show(text, wide || *b.text)
	if !wide {
		h := tabs.MinSize().Height
		tabs.Move(fyne.NewPos(16, 0))
		tabs.Resize(fyne.NewSize(s.Width-32, h))
		for _, o := range []fyne.CanvasObject{form, text} {
			o.Move(fyne.NewPos(0, h))
			o.Resize(s.SubtractWidthHeight(0, h))
		}
		return
	}
	w := min(max(s.Width*0.4, leastText), mostText)
	form.Move(fyne.Position{})
	form.Resize(fyne.NewSize(s.Width-w-1, s.Height))
	line.Move(fyne.NewPos(s.Width-w-1, 0))
	line.Resize(fyne.NewSize(1, s.Height))
	text.Move(fyne.NewPos(s.Width-w, 0))
	text.Resize(fyne.NewSize(w, s.Height))
}

func show(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// gapOfButton is the room that a button takes, so that the inputs above each other are of one width.
func gapOfButton() fyne.CanvasObject { return look.Fixed(buttonSide, 1, look.Spacer()) }
