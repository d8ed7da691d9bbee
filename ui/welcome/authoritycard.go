package welcome

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// authorityCard tells what the CA is, what it may do, and how long.
type authorityCard struct {
	name, maySign, until *look.Text
	renew                *look.Button
	fields               *fyne.Container
	content              fyne.CanvasObject
}

func newAuthorityCard(renew func()) *authorityCard {
	c := &authorityCard{
		name: look.NewText("", look.Style{}), maySign: look.NewText("", look.Style{}), until: look.NewText("", look.Style{}),
		renew: look.NewButton(words.T("welcome.renew"), look.Plain, renew),
	}
	field := func(key string, value fyne.CanvasObject) fyne.CanvasObject {
		return look.Column(3, look.NewText(words.T(key), look.Style{Ink: ink.Dim, Size: look.Small}), value)
	}
	c.fields = look.Flow(28, 10, field("welcome.authority", c.name), field("welcome.maySign", c.maySign),
		look.Row(12, field("welcome.until", c.until), c.renew),
		field("welcome.key", look.NewText(words.T("welcome.keyHint"), look.Style{})))
	c.content = look.NewCard(c.fields)
	return c
}

func (c *authorityCard) show(t *state.Trust, busy bool) {
	name, maySign, until := ink.Safe(t.Authority), words.T("welcome.names"), words.T("welcome.proof.none")
	if name == "" {
		name = words.T("welcome.noAuthority")
	}
	if len(t.MaySign) > 0 {
		maySign = ink.Safe(strings.Join(t.MaySign, " · "))
	}
	if !t.Until.IsZero() {
		until = day(t.Until)
	}
	c.name.SetText(name)
	c.maySign.SetText(maySign)
	c.until.SetText(until)
	c.until.SetInk(ink.Text)
	if t.Expiring {
		c.until.SetInk(ink.Warning)
	}
	c.renew.Hidden = !t.Expiring
	look.Enable(!busy, c.renew)
	c.fields.Refresh()
}
