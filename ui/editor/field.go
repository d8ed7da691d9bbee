package editor

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/project"
	"culvert/ui/ink"
	"culvert/ui/look"
)

// field is a key of the form: its name, its control, what it does, and what is wrong with it.
type field struct {
	info    project.KeyInfo
	key     project.Key // with the index of the route
	control control

	base    any  // what the text has that the form was made of
	there   bool // the text has the key
	shown   any  // what the control made of base
	problem *look.Paragraph
	warning *look.Paragraph // what to think of, though it is right
	warned  *fyne.Container // the warning with its sign
	row     fyne.CanvasObject

	// out takes the key out of the text, whatever the control has: it means nothing for what the user has chosen.
	out bool
	// standIn has the problems of the field while it is hidden.
	standIn *field
}

// newField returns the field of a key with the value that a text has for it.
func newField(p *Page, info project.KeyInfo, key project.Key, d *project.Draft) *field {
	f := &field{
		info: info, key: key,
		problem: look.NewParagraph("", look.Style{Size: look.Small, Ink: ink.Error}),
		warning: look.NewParagraph("", look.Style{Size: look.Small, Ink: ink.Warning}),
	}
	f.control = newControl(p, info, p.edited)
	f.base, f.there = d.Value(key)
	f.control.show(f.base)
	f.shown, _, _ = f.control.value()
	f.problem.Hide()
	sign := canvas.NewImageFromResource(look.InkedIcon("warning", ink.Warning))
	sign.FillMode = canvas.ImageFillContain
	f.warned = look.Row(6, look.Fixed(14, 14, sign), look.Grow(f.warning))
	f.warned.Hide()

	text := p.texts.keys[info.Key]
	name := string(info.Key)
	label := look.Column(1,
		look.NewText(text.label, look.Style{}),
		look.NewText(name[strings.LastIndexByte(name, '.')+1:], look.Style{Size: look.Small, Mono: true, Ink: ink.Dim}))
	help := look.NewParagraph(text.help, look.Style{Size: look.Small, Ink: ink.Dim})
	f.row = container.New(&labelled{}, label, look.Column(3, f.control.object(), f.problem, f.warned, help))
	return f
}

// changed returns the value that the user wants, and whether it differs from the one in the text.
func (f *field) changed() (v any, fault string, changed bool) {
	if f.out {
		return nil, "", true
	}
	v, fault, _ = f.control.value()
	if fault != "" {
		return nil, fault, false
	}
	if reflect.DeepEqual(v, f.shown) {
		return f.base, "", false
	}
	return v, "", true
}

// needed reports whether the file is wrong without the key.
func (f *field) needed() bool {
	return f.info.Required || f.info.Key == "route.root" || f.info.Key == "route.redirect"
}

// setProblem shows what is wrong; "" is nothing.
func (f *field) setProblem(text string) bool { return say(f.problem, text) }

// warn shows what to think of; "" is nothing.
func (f *field) warn(text string) bool {
	show(f.warned, text != "")
	return say(f.warning, text)
}

// say shows a text in a paragraph, hides it for none, and reports whether that is a change.
func say(p *look.Paragraph, text string) bool {
	if p.Text() == text && p.Visible() == (text != "") {
		return false
	}
	p.SetText(text)
	p.Hidden = text == ""
	p.Refresh()
	return true
}
