package inspector

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
)

// exposure is the line below the header that warns of a project that other machines can reach; it is there only then.
type exposure struct {
	content *fyne.Container
	text    *look.Text
}

func newExposure() *exposure {
	e := &exposure{text: look.NewText("", look.Style{Ink: ink.Warning})}
	e.content = look.Pad(0, 16, 6, 16, look.Row(8, warningSign(), look.Grow(e.text)))
	e.content.Hide()
	return e
}

func (e *exposure) show(p *state.Project) {
	if len(p.Exposed) == 0 {
		e.content.Hide()
		return
	}
	e.text.SetText(word("header.exposed", "addresses", strings.Join(p.Exposed, ", ")))
	e.content.Show()
}

// warningSign is the triangle that stands before a warning.
func warningSign() fyne.CanvasObject {
	sign := canvas.NewImageFromResource(look.InkedIcon("warning", ink.Warning))
	sign.FillMode = canvas.ImageFillContain
	return look.Fixed(14, 14, sign)
}
