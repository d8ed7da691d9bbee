package sidebar

import (
	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
)

// newAddButton returns the quiet button at the foot: it is there all the time and must not call for attention.
func newAddButton(text string, tapped func()) fyne.CanvasObject {
	t := look.NewText("+  "+text, look.Style{Ink: ink.Dim})
	t.OnTapped = tapped
	return look.Pad(4, 8, 4, 8, t)
}
