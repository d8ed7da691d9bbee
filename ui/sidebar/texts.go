package sidebar

import (
	"strconv"

	"culvert/ui/state"
	"culvert/ui/words"
)

// texts are the words of the rows, looked up once: asking for them by key is too slow for rows.
type texts struct {
	other             string // heading of the projects without a group
	groupOn, groupOff string
	on                string // "on", behind "2/3"
	exposed, guarded  string
	health            map[state.Health]string
}

func newTexts() texts {
	return texts{
		other:    words.T("sidebar.other"),
		groupOn:  words.T("sidebar.menu.groupOn"),
		groupOff: words.T("sidebar.menu.groupOff"),
		on:       words.T("sidebar.groupCount"),
		exposed:  words.T("sidebar.exposed"),
		guarded:  words.T("sidebar.guarded"),
		health: map[state.Health]string{
			state.Off:         words.T("sidebar.health.off"),
			state.On:          words.T("sidebar.health.on"),
			state.Degraded:    words.T("sidebar.health.on"), // and a note says the rest
			state.BackendDown: words.T("sidebar.health.backendDown"),
			state.PortTaken:   words.T("sidebar.health.portTaken"),
			state.FileBroken:  words.T("sidebar.health.fileBroken"),
			state.Failed:      words.T("sidebar.health.failed"),
		},
	}
}

// notes are what is worth a line of its own below a project's address, though the project does what it is to do: that some
// of its backends are gone, and that it is open to other machines.
func (t *texts) notes(p *state.Project) (degraded, exposed string) {
	if p.Health == state.Degraded {
		down, all := p.Down()
		degraded = words.T("sidebar.degraded", "down", down, "all", all)
	}
	switch {
	case len(p.Exposed) == 0:
	case p.Guarded:
		exposed = t.guarded
	default:
		exposed = t.exposed
	}
	return degraded, exposed
}

// count says how many projects of a heading are on.
func (t *texts) count(r row) string {
	return strconv.Itoa(r.on) + "/" + strconv.Itoa(r.all) + " " + t.on
}
