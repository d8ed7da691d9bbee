package look

import (
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

var update = flag.Bool("update", false, "write the golden images anew")

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
	path := filepath.Join("testdata", name+".png")
	if *update {
		save(t, path, got)
		return
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := distance(got, want); d > 1 {
		failed := filepath.Join("testdata", "failed", name+".png")
		save(t, failed, got)
		t.Errorf("%s is not what it was (mean difference %.2f of 255): see %s", name, d, failed)
	}
}

// distance is the mean difference of two images per channel and pixel, of 255. Processors round differently where edges
// are smoothed, so equal images may differ by a little.
func distance(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	sum := 0.0
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb)} {
				sum += float64(max(d, -d)) / 257
			}
		}
	}
	return sum / float64(3*r.Dx()*r.Dy())
}

func save(t *testing.T, path string, i image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, i); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// press types a key into what has the focus.
func press(c fyne.Canvas, keys ...fyne.KeyName) {
	for _, k := range keys {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
}
