package look

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
)

// shown is what a text shows.
func shown(t *Text) string {
	var pieces []string
	for _, p := range test.WidgetRenderer(t).(*textRenderer).pieces {
		pieces = append(pieces, p.Text)
	}
	return strings.Join(pieces, "|")
}

func TestTextIsCutWhereItDoesNotFit(t *testing.T) {
	start(t, Dark)
	text := NewText("wss://web-chat.localhost:8443", Style{Mono: true})
	full := text.MinSize()
	text.Resize(full)
	if got := shown(text); got != text.Text() {
		t.Errorf("with room for all it shows %q", got)
	}
	text.Resize(fyne.NewSize(100, full.Height))
	got := shown(text)
	if !strings.HasSuffix(got, "…") || !strings.HasPrefix(got, "wss://") {
		t.Errorf("cut to %q", got)
	}
	if w := (measure{size: 13, style: fyne.TextStyle{Monospace: true}}).width(got); w > 100 {
		t.Errorf("%q is %v wide", got, w)
	}
	text.SetText("short")
	if got := shown(text); got != "short" {
		t.Errorf("then it shows %q", got)
	}
}

func TestTextKeepsTheRoomAfterAnArrow(t *testing.T) {
	start(t, Dark)
	text := NewText("↑ Sent → there", Style{})
	if got := shown(text); got != "↑|Sent →|there" {
		t.Errorf("shows %q", got)
	}
	text.SetText("sent")
	if got := shown(text); strings.Trim(got, "|") != "sent" {
		t.Errorf("then it shows %q", got)
	}
}

func TestTextWithoutAnActionLeavesTapsToWhatIsBehind(t *testing.T) {
	start(t, Dark)
	text := NewText("web-chat", Style{})
	if n := len(test.WidgetRenderer(text).Objects()); n != 1 {
		t.Errorf("it consists of %d objects", n)
	}
}

func TestLinkIsTappedAndTyped(t *testing.T) {
	start(t, Dark)
	n := 0
	text := NewText("wss://localhost:8443", Style{Ink: ink.Accent})
	text.OnTapped = func() { n++ }
	c := show(t, Row(0, text, Spacer()), 300, 30)
	test.TapCanvas(c, fyne.NewPos(20, 15))
	test.TapCanvas(c, fyne.NewPos(280, 15)) // beside it
	c.FocusNext()
	press(c, fyne.KeyReturn)
	if n != 2 {
		t.Errorf("followed %d times, want 2", n)
	}
}

func TestTextTakesOnAnotherTheme(t *testing.T) {
	start(t, Dark)
	text := NewText("web-chat", Style{Ink: ink.Dim})
	show(t, text, 100, 30)
	test.ApplyTheme(t, NewTheme(Options{Appearance: Light}))
	if got := test.WidgetRenderer(text).(*textRenderer).pieces[0].Color; got != Color(ink.Dim) {
		t.Errorf("its colour is %v", got)
	}
}

func TestTextThatStaysCostsNothing(t *testing.T) {
	start(t, Dark)
	text := NewText("12,407 frames", Style{})
	show(t, text, 100, 30)
	if n := testing.AllocsPerRun(10, func() { text.SetText("12,407 frames"); text.SetInk(ink.None) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
