package welcome

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// storeList shows the stores of a CA, each in a row: name and place, state, what programs made of it, and its button;
// below that the reason and what to do, where it is not well.
type storeList struct {
	authority *authority
	of        *memory // tells which CA's
	matrix    matrix
	trust     look.Kind // of the buttons that do
	content   *fyne.Container

	proofs  []*proofCell
	buttons map[fyne.Focusable]string // → what the button is for, see show
}

// newStoreList returns the stores of one of the CAs. storeWide is the width of the column of names; 0: a part of all.
func newStoreList(a *authority, of *memory, storeWide float32) *storeList {
	return &storeList{authority: a, of: of, matrix: matrix{storeWide: storeWide}, content: look.Column(0)}
}

// show makes the rows anew, those that need the user first in their order, and absent ones last. The keyboard stays with
// the button that had it, in its new row.
func (l *storeList) show() {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(l.content)
	var held fyne.Focusable
	if canvas != nil {
		held = canvas.Focused()
	}
	purpose := l.buttons[held]
	l.buttons, l.proofs = make(map[fyne.Focusable]string), nil
	l.content.RemoveAll()
	var absent []fyne.CanvasObject
	for _, s := range *l.authority.stores(l.of) {
		switch {
		case s.State == state.ByEnvironment && !l.matrix.proofs: // nothing to do for a newcomer
		case s.State == state.Absent:
			absent = append(absent, l.row(s))
		default:
			l.content.Add(l.row(s))
		}
	}
	l.content.Objects = append(l.content.Objects, absent...)
	l.content.Refresh()
	if purpose != "" {
		l.hold(canvas, held, purpose)
	}
}

// hold gives the keyboard to the button for a purpose. While that can not be pressed, the one that is gone keeps it.
func (l *storeList) hold(canvas fyne.Canvas, gone fyne.Focusable, purpose string) {
	for b, is := range l.buttons {
		if is == purpose && !b.(fyne.Disableable).Disabled() {
			canvas.Focus(b)
			return
		}
	}
	l.buttons[gone] = purpose
}

// tick brings up to date how long ago proofs were made.
func (l *storeList) tick(now time.Time) {
	for _, c := range l.proofs {
		c.show(now)
	}
}

func (l *storeList) row(s state.Store) fyne.CanvasObject {
	title := look.Column(1, look.NewText(StoreTitle(s.Name), look.Style{Min: 40}))
	if where := place(&s); where != "" {
		title.Add(look.NewText(where, look.Style{Ink: ink.Dim, Size: look.Small, Mono: true, Min: 40}))
	}
	dot, word := looks(s.State)
	proof := newProofCell(s, l.authority.options.now(), func() { l.authority.prove(s.Name) })
	if l.matrix.proofs {
		l.proofs = append(l.proofs, proof)
		l.buttons[proof.prove] = "prove " + s.Name
	} else {
		proof.content.Hide()
	}
	button := l.button(s)
	l.buttons[button] = "change " + s.Name
	look.Enable(!l.authority.busy(), button, proof.prove)
	notes := l.notes(&s)
	return container.New(&l.matrix, title, look.NewState(dot, word), proof.content, button, notes)
}

// place is where a store is; of what is told by variables, the commands that tell.
func place(s *state.Store) string {
	if s.State == state.ByEnvironment {
		return ink.Safe(strings.Join(s.Commands, " · "))
	}
	return ink.Safe(words.Sentence(s.Where))
}

// notes explain the state of a store, and say what to do. They are hidden where there is nothing to say.
func (l *storeList) notes(s *state.Store) fyne.CanvasObject {
	notes := look.Column(3)
	say := func(text string) {
		notes.Add(look.NewParagraph(text, look.Style{Ink: ink.Dim, Size: look.Small}))
	}
	switch {
	case s.Reason != "":
		say(ink.Safe(words.Sentence(s.Reason)))
	case s.State == state.Cancelled:
		say(words.T("welcome.cancelled"))
	}
	if s.Restart != "" {
		say(words.T("welcome.restart", "program", ink.Safe(words.Sentence(s.Restart))))
	}
	if s.NeedsRoot && (s.State == state.NotTrusted || s.State == state.Cancelled) {
		say(words.T("welcome.password"))
	}
	mend := func(fix string) {
		if line, ok := command(fix); ok {
			notes.Add(look.NewCopyable(line, words.T("welcome.copy"), words.T("welcome.copied"), l.authority.options.Clipboard.SetContent))
		} else if fix != "" {
			say(ink.Safe(words.Sentence(fix)))
		}
	}
	mend(s.Fix)
	if l.matrix.proofs {
		explain(s, say, mend)
	}
	notes.Hidden = len(notes.Objects) == 0
	return notes
}

// button is the one thing to do with a store as it is.
func (l *storeList) button(s state.Store) *look.Button {
	switch s.State {
	case state.Trusted:
		return look.NewButton(words.T("welcome.remove"), look.Plain, func() { l.authority.remove(l.of, s.Name) })
	case state.NotTrusted:
		return look.NewButton(words.T("welcome.trust"), l.trust, func() { l.authority.add(l.of, s.Name) })
	case state.Cannot, state.Cancelled:
		return look.NewButton(words.T("welcome.again"), look.Plain, func() { l.again(s) })
	case state.ByEnvironment:
		return l.copies(s)
	default:
		return look.NewButton(words.T("welcome.check"), look.Plain, l.authority.check)
	}
}

// again tries once more what could not be done.
func (l *storeList) again(s state.Store) {
	if o, ok := l.of.outcomes[s.Name]; ok && o.removing {
		l.authority.remove(l.of, s.Name)
		return
	}
	l.authority.add(l.of, s.Name)
}

// copies returns the button that copies one of the commands of a store.
func (l *storeList) copies(s state.Store) *look.Button {
	take := l.authority.options.Clipboard.SetContent
	if len(s.Commands) == 1 {
		return look.NewButton(words.T("welcome.copy"), look.Plain, func() { take(s.Commands[0]) })
	}
	return look.NewMenuButton(words.T("welcome.copy"), look.Plain, func() *fyne.Menu {
		m := fyne.NewMenu("")
		for _, line := range s.Commands {
			m.Items = append(m.Items, fyne.NewMenuItem(ink.Safe(line), func() { take(line) }))
		}
		return m
	})
}
