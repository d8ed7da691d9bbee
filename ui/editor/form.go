package editor

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"culvert/tunnel/project"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// form is the fields for a text, each made with the value that the text has.
type form struct {
	page    *Page
	base    []byte
	fields  []*field
	tables  map[project.Key]*look.Paragraph // what is said of a whole table
	content fyne.CanvasObject
}

// newForm returns the form for text, whose draft is d.
func newForm(p *Page, text []byte, d *project.Draft) *form {
	f := &form{page: p, base: text, tables: make(map[project.Key]*look.Paragraph)}
	f.content = look.Pad(14, 20, 24, 16, look.Column(20,
		f.section("basics", d, "name", "description", "group"),
		f.routes(d),
		f.section("listening", d, "listen", "hosts", "redirect_http", "idle_timeout", "max_connections", "backlog"),
		f.section("access", d, "allow", "deny"),
		f.table("auth", d),
		f.table("certificate", d),
		f.table("cors", d),
	))
	return f
}

// keysOf returns the keys of a table, in order.
func keysOf(table string) []project.Key {
	var keys []project.Key
	for _, k := range project.Keys() {
		if strings.HasPrefix(string(k.Key), table+".") {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// rows makes the fields of keys; those of routes get the index of one.
func (f *form) rows(d *project.Draft, route int, keys ...project.Key) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, k := range project.Keys() {
		if !slices.Contains(keys, k.Key) {
			continue
		}
		key := k.Key
		if strings.HasPrefix(string(key), "route.") {
			key = ofRoute(route, key)
		}
		field := newField(f.page, k, key, d)
		f.fields = append(f.fields, field)
		rows = append(rows, field.row)
	}
	return rows
}

// section is keys below a heading.
func (f *form) section(name string, d *project.Draft, keys ...project.Key) fyne.CanvasObject {
	heading := look.NewText(words.T("editor.section."+name), look.Style{Bold: true})
	return look.Column(10, heading, look.Rule(), look.Column(14, f.rows(d, -1, keys...)...))
}

// table is a table of the file, folded if the file has none of its keys.
func (f *form) table(name string, d *project.Draft) fyne.CanvasObject {
	warning := look.NewParagraph("", look.Style{Size: look.Small, Ink: ink.Error})
	warning.Hide()
	f.tables[project.Key(name)] = warning
	keys := keysOf(name)
	body := look.Column(14, f.rows(d, -1, keys...)...)
	return look.Column(10, f.fold(name, words.T("editor.section."+name), look.Style{Bold: true}, body, used(d, keys)),
		look.Rule(), warning, body)
}

// used reports whether a draft has one of the keys.
func used(d *project.Draft, keys []project.Key) bool {
	return slices.ContainsFunc(keys, func(k project.Key) bool { _, ok := d.Value(k); return ok })
}

// foldIndent is the room between the border of a button and its symbol.
const foldIndent = 6

// fold returns a heading that shows and hides what is below it.
func (f *form) fold(id, title string, style look.Style, body fyne.CanvasObject, open bool) fyne.CanvasObject {
	if chosen, ok := f.page.opened[id]; ok {
		open = chosen
	}
	show(body, open)
	var toggle func()
	button := look.NewIconButton(nil, title, func() { toggle() })
	label := look.NewText(title, style)
	draw := func() {
		if body.Visible() {
			button.SetIcon(look.InkedIcon("chevron-down", ink.Dim), title)
		} else {
			button.SetIcon(look.InkedIcon("chevron-right", ink.Dim), title)
		}
	}
	toggle = func() {
		show(body, !body.Visible())
		f.page.opened[id] = body.Visible()
		draw()
		f.page.relay()
	}
	label.OnTapped = toggle
	draw()
	return look.Row(2, look.Pad(0, 0, 0, -foldIndent, button), label)
}

// routes is a card for each route.
func (f *form) routes(d *project.Draft) fyne.CanvasObject {
	warning := look.NewParagraph("", look.Style{Size: look.Small, Ink: ink.Error})
	warning.Hide()
	f.tables["route"] = warning
	column := look.Column(10, look.NewText(words.T("editor.section.routes"), look.Style{Bold: true}), look.Rule(), warning)
	for i := range d.Routes() {
		column.Add(f.route(d, i))
	}
	add := look.NewButton(words.T("editor.addRoute"), look.Plain, func() {
		f.page.restructure(d.Routes(), func(d *project.Draft) { d.AddRoute() })
	})
	column.Add(look.Row(0, add))
	return column
}

// route is the card of one route: where it leads, and folded the rest.
func (f *form) route(d *project.Draft, i int) fyne.CanvasObject {
	t := f.page.texts
	action := func(word string, k look.Kind, on bool, to int, do func(d *project.Draft)) fyne.CanvasObject {
		b := look.NewButton(word, k, func() { f.page.restructure(to, do) })
		look.Enable(on, b)
		return b
	}
	head := look.Row(6, look.NewText(words.T("editor.route", "n", i+1), look.Style{Bold: true}), look.Spacer(),
		action(t.moveUp, look.Quiet, i > 0, i-1, func(d *project.Draft) { d.MoveRoute(i, i-1) }),
		action(t.moveDown, look.Quiet, i < d.Routes()-1, i+1, func(d *project.Draft) { d.MoveRoute(i, i+1) }),
		action(t.remove, look.Danger, d.Routes() > 1, max(i-1, 0), func(d *project.Draft) { d.RemoveRoute(i) }))

	rows := look.Column(14, f.rows(d, i, "route.path")...)
	leads := newLeads(f, d, i)
	rows.Add(leads.row)
	for _, row := range f.rows(d, i, "route.to", "route.root", "route.fallback", "route.redirect") {
		rows.Add(row)
	}
	more := look.Column(18)
	open := false
	for _, g := range routeGroups {
		group := f.routeGroup(g.name, d, i, g.keys...)
		leads.groups = append(leads.groups, group)
		more.Add(group)
		open = open || slices.ContainsFunc(g.keys, func(k project.Key) bool { return f.field(ofRoute(i, k)).there })
	}
	leads.choose(leads.found(d), false)
	fold := f.fold("route"+strconv.Itoa(i), words.T("editor.more"), look.Style{Ink: ink.Dim}, more, open)
	return look.NewCard(look.Column(10, head, rows, fold, more))
}

// routeGroups are the keys that a route's card has folded away: which requests it gets, how they are forwarded, who may come.
var routeGroups = []struct {
	name string
	keys []project.Key
}{
	{"editor.group.matching", []project.Key{"route.exact", "route.listen", "route.strip_prefix"}},
	{"editor.group.forwarding", []project.Key{
		"route.host", "route.connect_timeout", "route.read_timeout", "route.send_timeout", "route.set_headers",
	}},
	{"editor.group.access", []project.Key{"route.auth", "route.allow", "route.deny"}},
}

// ofRoute returns the key of route i that is listed as k.
func ofRoute(i int, k project.Key) project.Key {
	return project.RouteKey(i, strings.TrimPrefix(string(k), "route."))
}

// routeGroup is some of a route's keys below a small heading.
func (f *form) routeGroup(name string, d *project.Draft, i int, keys ...project.Key) fyne.CanvasObject {
	heading := look.NewText(words.T(name), look.Style{Size: look.Small, Ink: ink.Dim})
	return look.Column(8, heading, look.Rule(), look.Column(14, f.rows(d, i, keys...)...))
}

// field returns the field of a key, or nil.
func (f *form) field(key project.Key) *field {
	i := slices.IndexFunc(f.fields, func(g *field) bool { return g.key == key })
	if i < 0 {
		return nil
	}
	return f.fields[i]
}

// has reports whether the form has a place for the problems of a key.
func (f *form) has(key project.Key) bool { return f.tables[key] != nil || f.field(key) != nil }

// name returns what the project is called in the form.
func (f *form) name() string {
	name, _, _ := f.field("name").control.value()
	s, _ := name.(string)
	return s
}

// draft returns the text with what the user has changed, and what could not be put into it.
func (f *form) draft() (*project.Draft, map[project.Key]string) {
	faults := make(map[project.Key]string)
	d, err := project.NewDraft(f.base)
	if err != nil {
		panic("editor: the form's text was TOML: " + err.Error())
	}
	for _, g := range f.fields {
		v, fault, changed := g.changed()
		if changed {
			if err := d.Set(g.key, v); err != nil {
				fault = words.Sentence(err.Error())
			}
		}
		if fault != "" {
			faults[g.key] = fault
		}
	}
	return d, faults
}

// judge shows at each field what is wrong with it, and reports whether that is not what was shown before. A required
// key that is empty needs only a word.
func (f *form) judge(d *project.Draft, problems project.Errors, faults map[project.Key]string) (again bool) {
	wrong := make(map[project.Key]string)
	for _, p := range problems {
		if key := d.Key(p); wrong[key] == "" {
			wrong[key] = problemText(p)
		}
	}
	for key, fault := range faults {
		wrong[key] = fault
	}
	for _, g := range f.fields {
		if to := g.standIn; to != nil && wrong[g.key] != "" && wrong[to.key] == "" {
			wrong[to.key] = wrong[g.key]
		}
	}
	for _, g := range f.fields {
		text := wrong[g.key]
		if _, _, set := g.control.value(); text != "" && g.needed() && !set {
			text = f.page.texts.required
		}
		again = g.setProblem(text) || again
	}
	again = f.warn() || again
	for key, warning := range f.tables {
		again = say(warning, wrong[key]) || again
	}
	return again
}
