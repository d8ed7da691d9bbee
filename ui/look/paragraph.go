package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Paragraph is text that wraps between words, without padding.
type Paragraph struct {
	widget.RichText
	style Style
}

// NewParagraph returns a paragraph.
func NewParagraph(text string, s Style) *Paragraph {
	p := &Paragraph{style: s}
	p.Wrapping = fyne.TextWrapWord
	p.ExtendBaseWidget(p)
	p.SetText(text)
	return p
}

// SetText changes the text.
func (p *Paragraph) SetText(text string) {
	size := theme.SizeNameText
	switch p.style.Size {
	case Small:
		size = theme.SizeNameCaptionText
	case Heading, Title:
		size = theme.SizeNameSubHeadingText
	}
	p.Segments = []widget.RichTextSegment{&widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		Alignment: p.style.Align,
		ColorName: fyne.ThemeColorName(p.style.color()),
		SizeName:  size,
		TextStyle: p.style.text(),
	}}}
	p.Refresh()
}
