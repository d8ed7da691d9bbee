package ui

import (
	"slices"
	"strings"
	"time"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/welcome"
	"culvert/ui/words"
)

// declinedKey remembers the stores that the user did not want to be asked about.
const declinedKey = "window.declined"

// trustNotices are the lines about the CA: that it ends soon, and that a browser has appeared that does not trust it.
type trustNotices struct {
	settings Settings
	ending   *look.Banner
	appeared *look.Banner

	ends   time.Time // what the first line says
	later  time.Time // the end that the user has closed it for
	stores []string  // that the second line is about
	closed []string  // that it was closed for
}

// newTrustNotices returns the lines. renew and trust lead to the page of trust and begin there.
func newTrustNotices(s Settings, renew func(), trust func(stores ...string)) *trustNotices {
	n := &trustNotices{settings: s}
	n.ending = look.NewBanner(ink.Warning, "", look.NewButton(words.T("ui.renew"), look.Plain, renew))
	n.appeared = look.NewBanner(ink.Accent, "",
		look.NewButton(words.T("ui.trust"), look.Plain, func() { trust(n.stores...) }),
		look.NewButton(words.T("ui.notNow"), look.Plain, n.decline))
	n.ending.Hide()
	n.appeared.Hide()
	return n
}

// decline hides the line and never asks about its stores again.
func (n *trustNotices) decline() {
	declined := append(n.declined(), n.stores...)
	slices.Sort(declined)
	n.settings.Set(declinedKey, slices.Compact(declined))
	n.appeared.Close()
}

func (n *trustNotices) declined() (names []string) {
	n.settings.Get(declinedKey, &names)
	return names
}

// show brings the lines up to date; put shows one of them, or takes it away.
func (n *trustNotices) show(t *state.Trust, put func(b *look.Banner, shown bool)) {
	key := ""
	switch {
	case t.Outdated:
		key, n.ends = "ui.outdated", t.Until
	case t.Expiring:
		key, n.ends = "ui.ends", t.Until
	case t.Named != nil && t.Named.Expiring:
		key, n.ends = "ui.namedEnds", t.Named.Until
	}
	if key != "" {
		n.ending.SetText(words.T(key, "date", n.ends.Local().Format(time.DateOnly)))
	}
	put(n.ending, key != "" && !n.ends.Equal(n.later))

	n.stores = slices.DeleteFunc(t.Appeared(), func(name string) bool { return slices.Contains(n.declined(), name) })
	var titles []string
	for _, name := range n.stores {
		titles = append(titles, welcome.StoreTitle(name))
	}
	if len(titles) > 0 {
		n.appeared.SetText(words.N("ui.appeared", len(titles), "stores", strings.Join(titles, words.T("ui.comma"))))
	}
	put(n.appeared, slices.ContainsFunc(n.stores, func(name string) bool { return !slices.Contains(n.closed, name) }))
}
