package inspector

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
)

// endpoints lists every address that the project answers on, and where each leads.
type endpoints struct {
	content fyne.CanvasObject
	list    *fyne.Container
	copied  func(string)
	shown   []endpoint
}

// endpoint is one URL and route of a project.
type endpoint struct {
	address string // wss://host:port/path
	to      string
}

// endpointsOf returns every URL with every route, the best URL first. Upstreams of one route are one line.
func endpointsOf(p *state.Project) (list []endpoint) {
	for _, u := range p.URLs {
		first := len(list)
	routes:
		for _, r := range p.Routes {
			scheme := "wss://"
			if !strings.Contains(r.To, "://") && !strings.HasPrefix(r.To, "unix:") {
				scheme = "https://"
			}
			address := scheme + strings.TrimPrefix(u, "https://") + r.Path
			for i := range list[first:] {
				if e := &list[first+i]; e.address == address {
					e.to += " · " + r.To
					continue routes
				}
			}
			list = append(list, endpoint{address, r.To})
		}
	}
	return list
}

func newEndpoints(copied func(string)) *endpoints {
	e := &endpoints{copied: copied, list: look.Column(0)}
	e.content = container.NewVScroll(look.Pad(12, 16, 16, 16, e.list))
	return e
}

func (e *endpoints) show(p *state.Project) {
	e.shown = endpointsOf(p)
	e.list.Objects = nil
	if len(e.shown) == 0 {
		e.list.Add(look.NewText(word("endpoint.none"), look.Style{Ink: ink.Dim}))
	}
	for _, one := range e.shown {
		e.list.Add(e.row(one))
	}
	for _, group := range []struct {
		title string
		lines []string
	}{{word("endpoint.hosts"), hosts(p.URLs)}, {word("endpoint.listen"), p.Listen}} {
		if len(group.lines) == 0 {
			continue
		}
		e.list.Add(look.Pad(16, 0, 4, 0, look.NewText(group.title, look.Style{Size: look.Small, Ink: ink.Dim})))
		for _, l := range group.lines {
			e.list.Add(look.Fixed(0, rowHeight, look.NewText(l, look.Style{Mono: true})))
		}
	}
	e.list.Refresh()
}

// rowHeight is that of a line in lists made of widgets.
const rowHeight = 24

func (e *endpoints) row(one endpoint) fyne.CanvasObject {
	address := look.NewText(one.address, look.Style{Mono: true, Ink: ink.Accent})
	address.OnTapped = func() { e.copied(one.address) }
	return look.Column(0,
		look.Fixed(0, 36, look.Row(10,
			address,
			look.NewText("→", look.Style{Ink: ink.Dim}),
			look.Grow(look.NewText(one.to, look.Style{Mono: true, Ink: ink.Dim})),
			look.NewButton(word("endpoint.copy"), look.Plain, func() { e.copied(one.address) }))),
		look.Rule())
}

// hosts returns the names that the URLs are for, each once.
func hosts(urls []string) (list []string) {
	seen := map[string]bool{}
	for _, u := range urls {
		h := strings.TrimPrefix(u, "https://")
		if i := strings.LastIndexByte(h, ':'); i > strings.LastIndexByte(h, ']') {
			h = h[:i]
		}
		if !seen[h] {
			seen[h] = true
			list = append(list, h)
		}
	}
	return list
}
