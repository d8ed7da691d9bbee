package sidebar

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// confirmView asks, below a project, whether it shall be removed, and says what becomes of its file.
type confirmView struct {
	widget.BaseWidget

	content *fyne.Container
	text    *look.Paragraph
	told    string
}

func newConfirmView(p *Pane) *confirmView {
	v := &confirmView{text: look.NewParagraph("", look.Style{Ink: ink.Dim, Size: look.Small})}
	v.content = look.Pad(8, margin, 10, margin, look.Column(6, v.text, look.Row(8,
		look.NewButton(words.T("sidebar.remove.yes"), look.Danger, p.remove),
		look.NewButton(words.T("sidebar.remove.no"), look.Plain, func() { p.askRemove("") }),
	)))
	v.ExtendBaseWidget(v)
	return v
}

// heightFor is the height of the question about p in a list of that width.
func (v *confirmView) heightFor(p *state.Project, owned bool, width float32) float32 {
	v.tell(p, owned)
	v.content.Resize(fyne.NewSize(width, v.content.MinSize().Height))
	return v.content.MinSize().Height
}

func (v *confirmView) tell(p *state.Project, owned bool) {
	key := "sidebar.remove.stays"
	switch {
	case p.Demo:
		key = "sidebar.remove.demo"
	case owned:
		key = "sidebar.remove.goes"
	}
	text := words.T(key, "file", ink.Safe(filepath.Base(p.File)), "folder", ink.Safe(filepath.Base(filepath.Dir(p.File))))
	if text != v.told {
		v.told = text
		v.text.SetText(text)
	}
}

// CreateRenderer is for Fyne.
func (v *confirmView) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(look.Back(ink.Hover, v.content))
}
