// Package tray is the tray icon and its menu as functions of what the app shows.
//
// [Menu] and [IconOf] know no desktop; a [Tray] hands what they return to a [Host] when it differs from what is shown,
// and what the user does to a function of its owner.
package tray

import (
	"strings"
	"time"

	"culvert/ui/ink"
	"culvert/ui/state"
	"culvert/ui/words"
)

// Verb is what an entry of the menu does.
type Verb uint8

// The verbs.
const (
	Nothing Verb = iota
	OpenWindow
	OpenTrust
	SwitchOn
	SwitchOff
	CopyAddress
	OpenPage
	Pause
	Resume
	Quit
)

// Action is what happens when an entry is clicked.
type Action struct {
	Verb    Verb
	Project string // of SwitchOn, SwitchOff, CopyAddress and OpenPage
}

// Item is one entry of the menu. The zero value is a separator.
type Item struct {
	Label    string
	Action   Action
	Checkbox bool
	Checked  bool
	Disabled bool
	Children []Item // one level at most: desktops show deeper ones badly
}

// Menu returns the menu for what is shown. It holds no number that changes by itself: a desktop may close an open menu
// that is rebuilt.
func Menu(s *state.State) []Item {
	items := []Item{{Label: words.T("tray.open"), Action: Action{Verb: OpenWindow}}, {}}
	items = append(items, projects(s)...)
	if served := addresses(s); len(served) > 0 {
		items = append(items, Item{})
		items = append(items, served...)
	}
	return append(items,
		Item{},
		Item{Label: trustLabel(&s.Trust), Action: Action{Verb: OpenTrust}},
		pause(s),
		Item{},
		Item{Label: words.T("tray.quit"), Action: Action{Verb: Quit}},
	)
}

// projects returns a checkbox for each project below the heading of its group.
func projects(s *state.State) (items []Item) {
	if len(s.Projects) == 0 {
		return []Item{{Label: words.T("tray.noProjects"), Disabled: true}}
	}
	group := ""
	for i := range s.Projects {
		p := &s.Projects[i]
		if p.Group != group {
			group = p.Group
			items = append(items, Item{Label: heading(p.Group), Disabled: true})
		}
		items = append(items, project(p))
	}
	return items
}

func heading(group string) string {
	if group == "" {
		return words.T("tray.noGroup")
	}
	return strings.ToUpper(ink.Safe(group))
}

func project(p *state.Project) Item {
	item := Item{Label: p.Name, Checkbox: true, Checked: p.Switched, Action: Action{Verb: SwitchOn, Project: p.Name}}
	if p.Switched {
		item.Action.Verb = SwitchOff
	}
	if trouble := trouble(p); trouble != "" {
		item.Label = words.T("tray.project", "name", item.Label, "state", trouble)
	}
	switch {
	case len(p.Exposed) == 0:
	case p.Guarded:
		item.Label = words.T("tray.guarded", "project", item.Label)
	default:
		item.Label = words.T("tray.exposed", "project", item.Label)
	}
	return item
}

// trouble returns what is wrong with a project, in words; "" for nothing.
func trouble(p *state.Project) string {
	if p.Health == state.Degraded {
		down, all := p.Down()
		return words.T("tray.degraded", "down", down, "all", all)
	}
	if key := troubles[p.Health]; key != "" {
		return words.T(key)
	}
	return ""
}

// troubles are the words for each health that needs one.
var troubles = map[state.Health]string{
	state.BackendDown: "tray.backendDown",
	state.PortTaken:   "tray.portTaken",
	state.FileBroken:  "tray.fileBroken",
	state.Failed:      "tray.failed",
}

// addresses returns the submenus that copy and open the addresses of what is served.
func addresses(s *state.State) []Item {
	copying := Item{Label: words.T("tray.copy")}
	opening := Item{Label: words.T("tray.browse")}
	for i := range s.Projects {
		p := &s.Projects[i]
		if !p.Serving || p.Address() == "" {
			continue
		}
		copying.Children = append(copying.Children, Item{
			Label:  words.T("tray.address", "name", p.Name, "address", p.Address()),
			Action: Action{Verb: CopyAddress, Project: p.Name},
		})
		opening.Children = append(opening.Children, Item{
			Label:  words.T("tray.address", "name", p.Name, "address", p.Page()),
			Action: Action{Verb: OpenPage, Project: p.Name},
		})
	}
	if len(copying.Children) == 0 {
		return nil
	}
	return []Item{copying, opening}
}

func trustLabel(t *state.Trust) string {
	switch {
	case !t.Checked:
		return words.T("tray.trustUnknown")
	case t.Trusted() == 0:
		return words.T("tray.untrusted")
	case t.Expiring:
		return words.T("tray.expiring", "date", t.Until.Local().Format(time.DateOnly))
	}
	return words.T("tray.trusted", "trusted", t.Trusted(), "possible", t.Possible())
}

func pause(s *state.State) Item {
	if s.Paused {
		return Item{Label: words.T("tray.resume"), Action: Action{Verb: Resume}}
	}
	return Item{Label: words.T("tray.pause"), Action: Action{Verb: Pause}, Disabled: !s.Switched()}
}
