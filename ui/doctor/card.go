package doctor

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// card shows a finding: what it is, what was seen, why it matters, and each way to mend it.
func (p *Page) card(f state.Finding, busy bool) fyne.CanvasObject {
	dot, word := looks(f.Severity)
	lines := look.Column(8, look.Row(12, look.NewState(dot, word),
		look.Grow(look.NewParagraph(said(f.What), look.Style{Bold: true}))))
	if f.Evidence != "" {
		lines.Add(p.copyable(words.Sentence(f.Evidence)))
	}
	if f.Why != "" {
		lines.Add(look.NewParagraph(said(f.Why), look.Style{Ink: ink.Dim}))
	}
	for _, fix := range f.Fixes {
		lines.Add(look.Rule())
		lines.Add(p.fix(fix, busy))
	}
	return look.NewCard(lines)
}

// fix shows one way to mend a finding: in words, with a button where the app can do it, else with the command where there
// is one.
func (p *Page) fix(f state.Fix, busy bool) fyne.CanvasObject {
	row := look.Row(12, look.Grow(look.Middle(look.NewParagraph(begun(said(f.What)), look.Style{}))))
	if f.Action != "" {
		b := look.NewButton(verb(f.Action), look.Plain, func() { p.do(f) })
		look.Enable(!busy, b)
		row.Add(b)
	}
	if f.Action != "" || f.Command == "" {
		return row
	}
	return look.Column(6, row, p.copyable(f.Command))
}

func (p *Page) copyable(text string) fyne.CanvasObject {
	return look.NewCopyable(text, words.T("doctor.copy"), words.T("doctor.copied"), p.o.Clipboard)
}

// verb is what the button for an action says.
func verb(a state.Action) string {
	switch a {
	case state.DoTrust:
		return words.T("doctor.do.trust")
	case state.DoName:
		return words.T("doctor.do.name")
	case state.DoHosts:
		return words.T("doctor.do.hosts")
	case state.DoRenew:
		return words.T("doctor.do.renew")
	case state.DoEdit:
		return words.T("doctor.do.edit")
	case state.DoSwitch:
		return words.T("doctor.do.switch")
	case state.DoIsolated:
		return words.T("doctor.do.isolated")
	default:
		return words.T("doctor.do.other")
	}
}

// said is a sentence of the engine as it is shown.
func said(text string) string { return ink.Safe(words.Sentence(text)) }

// begun is an English sentence with a capital letter, unless it begins with a command.
func begun(text string) string {
	english := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	if !english || strings.HasPrefix(text, "culvert ") || text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
