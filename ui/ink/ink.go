// Package ink names the colours of the window by what they mean, and holds the pieces of coloured text that models hand
// to the widgets that draw them. It knows nothing of Fyne, so models can be tested without it.
package ink

// Ink is a colour by its meaning; package look has its value in the light and the dark theme. It is also the name of a
// Fyne theme colour.
type Ink string

// The inks.
const (
	None       Ink = ""
	Text       Ink = "foreground"
	Dim        Ink = "dim"   // less important
	Faint      Ink = "faint" // only for what is told elsewhere too
	Accent     Ink = "primary"
	OnAccent   Ink = "foregroundOnPrimary"
	Line       Ink = "separator"
	Background Ink = "background"
	Sidebar    Ink = "sidebar"
	Panel      Ink = "panel"
	Selection  Ink = "selection"
	Hover      Ink = "hover"
	Sent       Ink = "sent"
	Received   Ink = "received"
	Warning    Ink = "warning"
	Error      Ink = "error"

	// Of JSON and of other structured text.
	Key    Ink = "key"
	String Ink = "string"
	Number Ink = "number"
)

// Span is text of one ink within a line. The text may be anything that came over the wire: who draws it makes it safe.
type Span struct {
	Text []byte
	Ink  Ink // None: Text
	Bold bool
}

// Cell is the content of one column of a row.
type Cell struct {
	Text []byte
	Ink  Ink // None: Text
}

// Row is one row of a table: a cell for each column.
type Row struct {
	Cells []Cell
	Back  Ink    // of the background; None: the table's
	Buf   []byte // for whoever fills the row: cells may point into it; it is kept from row to row
}
