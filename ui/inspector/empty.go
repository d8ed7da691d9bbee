package inspector

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// empty is what is shown where there are no rows: why, and what to do next.
type empty struct {
	content *fyne.Container
	text    *look.Text
	button  *look.Button
	why     emptiness
	of      string // name of the project
	do      func()
}

// emptiness is why there is nothing to see.
type emptiness uint8

const (
	notEmpty  emptiness = iota
	isOff               // the project is off
	isWaiting           // nothing has passed yet
	isFiltered
	isSearching
)

// headerHeight is that of the table's header, in Fyne units.
const headerHeight = 26

func newEmpty() *empty {
	e := &empty{text: look.NewText("", look.Style{Ink: ink.Dim}), do: func() {}}
	e.button = look.NewButton("", look.Plain, func() { e.do() })
	e.content = look.Pad(headerHeight, 0, 0, 0, look.Center(look.Column(12, e.text, look.Center(e.button))))
	e.content.Hide()
	return e
}

// reason tells why the list of frames is empty.
func reason(p *Pane) emptiness {
	list := p.view.list
	if first, next := list.Range(); next > first {
		return notEmpty
	}
	if first, next := p.log.Range(); next > first {
		if list.Searching() {
			return isSearching
		}
		return isFiltered
	}
	if !p.project.Switched {
		return isOff
	}
	return isWaiting
}

// check shows or hides the page where that has changed.
func (e *empty) check(p *Pane) {
	if why := reason(p); why != e.why || p.project.Name != e.of {
		e.show(p)
	}
}

func (e *empty) show(p *Pane) {
	e.why, e.of = reason(p), p.project.Name
	if e.why == notEmpty {
		e.content.Hide()
		return
	}
	project := p.project
	e.button.Show()
	switch e.why {
	case isOff:
		e.set(word("empty.off", "name", project.Name), word("empty.switch"), func() { p.o.Switch(project, true) })
	case isWaiting:
		if project.Page() == "" {
			e.set(word("empty.nothing"), "", nil)
			break
		}
		e.set(word("empty.frames", "url", project.Page()), word("empty.open"), func() { p.o.OpenURL(project.Page()) })
	case isFiltered:
		e.set(word("empty.filter"), word("empty.clear"), p.clearFilter)
	case isSearching:
		e.set(word("filter.searching"), "", nil)
	}
	e.content.Show()
	e.content.Refresh()
}

func (e *empty) set(text, action string, do func()) {
	e.text.SetText(text)
	e.button.SetText(action)
	e.do = do
	if action == "" {
		e.button.Hide()
	}
}
