package look

import "fyne.io/fyne/v2"

// Describe tells what a widget shows, in words: its role, its text, and its state where there is something to say. It
// is for tests, and for programs that read the window to people.

// Describe is the text.
func (t *Text) Describe() (role, text, state string) {
	if t.OnTapped != nil {
		return "link", t.text, ""
	}
	return "text", t.text, ""
}

// Describe is the text.
func (p *Paragraph) Describe() (role, text, state string) { return "text", p.Text(), "" }

// Describe is the button's text.
func (b *Button) Describe() (role, text, state string) { return "button", b.text, disabled(b) }

// Describe is the button's tip.
func (b *IconButton) Describe() (role, text, state string) { return "button", b.tip, disabled(b) }

// Describe is the chip's text, and whether it is the choice.
func (c *Chip) Describe() (role, text, state string) {
	return "chip", c.text, when(c.selected, "selected")
}

// Describe is the pill's text.
func (p *Pill) Describe() (role, text, state string) { return "button", p.text, "" }

// Describe is whether the switch is on.
func (s *Switch) Describe() (role, text, state string) {
	if s.on {
		return "switch", "", "on"
	}
	return "switch", "", "off"
}

// Describe is the title of the tab that is chosen.
func (t *Tabs) Describe() (role, text, state string) { return "tab", t.titles[t.selected], "selected" }

// Describe is the word beside the dot.
func (s *State) Describe() (role, text, state string) { return "text", s.word.Text(), "" }

// Describe is what was typed, and what is wrong with it.
func (f *Field) Describe() (role, text, state string) { return "field", f.Text, f.Problem() }

// Parts returns what is within a surface: a card, or a background.
func (s *surface) Parts() []fyne.CanvasObject {
	if s.content == nil {
		return nil
	}
	return []fyne.CanvasObject{s.content}
}

// Parts returns the two parts.
func (s *Split) Parts() []fyne.CanvasObject { return s.parts[:] }

// Parts returns what is on the page.
func (r *Reader) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll.Content} }

// Parts returns what is in the banner.
func (b *Banner) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{b.inner} }

func disabled(o fyne.Disableable) string { return when(o.Disabled(), "disabled") }

func when(is bool, state string) string {
	if is {
		return state
	}
	return ""
}
