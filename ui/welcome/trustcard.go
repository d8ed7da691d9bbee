package welcome

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// trustCard is the first step of the start page.
type trustCard struct {
	authority *authority
	stores    *storeList
	opened    bool // each store is shown
	skipped   bool

	dots           *fyne.Container
	all, none      *look.Button
	each           *look.Button
	says           *look.State
	buttons, lines *fyne.Container
	content        fyne.CanvasObject
	resized        func() // told that the card needs more room, or less
}

func newTrustCard(o *Options) *trustCard {
	c := &trustCard{authority: &authority{options: o}, resized: func() {}}
	c.authority.changed = c.refresh
	c.stores = newStoreList(c.authority, &c.authority.first, 178)
	c.dots = look.Row(12)
	c.all = look.NewButton(words.T("welcome.create"), look.Primary, func() { c.skipped = false; c.authority.add(&c.authority.first) })
	c.none = look.NewButton(words.T("welcome.without"), look.Plain, c.skip)
	c.each = look.NewButton(words.T("welcome.each"), look.Quiet, func() { c.opened = !c.opened; c.refresh() })
	c.says = look.NewState(ink.Accent, "")
	c.buttons = look.Row(8, c.all, c.none, look.Grow(c.says), c.each)
	c.lines = look.Column(10,
		look.Row(12, look.NewText(words.T("welcome.step1"), look.Style{Bold: true}), look.Spacer(), c.dots),
		look.NewText(words.T("welcome.trustHint"), look.Style{Ink: ink.Dim, Min: 60}),
		c.buttons, c.stores.content)
	c.content = look.NewCard(c.lines)
	c.refresh()
	return c
}

func (c *trustCard) skip() {
	c.skipped = true
	c.refresh()
	if c.authority.options.Skip != nil {
		c.authority.options.Skip()
	}
}

// refresh shows what there is now.
func (c *trustCard) refresh() {
	a := c.authority
	c.dots.RemoveAll()
	for _, k := range kinds(a.trust.Stores) {
		c.dots.Add(newKindDot(k))
	}
	if a.tried && (a.has(state.Cannot) || a.has(state.Cancelled)) {
		c.opened = true
	}
	c.all.Hidden = a.complete()
	c.none.Hidden = a.busy() || a.complete() || a.trust.Trusted() > 0 || c.skipped
	c.each.Hidden = a.busy() || len(a.trust.Stores) == 0
	c.all.SetText(words.T("welcome.create"))
	if a.trust.Trusted() > 0 {
		c.all.SetText(words.T("welcome.rest"))
	}
	c.all.SetKind(look.Primary)
	if c.skipped || a.trust.Trusted() > 0 {
		c.all.SetKind(look.Plain)
	}
	look.Enable(!a.busy(), c.all, c.none, c.each)
	c.say()
	c.stores.content.Hidden = !c.opened
	if c.opened {
		c.stores.show()
	}
	c.buttons.Refresh()
	c.lines.Refresh()
	c.resized()
}

// say puts the outcome in words beside the buttons.
func (c *trustCard) say() {
	a := c.authority
	c.says.Show()
	switch {
	case a.busy():
		c.says.Set(ink.Faint, a.doing)
	case a.complete():
		c.says.Set(ink.Accent, words.N("welcome.complete", a.trust.Trusted()))
	case a.trust.Trusted() > 0:
		c.says.Set(ink.Accent, words.T("welcome.partly", "trusted", a.trust.Trusted(), "possible", a.trust.Possible()))
	case c.skipped:
		c.says.Set(ink.Warning, words.T("welcome.skipped"))
	case a.has(state.Cancelled):
		c.says.Set(ink.Dim, words.T("welcome.cancelled"))
	case a.tried:
		c.says.Set(ink.Error, words.T("welcome.failed"))
	default:
		c.says.Hide()
	}
}

// newKindDot is a kind of store as dot and word in the colour of its state.
func newKindDot(k state.Store) fyne.CanvasObject {
	word, i := ink.Dim, ink.Faint
	switch k.State {
	case state.Trusted:
		word, i = ink.Accent, ink.Accent
	case state.Cannot:
		word, i = ink.Error, ink.Error
	}
	return look.Row(5, look.NewDot(i), look.NewText(kindTitle(k.Name, "welcome.kind."), look.Style{Ink: word}))
}
