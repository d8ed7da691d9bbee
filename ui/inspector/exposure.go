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
	e.text.SetText(exposed(p))
	e.text.SetInk(ink.Warning)
	if p.Guarded {
		e.text.SetInk(ink.Dim)
	}
	e.content.Show()
}

// exposed says which addresses other machines can reach, or could if the project were on, and whether that helps them.
func exposed(p *state.Project) string {
	key := "header.exposed"
	switch {
	case p.Guarded:
		key = "header.guarded"
	case !p.Serving:
		key = "header.exposes"
	}
	return word(key, "addresses", strings.Join(p.Exposed, ", "))
}

// warningSign is the triangle that stands before a warning.
func warningSign() fyne.CanvasObject {
	sign := canvas.NewImageFromResource(look.InkedIcon("warning", ink.Warning))
	sign.FillMode = canvas.ImageFillContain
	return look.Fixed(14, 14, sign)
}
