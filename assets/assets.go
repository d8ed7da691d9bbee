// Package assets holds the files that the programs carry inside: so far the page of the demo project.
package assets

import "embed"

// FS is everything embedded. Its top-level folders:
//
//	demo  the demo page: index.html and what it loads, self-contained
//
//go:embed demo
var FS embed.FS
