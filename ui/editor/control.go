package editor

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"culvert/tunnel/project"
	"culvert/ui/ink"
	"culvert/ui/look"
)

// control is how the value of one key is shown and changed.
type control interface {
	object() fyne.CanvasObject
	show(v any)                             // as project.Draft has it; nil: the key is not in the file
	value() (v any, fault string, set bool) // set is false, and v nil, where there is nothing
}

// newControl returns the control for a type of key.
func newControl(p *Page, k project.KeyInfo, changed func()) control {
	switch k.Type {
	case project.TypeBool:
		return newToggle(p, k.Default == "true", changed)
	case project.TypeList:
		return newList(p, placeholder(k), changed)
	case project.TypeMap:
		return newTable(p, changed)
	}
	c := &line{kind: k.Type, page: p}
	c.input = newInput(p, k.Key != "description" && k.Key != "group", placeholder(k), changed)
	c.box = look.Row(0, look.Grow(c.input.object()))
	if k.Type == project.TypeDuration || k.Type == project.TypeNumber {
		c.box = look.Row(0, look.Fixed(short, 0, c.input.object()))
	}
	if pick := p.picker(k.Key); pick != nil {
		c.box.Add(p.iconButton("folder", p.texts.pick, func() {
			pick(func(path string) { c.input.SetText(p.relative(path)) })
		}))
	}
	return c
}

// short is the width of an input for a number or a time span.
const short = 140

// placeholder returns what a key means that is not in the file, without the signs of TOML.
func placeholder(k project.KeyInfo) string {
	return strings.NewReplacer("[", "", "]", "", `"`, "").Replace(k.Default)
}

// line is the control of one text.
type line struct {
	page  *Page
	kind  project.Type
	input *input
	box   *fyne.Container
}

func (c *line) object() fyne.CanvasObject { return c.box }

func (c *line) show(v any) {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case int64:
		text = strconv.FormatInt(v, 10)
	}
	c.input.SetText(text)
}

func (c *line) value() (v any, fault string, set bool) {
	text := strings.TrimSpace(c.input.Text)
	if text == "" {
		return nil, "", false
	}
	if c.kind != project.TypeNumber {
		return text, "", true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return nil, c.page.texts.notANumber, true
	}
	return n, "", true
}

// toggle is the control of true and false. What a file without the key means is no value.
type toggle struct {
	usual bool
	swtch *look.Switch
	word  *look.Text
	texts *texts
}

func newToggle(p *Page, usual bool, changed func()) *toggle {
	c := &toggle{usual: usual, texts: p.texts}
	c.word = look.NewText(c.texts.off, look.Style{Ink: ink.Dim})
	c.swtch = look.NewSwitch(func(bool) { c.say(); changed() })
	return c
}

func (c *toggle) object() fyne.CanvasObject { return look.Row(8, c.swtch, c.word) }

func (c *toggle) show(v any) {
	on, ok := v.(bool)
	c.swtch.SetOn(on && ok || c.usual && !ok)
	c.say()
}

func (c *toggle) say() {
	c.word.SetText(c.texts.off)
	if c.swtch.On() {
		c.word.SetText(c.texts.on)
	}
}

func (c *toggle) value() (v any, fault string, set bool) {
	if c.swtch.On() == c.usual {
		return nil, "", false
	}
	return !c.usual, "", true
}

// list is the control of texts, one below the other; empty ones do not count.
type list struct {
	page        *Page
	placeholder string
	changed     func()
	inputs      []*input
	box         *fyne.Container
}

func newList(p *Page, placeholder string, changed func()) *list {
	c := &list{page: p, placeholder: placeholder, changed: changed, box: look.Column(4)}
	c.show(nil)
	return c
}

func (c *list) object() fyne.CanvasObject { return c.box }

func (c *list) show(v any) {
	items, _ := v.([]string)
	c.inputs = nil
	for _, s := range items {
		c.insert(len(c.inputs), s)
	}
	if len(items) == 0 {
		c.insert(0, "")
	}
	c.lay()
}

// insert makes an input for the item i.
func (c *list) insert(i int, text string) *input {
	in := newInput(c.page, true, "", func() { c.changed() })
	in.Text = text
	in.entered = func() {
		if in.Text != "" {
			c.add(slices.Index(c.inputs, in) + 1)
		}
	}
	in.emptied = func() { c.remove(slices.Index(c.inputs, in)) }
	c.inputs = slices.Insert(c.inputs, i, in)
	return in
}

