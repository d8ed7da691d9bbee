package inspector

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
)

// header tells which project is shown: its name, its address, where it leads.
type header struct {
	content          fyne.CanvasObject
	row              *fyne.Container
	name, address    *look.Text
	arrow            *look.Text
	backends         *backends
	copy, open, edit *look.Button
	project          *state.Project
}

// newHeader returns a header. copied is called with the address that is to be copied, and list to show all backends.
func newHeader(copied, openURL func(string), edit func(*state.Project), list func()) *header {
	h := &header{
		name:     look.NewText("", look.Style{Size: look.Heading, Bold: true}),
		address:  look.NewText("", look.Style{Ink: ink.Accent, Mono: true}),
		arrow:    look.NewText("→", look.Style{Ink: ink.Dim}),
		backends: newBackends(list),
	}
	copyAddress := func() {
		if a := h.project.Address(); a != "" {
			copied(a)
		}
	}
	h.address.OnTapped = copyAddress
	h.copy = look.NewButton(word("header.copy"), look.Plain, copyAddress)
	h.open = look.NewButton(word("header.open"), look.Plain, func() { openURL(h.project.Page()) })
	h.edit = look.NewButton(word("header.edit"), look.Plain, func() { edit(h.project) })
	h.row = look.Row(10, h.name, h.address, h.arrow, look.Grow(h.backends), h.copy, h.open, h.edit)
	h.content = look.Pad(11, 16, 9, 16, h.row)
	return h
}

func (h *header) show(p *state.Project) {
	h.project = p
	before := h.name.Text() + " " + h.address.Text()
	h.name.SetText(p.Name)
	address, shownInk := p.Address(), ink.Accent
	if address == "" {
		address, shownInk = word("header.off"), ink.Dim
		if p.Switched {
			address = word("header.closed")
		}
	}
	h.address.SetText(address)
	h.address.SetInk(shownInk)
	h.backends.show(p)
	if h.name.Text()+" "+h.address.Text() != before {
		h.row.Layout.Layout(h.row.Objects, h.row.Size()) // they need more room, or less
	}
	look.Enable(p.Address() != "", h.copy)
	look.Enable(p.Page() != "", h.open)
	look.Enable(!p.Demo, h.edit)
}
