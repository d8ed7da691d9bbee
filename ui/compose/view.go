package compose

import (
	"encoding/hex"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/capture"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// view is the widgets of the panel.
type view struct {
	path, protocols *look.Field
	paths           *look.Button
	connect         *look.Button
	state           *look.State
	error           *look.Text

	notations       [len(notations)]*look.Chip
	text, binary    *look.Chip
	pretty, compact *look.Button
	history         *look.Button

	editor *editor
	note   fyne.CanvasObject // in the editor's place, where the message is too large for it
	kept   *look.Paragraph
	sample *look.Text

	send     *look.Button
	size     *look.Text
	received *look.Text

	head, tools, foot *fyne.Container
	content           fyne.CanvasObject
}

// lay puts the widgets into their places.
func (v *view) lay(close func(), middle fyne.CanvasObject) {
	title := look.Row(8, look.NewText(words.T("compose.title"), look.Style{Bold: true}), v.state, look.Grow(v.error))
	if close != nil {
		title.Add(look.NewIconButton(look.InkedIcon("close", ink.Dim), words.T("compose.close"), close))
	}
	to := look.Row(8, look.Grow(v.path), v.paths, look.Fixed(190, 0, v.protocols), v.connect)
	v.head = look.Column(6, title, to)
	v.tools = look.Row(6)
	for _, c := range v.notations {
		v.tools.Add(c)
	}
	for _, o := range []fyne.CanvasObject{
		look.NewText(words.T("compose.as"), look.Style{Ink: ink.Dim}), v.text, v.binary,
		look.Spacer(), v.pretty, v.compact, v.history,
	} {
		v.tools.Add(o)
	}
	v.foot = look.Row(10, v.send, look.Grow(v.size), look.Grow(v.received))
	v.content = look.Back(ink.Background, look.Pad(8, 16, 10, 16, container.NewBorder(
		look.Column(8, v.head, v.tools, look.Fixed(0, 1, look.Spacer())),
		look.Pad(8, 0, 0, 0, v.foot), nil, nil, middle)))
}

// refresh shows how things are now. What is in the editor stays.
func (p *Panel) refresh() {
	v, d := &p.view, p.current
	if d == nil {
		v.state.Set(ink.Faint, words.T("compose.noProject"))
		look.Enable(false, v.connect, v.send, v.history, v.pretty, v.compact)
		return
	}
	p.refreshConnection(d)
	m := &d.message
	for i, n := range notations {
		v.notations[i].SetSelected(m.Notation == n)
	}
	v.text.SetSelected(!m.Binary)
	v.binary.SetSelected(m.Binary)
	show(m.kept == nil, v.editor)
	show(m.kept != nil, v.note)
	if m.kept != nil {
		v.kept.SetText(words.T("compose.kept", "size", capture.SizeText(int64(len(m.kept)))))
		v.sample.SetText(sample(m.kept))
	}
	data, mistake := m.payload()
	show(m.Notation == jsonText && m.kept == nil, v.pretty, v.compact)
	look.Enable(mistake == nil, v.pretty, v.compact)
	look.Enable(len(d.history.items) > 0, v.history)
	project := p.project()
	serving := project == nil || project.Serving
	look.Enable(mistake == nil && serving, v.send)
	switch {
	case mistake != nil && m.Text == "":
		p.hint(words.T("compose.empty", "send", sendKey.String(), "older", olderKey.String()))
	case mistake != nil:
		p.problem(mistakeText(mistake, m.Text))
	case !serving:
		p.hint(words.T("compose.off"))
	case d.line.sent == 0:
		p.hint(capture.SizeText(int64(len(data))))
	default:
		p.hint(words.N("compose.size", d.line.sent, "size", capture.SizeText(int64(len(data)))))
	}
	v.tools.Refresh()
}

func (p *Panel) refreshConnection(d *desk) {
	v := &p.view
	v.state.Set(phaseText(d.line))
	v.error.SetText(errorText(d.line.err))
	button := "compose.disconnect"
	switch d.line.phase {
	case idle:
		button = "compose.connect"
	case connecting:
		button = "compose.cancel"
	}
	v.connect.SetText(words.T(button))
	project := p.project()
	look.Enable(d.line.phase != closing && (d.line.phase != idle || project == nil || project.Serving), v.connect)
	show(project != nil && len(project.Routes) > 1 && d.line.phase == idle, v.paths)
	look.Enable(d.line.phase == idle, v.path, v.protocols)
	v.head.Refresh()
}

// hint says something beside the Send button, problem what is wrong.
func (p *Panel) hint(text string)    { p.say(ink.Dim, text) }
func (p *Panel) problem(text string) { p.say(ink.Error, text) }

func (p *Panel) say(i ink.Ink, text string) {
	p.view.size.SetInk(i)
	p.view.size.SetText(text)
	p.view.foot.Refresh()
}

// showReceived shows what came in, in short.
func (p *Panel) showReceived() {
	text := ""
	if d := p.current; d != nil && d.line.in != nil {
		if count, last, binary := d.line.in.read(); count > 0 {
			line := brief(string(last), 80)
			if binary {
				line = sample(last)
			}
			text = words.N("compose.received", count, "last", line)
		}
	}
	p.view.received.SetText(text)
}

// sample is the beginning of a payload in one line.
func sample(data []byte) string {
	if typable(data[:min(len(data), 64)]) {
		return brief(string(data[:min(len(data), 400)]), 90)
	}
	n := min(len(data), 24)
	text := hex.EncodeToString(data[:n])
	if n < len(data) {
		text += "…"
	}
	return text
}

func show(on bool, objects ...fyne.CanvasObject) {
	for _, o := range objects {
		if on {
			o.Show()
		} else {
			o.Hide()
		}
	}
}
