package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"culvert/ui/ink"
)

// A palette is the value of each colour by its name: the inks, and the names that Fyne's own widgets ask for.
type palette map[fyne.ThemeColorName]color.NRGBA

// rgb is the opaque colour 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// faded is c with an opacity of a out of 255.
func faded(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// Every ink but Faint reads on every background at 4.5 : 1 or better (WCAG 2.2, 1.4.3).

func darkPalette() palette {
	return complete(map[ink.Ink]color.NRGBA{
		ink.Text: rgb(0xe6e9ec), ink.Dim: rgb(0x929ba5), ink.Faint: rgb(0x5c656f),
		ink.Accent: rgb(0x2bb3a3), ink.OnAccent: rgb(0x04211d),
		ink.Background: rgb(0x15181c), ink.Sidebar: rgb(0x101316), ink.Panel: rgb(0x1b1f24),
		ink.Line: rgb(0x2a3037), ink.Selection: rgb(0x20343a), ink.Hover: rgb(0x1e2329),
		ink.Sent: rgb(0x6cb2ff), ink.Received: rgb(0x7bd88f),
		ink.Warning: rgb(0xe5b567), ink.Error: rgb(0xff7b72),
		ink.Key: rgb(0x6cb2ff), ink.String: rgb(0x7bd88f), ink.Number: rgb(0xe5b567),
	}, rgb(0x15181c), 0x99)
}

func lightPalette() palette {
	return complete(map[ink.Ink]color.NRGBA{
		ink.Text: rgb(0x1c2328), ink.Dim: rgb(0x5f6b76), ink.Faint: rgb(0x98a3ad),
		ink.Accent: rgb(0x0b7669), ink.OnAccent: rgb(0xffffff),
		ink.Background: rgb(0xffffff), ink.Sidebar: rgb(0xf4f6f7), ink.Panel: rgb(0xfafbfb),
		ink.Line: rgb(0xdfe4e8), ink.Selection: rgb(0xe2f1ef), ink.Hover: rgb(0xeef2f3),
		ink.Sent: rgb(0x1c66c0), ink.Received: rgb(0x1f7837),
		ink.Warning: rgb(0x8a5c00), ink.Error: rgb(0xcf222e),
		ink.Key: rgb(0x1c66c0), ink.String: rgb(0x1f7837), ink.Number: rgb(0x8a5c00),
	}, rgb(0xffffff), 0x33)
}

// complete adds the names that only Fyne uses. onSign is the text on a fill of the error or the warning colour,
// shade the opacity of shadows.
func complete(inks map[ink.Ink]color.NRGBA, onSign color.NRGBA, shade uint8) palette {
	p := make(palette, 2*len(inks))
	for i, c := range inks {
		p[fyne.ThemeColorName(i)] = c
	}
	var none, black color.NRGBA
	black.A = shade
	text, dim, faint, line := inks[ink.Text], inks[ink.Dim], inks[ink.Faint], inks[ink.Line]
	accent, panel := inks[ink.Accent], inks[ink.Panel]

	p[theme.ColorNameButton] = panel
	p[theme.ColorNameDisabled] = faint
	p[theme.ColorNameDisabledButton] = panel
	p[theme.ColorNameFocus] = faded(accent, 0x55)
	p[theme.ColorNameForegroundOnError] = onSign
	p[theme.ColorNameForegroundOnSuccess] = onSign
	p[theme.ColorNameForegroundOnWarning] = onSign
	p[theme.ColorNameHeaderBackground] = panel
	p[theme.ColorNameHyperlink] = accent
	p[theme.ColorNameInnerWindowBorder] = line
	p[theme.ColorNameInnerWindowBorderInactive] = line
	p[theme.ColorNameInputBackground] = panel
	p[theme.ColorNameInputBorder] = mix(line, faint, 0.35)
	p[theme.ColorNameMenuBackground] = panel
	p[theme.ColorNameOverlayBackground] = panel
	p[theme.ColorNamePlaceHolder] = dim
	p[theme.ColorNamePressed] = faded(text, 0x22)
	p[theme.ColorNameScrollBar] = faded(dim, 0x88)
	p[theme.ColorNameScrollBarBackground] = none
	p[theme.ColorNameShadow] = black
	p[theme.ColorNameSuccess] = inks[ink.Received]
	return p
}

// NRGBA returns the colour of an ink in the current theme and variant; ink.None is transparent.
func NRGBA(i ink.Ink) color.NRGBA {
	if i == ink.None {
		return color.NRGBA{}
	}
	settings := fyne.CurrentApp().Settings()
	t, ok := settings.Theme().(*look)
	if !ok {
		t = plain // a test, or a part of it, that has not set the theme
	}
	return t.nrgba(fyne.ThemeColorName(i), settings.ThemeVariant())
}

// Color is NRGBA for fields of the interface type.
func Color(i ink.Ink) color.Color { return NRGBA(i) }
