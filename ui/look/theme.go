// Package look is how the window looks: the theme, and the small widgets that every page is made of. The tokens are
// few on purpose: one accent, three weights of text, one size of row.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Appearance is which of the two variants of the theme is shown.
type Appearance uint8

// The appearances.
const (
	System Appearance = iota // as the desktop says, and when it changes its mind
	Light
	Dark
)

// Options are what the theme depends on beside the desktop. The zero value follows the desktop, in English.
type Options struct {
	Appearance Appearance
	// Locale is the language of the window as BCP 47 or POSIX write it ("zh-CN", "ja_JP.UTF-8"). For Chinese, Japanese
	// and Korean all words come from one face of the system, so that no line mixes two.
	Locale string
}

// Measures in Fyne units, where no theme size has the meaning.
const (
	radius     = 5  // of buttons, fields, chips
	cardRadius = 8  // of cards
	control    = 27 // height of buttons and fields
	chipHeight = 23
	lineWidth  = 1
)

type look struct {
	appearance  Appearance
	dark, light palette
	words, bold fyne.Resource // nil: Inter
	tall        fyne.Resource // for AnyText
}

// plain serves Color where the current theme is another.
var plain = &look{dark: darkPalette(), light: lightPalette()}

// NewTheme returns the theme of the window. It may read a font of the system, which takes some 10 ms.
func NewTheme(o Options) fyne.Theme {
	t := &look{appearance: o.Appearance, dark: darkPalette(), light: lightPalette(), tall: tallMono()}
	t.words, t.bold = faces(o.Locale)
	return t
}

func (t *look) nrgba(name fyne.ThemeColorName, v fyne.ThemeVariant) color.NRGBA {
	if t.appearance == Light || t.appearance == System && v == theme.VariantLight {
		return t.light[name]
	}
	return t.dark[name]
}

// Color returns the colour of that name; the transparent one if there is none.
func (t *look) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.nrgba(name, v)
}

// Font returns the face for a style of text.
func (t *look) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s == AnyText && t.tall != nil:
		return t.tall
	case s.Monospace || s.Symbol || t.words == nil:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return t.bold
	}
	return t.words
}

// Icon returns Fyne's own icon of that name.
func (t *look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size returns the measure of that name in Fyne units.
func (t *look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 13
	case theme.SizeNameCaptionText:
		return 11
	case theme.SizeNameHeadingText, theme.SizeNameSubHeadingText:
		return 16
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 6
	case theme.SizeNameLineSpacing:
		return 4
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameInputRadius, theme.SizeNameWindowButtonRadius, theme.SizeNameInnerWindowRadius:
		return radius
	case theme.SizeNameSelectionRadius:
		return 3
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall, theme.SizeNameScrollBarRadius:
		return 4
	case theme.SizeNameSeparatorThickness, theme.SizeNameInputBorder, theme.SizeNameSplitThickness:
		return lineWidth
	}
	return theme.DefaultTheme().Size(name)
}
