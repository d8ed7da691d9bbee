package inspector

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// header tells which project is shown: its name, its address, where it leads.
type header struct {
	content                fyne.CanvasObject
	row                    *fyne.Container
	name, address, backend *look.Text
	arrow                  *look.Text
	copy, open, edit       *look.Button
	project                *state.Project
}

// newHeader returns a header; copied is called with the address that is to be copied.
func newHeader(copied, openURL func(string), edit func(*state.Project)) *header {
	h := &header{
		name:    look.NewText("", look.Style{Size: look.Heading, Bold: true}),
		address: look.NewText("", look.Style{Ink: ink.Accent, Mono: true}),
		arrow:   look.NewText("→", look.Style{Ink: ink.Dim}),
		backend: look.NewText("", look.Style{Ink: ink.Dim, Mono: true}),
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
	h.row = look.Row(10, h.name, h.address, h.arrow, look.Grow(h.backend), h.copy, h.open, h.edit)
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
	}
	h.address.SetText(address)
	h.address.SetInk(shownInk)
	h.backend.SetText(backends(p.Routes))
	if h.name.Text()+" "+h.address.Text() != before {
		h.row.Layout.Layout(h.row.Objects, h.row.Size()) // they need more room, or less
	}
	look.Enable(p.Address() != "", h.copy)
	look.Enable(p.Page() != "", h.open)
	look.Enable(!p.Demo, h.edit)
}

// backends returns where the routes lead, each place once; of places that differ in the port only, the port alone:
// "ws://127.0.0.1:8083 · :8093". Folders are told of only where there is nothing else.
func backends(routes []state.Route) string {
	var places, folders []string
	seen, before := map[string]bool{}, ""
	for _, r := range routes {
		if seen[r.To] {
			continue
		}
		seen[r.To] = true
		if !strings.Contains(r.To, "://") && !strings.HasPrefix(r.To, "unix:") {
			folders = append(folders, words.Sentence(r.To))
			continue
		}
		host, port := r.To, ""
		if i := strings.LastIndexByte(r.To, ':'); i > 0 {
			host, port = r.To[:i], r.To[i:]
		}
		if host == before && port != "" {
			places = append(places, port)
		} else {
			places = append(places, r.To)
		}
		before = host
	}
	if places == nil {
		places = folders
	}
	return strings.Join(places, " · ")
}