// add makes an empty input for the item i and goes there.
func (c *list) add(i int) {
	in := c.insert(i, "")
	c.lay()
	focus(in)
}

// remove takes the item i out; the last one is only emptied.
func (c *list) remove(i int) {
	if len(c.inputs) == 1 {
		c.inputs[0].SetText("")
		return
	}
	c.inputs = slices.Delete(c.inputs, i, i+1)
	c.lay()
	focus(c.inputs[max(i-1, 0)])
	c.changed()
}

// lay puts the inputs below each other, the button for another beside the last.
func (c *list) lay() {
	c.inputs[0].SetPlaceHolder("")
	if len(c.inputs) == 1 {
		c.inputs[0].SetPlaceHolder(c.placeholder)
	}
	c.box.Objects = nil
	for i, in := range c.inputs {
		row := []fyne.CanvasObject{look.Grow(in.object())}
		if len(c.inputs) > 1 {
			row = append(row, c.page.iconButton("close", c.page.texts.remove, func() { c.remove(slices.Index(c.inputs, in)) }))
		}
		if i == len(c.inputs)-1 {
			row = append(row, c.page.iconButton("plus", c.page.texts.add, func() { c.add(len(c.inputs)) }))
		} else {
			row = append(row, gapOfButton())
		}
		c.box.Add(look.Row(2, row...))
	}
	c.page.relay()
}

func (c *list) value() (v any, fault string, set bool) {
	var items []string
	for _, in := range c.inputs {
		if s := strings.TrimSpace(in.Text); s != "" {
			items = append(items, s)
		}
	}
	if items == nil {
		return nil, "", false
	}
	return items, "", true
}

// table is the control of names with their values, a row each; rows without a name do not count.
type table struct {
	page    *Page
	changed func()
	rows    []*tableRow
	box     *fyne.Container
}

type tableRow struct{ name, value *input }

func newTable(p *Page, changed func()) *table {
	c := &table{page: p, changed: changed, box: look.Column(4)}
	c.show(nil)
	return c
}

func (c *table) object() fyne.CanvasObject { return c.box }

func (c *table) show(v any) {
	m, _ := v.(map[string]string)
	c.rows = nil
	for _, name := range slices.Sorted(maps.Keys(m)) {
		c.append(name, m[name])
	}
	if len(m) == 0 {
		c.append("", "")
	}
	c.lay()
}

func (c *table) append(name, value string) *tableRow {
	r := &tableRow{}
	r.name = newInput(c.page, true, c.page.texts.headerName, func() { c.changed() })
	r.value = newInput(c.page, true, c.page.texts.headerValue, func() { c.changed() })
	r.name.Text, r.value.Text = name, value
	r.value.entered = func() {
		if r.name.Text != "" {
			c.add()
		}
	}
	c.rows = append(c.rows, r)
	return r
}

func (c *table) add() {
	r := c.append("", "")
	c.lay()
	focus(r.name)
}

func (c *table) remove(r *tableRow) {
	if len(c.rows) == 1 {
		r.name.SetText("")
		r.value.SetText("")
		return
	}
	c.rows = slices.DeleteFunc(c.rows, func(q *tableRow) bool { return q == r })
	c.lay()
	c.changed()
}

func (c *table) lay() {
	c.box.Objects = nil
	for i, r := range c.rows {
		row := []fyne.CanvasObject{look.Grow(r.name.object()), look.Grow(r.value.object())}
		if len(c.rows) > 1 {
			row = append(row, c.page.iconButton("close", c.page.texts.remove, func() { c.remove(r) }))
		}
		if i == len(c.rows)-1 {
			row = append(row, c.page.iconButton("plus", c.page.texts.add, c.add))
		} else {
			row = append(row, gapOfButton())
		}
		c.box.Add(look.Row(2, row...))
	}
	c.page.relay()
}

func (c *table) value() (v any, fault string, set bool) {
	m := make(map[string]string)
	for _, r := range c.rows {
		name := strings.TrimSpace(r.name.Text)
		if _, twice := m[name]; twice {
			return nil, c.page.texts.headerTwice, true
		}
		if name != "" {
			m[name] = strings.TrimSpace(r.value.Text)
		} else if strings.TrimSpace(r.value.Text) != "" {
			return nil, c.page.texts.headerNameless, true
		}
	}
	if len(m) == 0 {
		return nil, "", false
	}
	return m, "", true
}
