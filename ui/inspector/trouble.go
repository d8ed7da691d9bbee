package inspector

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// trouble is the line below the header that tells what is wrong with the project; it is there only then.
type trouble struct {
	content *fyne.Container
	state   *look.State
	reason  *look.Paragraph // its end says what mends it, so it is never cut
}

func newTrouble() *trouble {
	t := &trouble{
		state:  look.NewState(ink.Warning, ""),
		reason: look.NewParagraph("", look.Style{Ink: ink.Dim}),
	}
	t.content = look.Pad(0, 16, 6, 16, look.Row(10, t.state, look.Grow(look.Middle(t.reason))))
	t.content.Hide()
	return t
}

func (t *trouble) show(p *state.Project) {
	if !p.Attention() && p.Health != state.Degraded {
		t.content.Hide()
		return
	}
	down, all := p.Down()
	key, i := "failed", ink.Error
	switch p.Health {
	case state.Degraded:
		key, i = "degraded", ink.Warning
	case state.BackendDown:
		key, i = "backend", ink.Warning
	case state.PortTaken:
		key = "port"
	case state.FileBroken:
		key = "file"
		if p.Serving {
			i = ink.Warning
		}
	}
	t.state.Set(i, word("health."+key, "down", down, "all", all))
	t.reason.SetText(words.Sentence(p.Reason))
	t.content.Show()
}
