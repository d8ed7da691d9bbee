package look

import (
	"bytes"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

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
	if name == "arch" || strings.HasPrefix(name, "tray-") {
		return fyne.NewStaticResource(name+".svg", svg)
	}
	return &inked{name: name, svg: svg, ink: i}
}

// inked is a symbol whose black is the colour of an ink in the current theme. Fyne's own themed resource colours only
// what is filled, and these symbols are strokes.
type inked struct {
	name string
	svg  []byte
	ink  ink.Ink
}

// Name is what Fyne keeps the drawn symbol by, until the theme changes.
func (r *inked) Name() string { return string(r.ink) + "_" + r.name + ".svg" }

// ThemeColorName makes it a fyne.ThemedResource.
func (r *inked) ThemeColorName() fyne.ThemeColorName { return fyne.ThemeColorName(r.ink) }

// Content is the SVG in the colour of now.
func (r *inked) Content() []byte {
	c := NRGBA(r.ink)
	return bytes.ReplaceAll(r.svg, []byte("#000000"), fmt.Appendf(nil, "#%02x%02x%02x", c.R, c.G, c.B))
}
