package editor

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/project"
	"culvert/ui/look"
	"culvert/ui/words"
)

// A lead is one kind of place that a route leads to.
type lead struct {
	word string
	keys []project.Key // that mean something for this kind, and not for every other; the first says where
}

// kinds are the kinds of places, the usual one first.
var kinds = []lead{
	{"editor.leads.to", []project.Key{
		"route.to", "route.strip_prefix", "route.host", "route.connect_timeout", "route.read_timeout", "route.send_timeout",
		"route.set_headers",
	}},
	{"editor.leads.root", []project.Key{"route.root", "route.fallback", "route.strip_prefix"}},
	{"editor.leads.redirect", []project.Key{"route.redirect"}},
}

// leads is the choice of what a route leads to. It shows the keys that mean something then.
type leads struct {
	form  *form
	route int
	chips []*look.Chip // in the order of kinds
	row   fyne.CanvasObject
	// groups are the rest of the card, in the order of routeGroups. One of which no key means anything is hidden.
	groups []fyne.CanvasObject
}

func newLeads(f *form, d *project.Draft, route int) *leads {
	l := &leads{form: f, route: route}
	row := look.Row(6)
	for i, k := range kinds {
		chip := look.NewChip(words.T(k.word), func() {
			l.choose(i, true)
			f.page.edited()
			f.page.relay()
		})
		l.chips = append(l.chips, chip)
		row.Add(chip)
	}
	l.row = container.New(&labelled{}, look.NewText(words.T("editor.leads"), look.Style{}), look.Fixed(0, buttonSide, row))
	return l
}

// found returns the kind that a text has for the route.
func (l *leads) found(d *project.Draft) int {
	return max(0, slices.IndexFunc(kinds, func(k lead) bool {
		_, ok := d.Value(ofRoute(l.route, k.keys[0]))
		return ok
	}))
}

// choose shows the keys of a kind, and of those of the others what the text has: it may have mistakes. Where the user has
// chosen, the others are hidden and taken out of the text; what was written in them comes back with their kind.
func (l *leads) choose(kind int, byUser bool) {
	for i, chip := range l.chips {
		chip.SetSelected(i == kind)
	}
	where := l.form.field(ofRoute(l.route, kinds[kind].keys[0]))
	for _, k := range kinds {
		for _, key := range k.keys {
			f := l.form.field(ofRoute(l.route, key))
			means := slices.Contains(kinds[kind].keys, key)
			f.out = !means && byUser
			shown := means || f.there && !byUser
			show(f.row, shown)
			f.standIn = where
			if shown {
				f.standIn = nil
			}
		}
	}
	for i, group := range l.groups {
		show(group, slices.ContainsFunc(routeGroups[i].keys, func(k project.Key) bool {
			return l.form.field(ofRoute(l.route, k)).row.Visible()
		}))
	}
}
