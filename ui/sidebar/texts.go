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
	health            map[state.Health]string
}

func newTexts() texts {
	return texts{
		other:    words.T("sidebar.other"),
		groupOn:  words.T("sidebar.menu.groupOn"),
		groupOff: words.T("sidebar.menu.groupOff"),
		on:       words.T("sidebar.groupCount"),
		health: map[state.Health]string{
			state.Off:         words.T("sidebar.health.off"),
			state.On:          words.T("sidebar.health.on"),
			state.BackendDown: words.T("sidebar.health.backendDown"),
			state.PortTaken:   words.T("sidebar.health.portTaken"),
			state.FileBroken:  words.T("sidebar.health.fileBroken"),
			state.Failed:      words.T("sidebar.health.failed"),
		},
	}
}

// count says how many projects of a heading are on.
func (t *texts) count(r row) string {
	return strconv.Itoa(r.on) + "/" + strconv.Itoa(r.all) + " " + t.on
}
