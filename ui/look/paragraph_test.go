package look

import (
	"testing"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
)

const lorem = "A certificate authority that exists only here and can sign only localhost, .test and .internal."

func TestParagraphIsAsHighAsItsWidthMakesIt(t *testing.T) {
	start(t, Dark)
	p := NewParagraph(lorem, Style{})
	p.Resize(fyne.NewSize(1000, 20))
	one := p.MinSize().Height
	p.Resize(fyne.NewSize(200, 20))
	if many := p.MinSize().Height; many < 3*one {
		t.Errorf("one line is %v high, a narrow paragraph %v", one, many)
	}
	p.SetText("short")
	if got := p.MinSize().Height; got != one {
		t.Errorf("a short text is %v high, want %v", got, one)
	}
}

func TestWhatFollowsAParagraphStandsBelowIt(t *testing.T) {
	start(t, Dark)
	p, below := NewParagraph(lorem, Style{}), NewButton("Trust", Plain, nil)
	show(t, Column(8, p, below, Grow(Spacer())), 200, 300)
	if end := p.Position().Y + p.MinSize().Height; below.Position().Y < end {
		t.Errorf("the paragraph ends at %v, the button begins at %v", end, below.Position().Y)
	}
}

func TestCardLooks(t *testing.T) {
	golden(t, "card", 280, 130, func() fyne.CanvasObject {
		return NewCard(Column(6, Row(8, NewText("Trust", Style{Bold: true}), Spacer(), NewState(ink.Warning, "not trusted")),
			NewParagraph(lorem, Style{Ink: ink.Dim}), Rule()))
	})
}
