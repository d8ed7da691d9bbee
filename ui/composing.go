package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/compose"
	"culvert/ui/inspector"
	"culvert/ui/look"
	"culvert/ui/state"
)

// bench is the inspector with, below it while the user wants that, the panel where messages are written.
type bench struct {
	frames  fyne.CanvasObject
	split   *look.Split
	content *fyne.Container
	open    bool
}

func newBench(frames, panel fyne.CanvasObject, s Settings) *bench {
	b := &bench{frames: frames, split: look.NewSplit(false, frames, panel), content: container.NewStack(frames)}
	b.split.Fixed, b.split.Extent = look.Trailing, composeHeight
	s.Get(composeKey, &b.split.Extent)
	b.split.OnChanged = func(extent float32) { s.Set(composeKey, extent) }
	return b
}

// show shows or hides the panel.
func (b *bench) show(open bool) {
	if b.open == open {
		return
	}
	b.open = open
	b.content.Objects[0] = b.frames
	if open {
		b.content.Objects[0] = b.split
	}
	b.content.Refresh()
}

// composeMessage opens the panel, with a captured message or as it was left.
func (w *Window) composeMessage(p *state.Project, draft *inspector.Draft) {
	w.open(inspecting)
	w.bench.show(true)
	if draft != nil {
		d := compose.Draft{Path: draft.Path, Opcode: byte(draft.Opcode), Payload: draft.Payload}
		if draft.Protocol != "" {
			d.Subprotocols = []string{draft.Protocol}
		}
		w.compose.Edit(p.Name, d)
	}
	w.compose.Focus()
}

// stopComposing hides the panel. Its connections stay open.
func (w *Window) stopComposing() {
	w.bench.show(false)
	w.inspector.Focus()
}
