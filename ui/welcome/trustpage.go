package welcome

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// TrustPage shows the CA and every store. Its methods are called on the main goroutine.
type TrustPage struct {
	authority *authority
	stores    *storeList

	all, everything *look.Button
	name            *look.Text
	fields          *fyne.Container
	says            *look.Text
	sure            *fyne.Container
	lines           *fyne.Container
	content         fyne.CanvasObject
}

// NewTrustPage returns the page; of the options, those for adding projects are not used.
func NewTrustPage(o Options) *TrustPage {
	p := &TrustPage{authority: &authority{options: &o}}
	p.authority.changed = p.refresh
	p.stores = newStoreList(p.authority, 270)
	p.all = look.NewButton(words.T("welcome.trustAll"), look.Primary, func() { p.authority.add() })
	p.everything = look.NewButton(words.T("welcome.removeAll"), look.Danger, func() { p.ask(true) })
	check := look.NewButton(words.T("welcome.check"), look.Plain, p.authority.check)
	p.name = look.NewText("", look.Style{})
	p.says = look.NewText("", look.Style{Ink: ink.Dim})
	p.sure = look.Row(8, look.Grow(look.NewText(words.T("welcome.sure"), look.Style{Min: 60})),
		look.NewButton(words.T("welcome.removeAll"), look.Danger, func() { p.ask(false); p.authority.remove() }),
		look.NewButton(words.T("welcome.keep"), look.Plain, func() { p.ask(false) }))
	p.sure.Hide()
	p.lines = look.Column(12,
		look.Row(10, look.NewText(words.T("welcome.trustTitle"), look.Style{Size: look.Heading, Bold: true}),
			look.Spacer(), check, p.everything, p.all),
		p.sure, p.card(), p.stores.content, look.Rule(), p.says,
		look.NewParagraph(words.T("welcome.trustNote"), look.Style{Ink: ink.Dim}))
	p.content = container.NewVScroll(look.Pad(12, 16, 16, 16, p.lines))
	p.refresh()
	return p
}

// card tells what the CA is and what it may do.
func (p *TrustPage) card() fyne.CanvasObject {
	field := func(key string, value fyne.CanvasObject) fyne.CanvasObject {
		return look.Column(3, look.NewText(words.T(key), look.Style{Ink: ink.Dim, Size: look.Small}), value)
	}
	p.fields = look.Row(28, field("welcome.authority", p.name),
		look.Grow(field("welcome.maySign", look.NewText(words.T("welcome.names"), look.Style{}))),
		field("welcome.key", look.NewText(words.T("welcome.keyHint"), look.Style{})))
	return look.NewCard(p.fields)
}

// Content is what the window shows.
func (p *TrustPage) Content() fyne.CanvasObject { return p.content }

// Show shows what has changed.
func (p *TrustPage) Show(s *state.State) { p.authority.show(s.Trust) }

// Check looks at the stores anew, as the user's button does.
func (p *TrustPage) Check() { p.authority.check() }

// ask asks whether to remove everything, or takes that back.
func (p *TrustPage) ask(on bool) {
	p.sure.Hidden = !on
	p.refresh()
}

func (p *TrustPage) refresh() {
	a := p.authority
	p.name.SetText(ink.Safe(a.trust.Authority))
	if a.trust.Authority == "" {
		p.name.SetText(words.T("welcome.noAuthority"))
	}
	look.Enable(!a.busy && !a.complete(), p.all)
	look.Enable(!a.busy && a.trust.Trusted() > 0, p.everything)
	switch {
	case a.busy:
		p.says.SetText(words.T("welcome.busy"))
	case !a.trust.Checked:
		p.says.SetText(words.T("welcome.unchecked"))
	default:
		p.says.SetText(words.T("welcome.partly", "trusted", a.trust.Trusted(), "possible", a.trust.Possible()))
	}
	p.fields.Refresh()
	p.stores.show()
	p.lines.Refresh()
}
