package welcome

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// ownNames is the second CA: the names that the user listed for it, and the stores that trust it.
type ownNames struct {
	authority *authority
	stores    *storeList
	opened    bool // each store is shown

	field          *look.Field
	put            *look.Button
	list           *fyne.Container
	says           *look.State
	trust, remove  *look.Button
	renew, each    *look.Button
	buttons, lines *fyne.Container
	content        fyne.CanvasObject
}

func newOwnNames(a *authority) *ownNames {
	n := &ownNames{authority: a, stores: newStoreList(a, &a.second, 0), list: look.Column(0)}
	n.field = look.NewMonoField(words.T("welcome.own.placeholder"))
	n.field.OnChanged = func(string) { n.field.SetProblem("") }
	n.field.OnSubmitted = func(string) { n.submit() }
	n.put = look.NewButton(words.T("welcome.own.add"), look.Plain, n.submit)
	n.says = look.NewState(ink.Faint, "")
	n.trust = look.NewButton(words.T("welcome.trust"), look.Plain, func() { a.add(&a.second) })
	n.remove = look.NewButton(words.T("welcome.remove"), look.Plain, func() { a.remove(&a.second) })
	n.each = look.NewButton(words.T("welcome.each"), look.Quiet, func() { n.opened = !n.opened; n.show(); n.lines.Refresh() })
	n.renew = look.NewButton(words.T("welcome.renew"), look.Plain, a.renew)
	n.buttons = look.Row(8, look.Grow(n.says), n.each, n.renew, n.trust, n.remove)
	n.lines = look.Column(8,
		look.NewText(words.T("welcome.own.title"), look.Style{Bold: true}),
		look.NewParagraph(words.T("welcome.own.hint"), look.Style{Ink: ink.Dim}),
		look.Row(8, look.Grow(n.field), look.Column(0, n.put)),
		n.list, n.buttons, n.stores.content)
	n.content = look.NewCard(n.lines)
	return n
}

// names are those that the second CA may sign for.
func (n *ownNames) names() []string {
	if named := n.authority.trust.Named; named != nil {
		return named.Names
	}
	return nil
}

// submit adds the name in the field.
func (n *ownNames) submit() {
	name := strings.TrimSpace(n.field.Text)
	switch {
	case n.authority.busy():
	case name == "":
		n.field.SetProblem(words.T("welcome.own.empty"))
	case slices.Contains(n.names(), name):
		n.field.SetText("")
	default:
		n.authority.setNames(append(slices.Clone(n.names()), name), func(err error) {
			switch {
			case err == nil:
				n.field.SetText("")
			case errors.Is(err, state.ErrCancelled):
				n.authority.fail(err)
			default:
				n.field.SetProblem(ink.Safe(words.Sentence(err.Error())))
			}
		})
	}
}

// drop takes a name away.
func (n *ownNames) drop(name string) {
	rest := slices.DeleteFunc(slices.Clone(n.names()), func(other string) bool { return other == name })
	n.authority.setNames(rest, n.authority.fail)
}

func (n *ownNames) show() {
	busy, named := n.authority.busy(), n.authority.trust.Named
	n.list.RemoveAll()
	for _, name := range n.names() {
		remove := look.NewIconButton(look.InkedIcon("close", ink.Dim), words.T("welcome.own.drop", "name", ink.Safe(name)),
			func() { n.drop(name) })
		look.Enable(!busy, remove)
		n.list.Add(look.Row(8, look.Grow(look.NewText(ink.Safe(name), look.Style{Mono: true})), remove))
	}
	n.list.Hidden = len(n.list.Objects) == 0
	n.buttons.Hidden = named == nil
	n.stores.content.Hidden = named == nil || !n.opened
	look.Enable(!busy, n.put, n.renew, n.trust, n.remove)
	if named == nil {
		return
	}
	n.say(named)
	if n.opened {
		n.stores.show()
	}
}

// say tells what the second CA is and who trusts it, and offers what is left to do.
func (n *ownNames) say(named *state.Authority) {
	trusted, possible := state.CountTrusted(named.Stores), state.CountPossible(named.Stores)
	dot := ink.Warning
	if trusted > 0 && !named.Expiring {
		dot = ink.Accent
	}
	text := words.T("welcome.partly", "trusted", trusted, "possible", possible)
	if !named.Until.IsZero() {
		text = words.T("welcome.own.says", "trust", text, "name", ink.Safe(named.Name), "date", day(named.Until))
	}
	n.says.Set(dot, text)
	n.renew.Hidden = !named.Expiring
	n.trust.Hidden = trusted == possible
	n.remove.Hidden = trusted == 0
	for _, s := range named.Stores {
		n.opened = n.opened || s.State == state.Cannot || s.State == state.Cancelled
	}
}
