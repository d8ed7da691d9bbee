package inspector

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/ui/look"
)

func TestFilterRowLetsTheChipsGiveWay(t *testing.T) {
	newDesk(t, newSample(t).at, look.Dark) // for the theme
	box := func(w float32) fyne.CanvasObject { return look.Fixed(w, 20, look.Spacer()) }
	row := newFilterRow(box(400), box(50), box(200))
	for width, want := range map[float32][3]float32{
		1000: {400, 390, 200}, // the query takes what is left
		760:  {400, 150, 200},
		600:  {240, 150, 200}, // the chips give way
		456:  {96, 150, 200},
	} {
		row.Resize(fyne.NewSize(width, 30))
		for i, o := range row.Objects {
			if got := o.Size().Width; got != want[i] {
				t.Errorf("in %v, part %d is %v wide, want %v", width, i, got, want[i])
			}
		}
	}
	if s := row.MinSize(); s != fyne.NewSize(456, 20) {
		t.Errorf("it wants %v", s)
	}
	if _, ok := row.Objects[0].(*container.Scroll); !ok {
		t.Error("the chips cannot be scrolled")
	}
}
