package ui

import (
	"culvert/ui/compose"
	"culvert/ui/inspector"
	"culvert/ui/state"
)

// composeMessage opens the panel for messages beside the detail, with a captured message or as it was left.
func (w *Window) composeMessage(p *state.Project, draft *inspector.Draft) {
	w.open(inspecting)
	w.inspector.PutBeside(w.compose.Content())
	if draft != nil {
		d := compose.Draft{Path: draft.Path, Opcode: byte(draft.Opcode), Payload: draft.Payload}
		if draft.Protocol != "" {
			d.Subprotocols = []string{draft.Protocol}
		}
		w.compose.Edit(p.Name, d)
	}
	w.compose.Focus(w.window.Canvas())
}

// stopComposing takes the panel away. Its connections stay open.
func (w *Window) stopComposing() {
	w.inspector.PutBeside(nil)
	w.inspector.Focus()
}
