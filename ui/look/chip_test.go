package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestChipTellsAndLeavesTheChoiceToItsOwner(t *testing.T) {
	start(t, Dark)
	n := 0
	chip := NewChip("Text", func() { n++ })
	c := show(t, chip, 80, 40)
	test.Tap(chip)
	c.Focus(chip)
	press(c, fyne.KeySpace, fyne.KeyReturn)
	if n != 3 || chip.Selected() {
		t.Errorf("pressed %d times, selected: %v", n, chip.Selected())
	}
}

func TestChipsLook(t *testing.T) {
	golden(t, "chips", 320, 40, func() fyne.CanvasObject {
		all := NewChip("All", nil)
		all.SetSelected(true)
		return Row(6, all, NewChip("↑ Sent", nil), NewChip("Problems 2", nil), NewPill("↓ 128 new", nil))
	})
}
