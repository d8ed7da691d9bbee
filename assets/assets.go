// Package assets holds the files that the programs carry inside.
package assets

import "embed"

// FS is everything embedded. Its top-level folders:
//
//	demo          the demo page: index.html and what it loads, self-contained
//	icons         the arch, for window and tray, and the symbols of the window: SVG
//	translations  the texts of window and tray: NAME.LANGUAGE.json
//
//go:embed demo icons translations
var FS embed.FS
