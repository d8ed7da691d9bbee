package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestFieldTellsItsKeys(t *testing.T) {
	start(t, Dark)
	var told string
	f := NewField("query")
	f.OnEscape = func() { told += "escape " }
	f.OnUp = func() { told += "up " }
	f.OnDown = func() { told += "down " }
	f.OnSubmitted = func(s string) { told += s }
	c := show(t, f, 200, 40)
	c.Focus(f)
	test.Type(f, "ping")
	press(c, fyne.KeyEscape, fyne.KeyUp, fyne.KeyDown, fyne.KeyReturn)
	if told != "escape up down ping" {
		t.Errorf("told %q", told)
	}
}

func TestFieldMakesRoomForItsProblem(t *testing.T) {
	start(t, Dark)
	f := NewField("")
	button := NewButton("Add", Primary, nil)
	row := Row(8, Grow(f), button)
	show(t, Column(0, row, Grow(Spacer())), 300, 100)
	plain := f.MinSize().Height
	f.SetProblem("An address begins with ws://")
	if f.MinSize().Height <= plain {
		t.Error("the problem has no room")
	}
	row.Resize(fyne.NewSize(300, row.MinSize().Height))
	if got, want := f.Entry.Size().Height, float32(plain); got != want {
		t.Errorf("the field itself is %v high, want %v", got, want)
	}
	if mid := button.Position().Y + button.Size().Height/2; mid != plain/2 {
		t.Errorf("the button's middle is at %v, the field's at %v", mid, plain/2)
	}
	f.SetProblem("")
	if f.MinSize().Height != plain || f.Problem() != "" {
		t.Error("the problem's room is kept")
	}
}

func TestFieldsLook(t *testing.T) {
	golden(t, "fields", 260, 100, func() fyne.CanvasObject {
		wrong := NewMonoField("")
		wrong.SetText("ftp://127.0.0.1")
		wrong.SetProblem("An address begins with ws://")
		return Column(8, NewField("Name"), wrong)
	})
}
