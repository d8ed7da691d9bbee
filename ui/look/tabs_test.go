package look

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTabsAreChosenByPointerAndKeys(t *testing.T) {
	start(t, Dark)
	var told []int
	tabs := NewTabs(func(i int) { told = append(told, i) }, "Frames", "Sockets", "Doctor")
	c := show(t, tabs, 400, 40)
	test.TapAt(tabs, fyne.NewPos(tabWidth("Frames")+tabGap+5, 10))
	test.TapAt(tabs, fyne.NewPos(390, 10)) // beside them all
	c.Focus(tabs)
	press(c, fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft, fyne.KeyHome, fyne.KeyEnd)
	if want := []int{1, 2, 1, 0, 2}; !slices.Equal(told, want) {
		t.Errorf("chose %v, want %v", told, want)
	}
	tabs.Select(2)
	if len(told) != 5 {
		t.Error("the tab that is chosen was chosen again")
	}
}

func TestTabsMakeRoomForALongerTitle(t *testing.T) {
	start(t, Dark)
	tabs := NewTabs(nil, "Sockets", "Doctor")
	before := tabs.MinSize().Width
	tabs.SetTitle(0, "Sockets 1,024")
	if tabs.MinSize().Width <= before {
		t.Error("the title has no room")
	}
}

func TestTabsLook(t *testing.T) {
	golden(t, "tabs", 300, 52, func() fyne.CanvasObject {
		tabs := NewTabs(nil, "Pretty", "Raw", "Hex", "Frames 1")
		tabs.Select(1)
		return tabs
	})
}
