package welcome

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// storeList shows each store in a row: name and place, state with the reason and what to do, and its button.
type storeList struct {
	authority *authority
	titleWide float32
	content   *fyne.Container
}

func newStoreList(a *authority, titleWide float32) *storeList {
	return &storeList{authority: a, titleWide: titleWide, content: look.Column(0)}
}

// show makes the rows anew, those that need the user first in their order, and absent ones last.
func (l *storeList) show() {
	l.content.RemoveAll()
	var absent []fyne.CanvasObject
	for _, s := range l.authority.trust.Stores {
		row := look.Pad(8, 0, 8, 0, l.row(s))
		if s.State == state.Absent {
			absent = append(absent, look.Rule(), row)
			continue
		}
		l.content.Objects = append(l.content.Objects, look.Rule(), row)
	}
	l.content.Objects = append(l.content.Objects, absent...)
	l.content.Refresh()
}

func (l *storeList) row(s state.Store) fyne.CanvasObject {
	title := look.Column(1, look.NewText(storeTitle(s.Name), look.Style{Min: 40}))
	if s.Where != "" {
		title.Add(look.NewText(ink.Safe(words.Sentence(s.Where)), look.Style{Ink: ink.Dim, Size: look.Small, Mono: true, Min: 40}))
	}
	how := look.Column(3, look.NewState(stateInk(s.State), stateWord(s.State)))
	if s.Reason != "" {
		how.Add(look.NewParagraph(ink.Safe(words.Sentence(s.Reason)), look.Style{Ink: ink.Dim, Size: look.Small}))
	}
	if s.Restart != "" {
		how.Add(look.NewParagraph(words.T("welcome.restart", "program", ink.Safe(words.Sentence(s.Restart))), look.Style{Size: look.Small}))
	}
	if s.Fix != "" {
		how.Add(l.fix(s.Fix))
	}
	return look.Row(16, look.Fixed(l.titleWide, 0, title), look.Grow(how), l.button(s))
}

// fix shows what the user can do; a command can be copied.
func (l *storeList) fix(fix string) fyne.CanvasObject {
	line, ok := command(fix)
	if !ok {
		return look.NewParagraph(ink.Safe(words.Sentence(fix)), look.Style{Ink: ink.Dim, Size: look.Small})
	}
	copied := look.NewButton(words.T("welcome.copy"), look.Quiet, nil)
	copied = look.NewButton(words.T("welcome.copy"), look.Quiet, func() {
		l.authority.options.Clipboard.SetContent(line)
		copied.SetText(words.T("welcome.copied"))
	})
	text := look.NewText(ink.Safe(line), look.Style{Size: look.Small, Mono: true, Min: 60})
	return look.Back(ink.Hover, look.Pad(1, 4, 1, 8, look.Row(8, look.Grow(text), copied)))
}

func (l *storeList) button(s state.Store) fyne.CanvasObject {
	var b *look.Button
	switch s.State {
	case state.Trusted:
		b = look.NewButton(words.T("welcome.remove"), look.Plain, func() { l.authority.remove(s.Name) })
	case state.NotTrusted:
		b = look.NewButton(words.T("welcome.trust"), look.Plain, func() { l.authority.add(s.Name) })
	case state.Cannot:
		b = look.NewButton(words.T("welcome.again"), look.Plain, func() { l.authority.add(s.Name) })
	default:
		b = look.NewButton(words.T("welcome.check"), look.Plain, l.authority.check)
	}
	if l.authority.busy {
		b.Disable()
	}
	return b
}
