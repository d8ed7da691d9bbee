package look

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"culvert/assets"
	"culvert/ui/ink"
)

// Icon returns the symbol of assets/icons by its name, without ".svg", in the colour of text. The arch and the icons of
// the tray keep the colours they are drawn in. A name that there is no file for is a mistake of the program: it panics.
func Icon(name string) fyne.Resource { return InkedIcon(name, ink.Text) }

// InkedIcon is Icon in another ink.
func InkedIcon(name string, i ink.Ink) fyne.Resource {
	svg, err := assets.FS.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("look: " + err.Error())
	}
	r := fyne.NewStaticResource(name+".svg", svg)
	if name == "arch" || strings.HasPrefix(name, "tray-") {
		return r
	}
	return theme.NewColoredResource(r, fyne.ThemeColorName(i))
}
