package look

import (
	"image"
	"image/draw"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look/looktest"
)

// start makes an app with the theme.
func start(t *testing.T, a Appearance) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, NewTheme(Options{Appearance: a}))
}

// show puts an object into a window of its own.
func show(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Canvas {
	t.Helper()
	window := test.NewTempWindow(t, o)
	window.SetPadded(false)
	window.Resize(fyne.NewSize(w, h))
	return window.Canvas()
}

// golden compares what build makes, dark above light, with testdata/NAME.png.
func golden(t *testing.T, name string, w, h float32, build func() fyne.CanvasObject) {
	t.Helper()
	got := image.NewNRGBA(image.Rect(0, 0, int(w), 2*int(h)))
	for i, a := range []Appearance{Dark, Light} {
		start(t, a)
		at := got.Rect
		at.Min.Y = i * int(h)
		draw.Draw(got, at, show(t, Pad(8, 8, 8, 8, build()), w, h).Capture(), image.Point{}, draw.Src)
	}
	looktest.Golden(t, name, got)
}

// press types a key into what has the focus.
func press(c fyne.Canvas, keys ...fyne.KeyName) {
	for _, k := range keys {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
}
