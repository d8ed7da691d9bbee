package welcome

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// noteKinds are how each kind of note is told.
var noteKinds = [...]struct {
	word string
	ink  ink.Ink
}{
	state.Careful:    {"welcome.note.careful", ink.Error},
	state.NotCarried: {"welcome.note.notCarried", ink.Warning},
	state.Insecure:   {"welcome.note.insecure", ink.Warning},
	state.Different:  {"welcome.note.different", ink.Dim},
	state.Needless:   {"welcome.note.needless", ink.Dim},
}

// newReport returns the card that tells what an nginx configuration became: the projects, and what was not carried over.
func newReport(o *Options, im *state.Import) fyne.CanvasObject {
	head := look.Row(8,
		look.Grow(look.NewText(words.T("welcome.imported", "file", ink.Safe(filepath.Base(im.From))), look.Style{Bold: true})),
		look.NewButton(words.T("welcome.copyList"), look.Plain, func() { o.Clipboard.SetContent(reportText(im)) }))
	lines := look.Column(10, head)
	if len(im.Projects) == 0 {
		lines.Add(look.NewParagraph(words.T("welcome.importedNothing"), look.Style{Ink: ink.Warning}))
	} else {
		lines.Add(look.NewParagraph(words.T("welcome.importedOff"), look.Style{Ink: ink.Dim}))
	}
	for _, p := range im.Projects {
		lines.Add(look.Rule())
		lines.Add(look.Row(8, look.Grow(look.NewText(p.Name, look.Style{Bold: true})),
			look.NewButton(words.T("welcome.show"), look.Plain, func() {
				if o.Done != nil {
					o.Done(p.Name)
				}
			})))
		lines.Add(look.NewText(ink.Safe(p.File), look.Style{Size: look.Small, Mono: true, Ink: ink.Dim, Min: 60}))
		addNotes(lines, p.Notes)
	}
	if len(im.Notes) > 0 {
		lines.Add(look.Rule())
		lines.Add(look.NewText(words.T("welcome.note.general"), look.Style{Bold: true}))
		addNotes(lines, im.Notes)
	}
	return look.NewCard(lines)
}

// addNotes adds notes, those of a kind below its word.
func addNotes(to *fyne.Container, notes []state.ImportNote) {
	for i, n := range notes {
		kind := noteKinds[n.Kind]
		if i == 0 || notes[i-1].Kind != n.Kind {
			to.Add(look.Pad(4, 0, 0, 0, look.NewState(kind.ink, words.T(kind.word))))
		}
		to.Add(look.Pad(0, 0, 0, 16, look.Column(1,
			look.Row(10,
				look.Grow(look.NewText(ink.Safe(n.Directive), look.Style{Mono: true})),
				look.NewText(ink.Safe(n.Places), look.Style{Size: look.Small, Mono: true, Ink: ink.Dim})),
			look.NewParagraph(ink.Safe(words.Sentence(n.Why)), look.Style{Size: look.Small, Ink: ink.Dim}))))
	}
}

// reportText is the report as text.
func reportText(im *state.Import) string {
	var b strings.Builder
	notes := func(list []state.ImportNote) {
		for _, n := range list {
			b.WriteString("  " + words.T("welcome.note.line", "kind", words.T(noteKinds[n.Kind].word), "places", ink.Safe(n.Places),
				"directive", ink.Safe(n.Directive), "why", ink.Safe(words.Sentence(n.Why))) + "\n")
		}
	}
	for _, p := range im.Projects {
		b.WriteString(p.Name + " " + ink.Safe(p.File) + "\n")
		notes(p.Notes)
	}
	if len(im.Notes) > 0 {
		b.WriteString(words.T("welcome.note.general") + "\n")
		notes(im.Notes)
	}
	return b.String()
}
