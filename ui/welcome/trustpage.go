package welcome

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// TrustPage shows the CA and every store, and the second CA for the user's own names. Its methods are called on the main
// goroutine.
type TrustPage struct {
	authority *authority
	stores    *storeList
	card      *authorityCard
	names     *ownNames

	prove, everything, all *look.Button
	doing                  *look.Text
	trouble, calm          *look.Paragraph // why something was not done
	sure                   *fyne.Container
	note                   *look.Paragraph
	sum                    *look.Text
	lines                  *fyne.Container
	reader                 *look.Reader
	content                fyne.CanvasObject
	ticked                 time.Time
}

// NewTrustPage returns the page; of the options, those for adding projects are not used.
func NewTrustPage(o Options) *TrustPage {
	a := &authority{options: &o}
	p := &TrustPage{authority: a, stores: newStoreList(a, &a.first, 0), card: newAuthorityCard(a.renew), names: newOwnNames(a)}
	a.changed = p.refresh
	p.stores.matrix.proofs, p.stores.trust = true, look.Primary
	p.prove = look.NewButton(words.T("welcome.proveAll"), look.Plain, func() { a.prove() })
	p.everything = look.NewButton(words.T("welcome.removeAll"), look.Plain, func() { p.ask(true) })
	p.all = look.NewButton(words.T("welcome.trustAll"), look.Primary, func() { a.add(&a.first) })
	p.doing = look.NewText("", look.Style{Ink: ink.Dim})
	p.trouble = look.NewParagraph("", look.Style{Ink: ink.Error})
	p.calm = look.NewParagraph("", look.Style{Ink: ink.Dim})
	p.sure = look.Row(8, look.Grow(look.NewText(words.T("welcome.sure"), look.Style{Min: 60})),
		look.NewButton(words.T("welcome.removeAll"), look.Danger, func() { p.ask(false); a.remove(&a.first) }),
		look.NewButton(words.T("welcome.keep"), look.Plain, func() { p.ask(false) }))
	p.sure.Hide()
	p.note = look.NewParagraph("", look.Style{Ink: ink.Dim})
	p.sum = look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small})
	p.lines = look.Column(14,
		look.Row(10, look.NewText(words.T("welcome.trustTitle"), look.Style{Size: look.Heading, Bold: true}),
			look.Grow(p.doing), p.prove, p.everything, p.all),
		p.trouble, p.calm, p.sure, p.card.content,
		look.Column(0, newHeading(&p.stores.matrix), look.Rule(), p.stores.content),
		p.note, p.names.content)
	bar := look.Column(0, look.Rule(), look.Back(ink.Sidebar, look.Pad(4, 16, 4, 16, p.sum)))
	p.reader = look.NewReader(look.Pad(12, 16, 16, 16, p.lines))
	p.content = container.NewBorder(nil, bar, nil, nil, p.reader)
	p.refresh()
	return p
}

// Content is what the window shows.
func (p *TrustPage) Content() fyne.CanvasObject { return p.content }

// Focus gives the keyboard to the page, which scrolls then.
func (p *TrustPage) Focus(c fyne.Canvas) { c.Focus(p.reader) }

// Show shows what has changed.
func (p *TrustPage) Show(s *state.State) { p.authority.show(s.Trust) }

// Check looks at the stores anew, as the user's button does.
func (p *TrustPage) Check() { p.authority.check() }

// Renew renews what ends soon, as the user's buttons do.
func (p *TrustPage) Renew() { p.authority.renew() }

// Trust makes stores trust the CA, as the user's buttons do.
func (p *TrustPage) Trust(stores ...string) { p.authority.add(&p.authority.first, stores...) }

// slow is how often it is told anew how long ago something was.
const slow = 10 * time.Second

// Tick is called while the page is looked at, often.
func (p *TrustPage) Tick(now time.Time) {
	if d := now.Sub(p.ticked); d >= slow || d < 0 {
		p.ticked = now
		p.stores.tick(now)
	}
}

// ask asks whether to remove everything, or takes that back.
func (p *TrustPage) ask(on bool) {
	p.sure.Hidden = !on
	p.refresh()
}

func (p *TrustPage) refresh() {
	a := p.authority
	t := &a.trust
	look.Enable(!a.busy() && !a.complete(), p.all)
	look.Enable(!a.busy() && t.Trusted() > 0, p.prove)
	look.Enable(!a.busy() && (t.Trusted() > 0 || t.Named != nil), p.everything)
	p.doing.SetText(a.doing)
	p.trouble.SetText(a.trouble)
	p.trouble.Hidden = a.trouble == "" || a.calm
	p.calm.SetText(a.trouble)
	p.calm.Hidden = !a.calm
	if asked := protected(t.Stores); asked != "" {
		p.note.SetText(words.T("welcome.noteAsked", "stores", asked))
	} else {
		p.note.SetText(words.T("welcome.note"))
	}
	if t.Checked {
		p.sum.SetText(words.T("welcome.partly", "trusted", t.Trusted(), "possible", t.Possible()))
	} else {
		p.sum.SetText(words.T("welcome.unchecked"))
	}
	p.card.show(t, a.busy())
	p.stores.show()
	p.names.show()
	p.lines.Refresh()
}
