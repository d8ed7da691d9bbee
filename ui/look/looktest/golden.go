package looktest

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden images anew")

// Golden compares a picture with testdata/NAME.png. With the flag -update it is the golden one from now on.
func Golden(t testing.TB, name string, got image.Image) {
	t.Helper()
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

// save writes a picture, and the folders above it.
func save(t testing.TB, path string, i image.Image) {
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
