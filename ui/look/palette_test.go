package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"culvert/ui/ink"
)

// contrast is the ratio of WCAG 2.2, "contrast ratio".
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		linear := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestEveryInkReadsOnEveryBackground(t *testing.T) {
	for name, p := range map[string]palette{"dark": darkPalette(), "light": lightPalette()} {
		of := func(i ink.Ink) color.NRGBA { return p[fyne.ThemeColorName(i)] }
		for _, i := range []ink.Ink{
			ink.Text, ink.Dim, ink.Accent, ink.Sent, ink.Received, ink.Warning, ink.Error, ink.Key, ink.String, ink.Number,
		} {
			for _, back := range []ink.Ink{ink.Background, ink.Sidebar, ink.Panel, ink.Selection, ink.Hover} {
				if c := contrast(of(i), of(back)); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f : 1", name, i, back, c)
				}
			}
		}
		for _, back := range []color.NRGBA{of(ink.Accent), mix(of(ink.Accent), of(ink.Text), hoverShare)} {
			if c := contrast(of(ink.OnAccent), back); c < 4.5 {
				t.Errorf("%s: text on the accent has a contrast of %.2f : 1", name, c)
			}
		}
		if c := contrast(of(ink.Dim), chipFill(of(ink.Panel), of(ink.Line))); c < 4.5 {
			t.Errorf("%s: a chip's text has a contrast of %.2f : 1", name, c)
		}
	}
}

func TestEveryColourIsDefined(t *testing.T) {
	test.NewTempApp(t)
	for _, a := range []Appearance{System, Light, Dark} {
		test.AssertAllColorNamesDefined(t, NewTheme(Options{Appearance: a}), "look")
	}
}

func TestColourFollowsTheDesktopUnlessOneIsForced(t *testing.T) {
	dark, light := darkPalette()["background"], lightPalette()["background"]
	for _, c := range []struct {
		name       string
		appearance Appearance
		variant    fyne.ThemeVariant
		want       color.NRGBA
	}{
		{"a dark desktop", System, theme.VariantDark, dark},
		{"a light desktop", System, theme.VariantLight, light},
		{"a desktop without a preference", System, 2, dark},
		{"dark on a light desktop", Dark, theme.VariantLight, dark},
		{"light on a dark desktop", Light, theme.VariantDark, light},
	} {
		th := NewTheme(Options{Appearance: c.appearance})
		if got := th.Color(theme.ColorNameBackground, c.variant); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestColourIsThereBeforeTheThemeIsSet(t *testing.T) {
	test.NewTempApp(t)
	if NRGBA(ink.Dim).A != 0xff {
		t.Error("dim is transparent under another theme")
	}
	if NRGBA(ink.None).A != 0 {
		t.Error("no ink has a colour")
	}
}
