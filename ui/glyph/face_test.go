package glyph

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"
)

var (
	paper = color.NRGBA{0x15, 0x18, 0x1c, 0xff}
	pen   = color.NRGBA{0xe6, 0xe9, 0xec, 0xff}
)

// sheet is an image of so many cells of f in the colour of the paper.
func sheet(f *Face, cells int) *image.RGBA {
	w, h := f.Cell()
	img := image.NewRGBA(image.Rect(0, 0, cells*w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{paper.R, paper.G, paper.B, 0xff})
	}
	return img
}

// inked returns the part of img that is not paper.
func inked(img *image.RGBA) (box image.Rectangle) {
	for y := range img.Rect.Max.Y {
		for x := range img.Rect.Max.X {
			if (img.RGBAAt(x, y) != color.RGBA{paper.R, paper.G, paper.B, 0xff}) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func newTestFace(t testing.TB, scale float32) *Face {
	test.NewTempApp(t)
	return NewFace(12, scale)
}

func TestEveryCellHasTheSameSizeAtEachScale(t *testing.T) {
	for scale, want := range map[float32]image.Point{1: {7, 14}, 1.25: {9, 17}, 2: {14, 28}} {
		f := newTestFace(t, scale)
		if w, h := f.Cell(); w != want.X || h != want.Y {
			t.Errorf("scale %v: cell is %d×%d, want %v", scale, w, h, want)
		}
		if bw, _ := f.Bold().Cell(); bw != want.X {
			t.Errorf("scale %v: bold cell is %d wide, want %d", scale, bw, want.X)
		}
	}
}

func TestARuneIsDrawnInItsOwnCells(t *testing.T) {
	f := newTestFace(t, 2)
	w, _ := f.Cell()
	tests := map[string]struct {
		text string
		cell int // that has the ink
		n    int // how many cells it may use
	}{
		"Latin":                   {"   M", 3, 1},
		"an arrow":                {"  →", 2, 1},
		"a Chinese character":     {"  王", 2, 2},
		"Chinese behind Chinese":  {"\u3000王", 2, 2},
		"a full-width letter":     {"  Ａ", 2, 2},
		"an emoji":                {"  😀", 2, 2},
		"an emoji by selector":    {"  ❤️", 2, 2},
		"invalid UTF-8":           {"  \xff", 2, 1},
		"an accent of its own":    {"   e\u0301", 3, 1},
		"an escape":               {"  \n", 2, 2},
		"an escape of a bidi one": {"  \u202e", 2, 6},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			img := sheet(f, 12)
			advance := f.Draw(img, 0, 0, img.Rect, []byte(tt.text), pen)
			if want := (tt.cell + tt.n) * w; advance != want || f.Width([]byte(tt.text)) != want {
				t.Errorf("advance %d, width %d; want %d", advance, f.Width([]byte(tt.text)), want)
			}
			// A glyph may stick out of its cell by a hair, as an italic does.
			place := image.Rect(tt.cell*w-w/4, 0, (tt.cell+tt.n)*w+w/4, img.Rect.Max.Y)
			if got := inked(img); got.Empty() || !got.In(place) {
				t.Errorf("ink in %v, want it within %v", got, place)
			}
		})
	}
}

func TestWideRunesInkBothTheirCells(t *testing.T) {
	f := newTestFace(t, 2)
	w, h := f.Cell()
	for _, text := range []string{"王", "好", "語", "한"} {
		img := sheet(f, 2)
		f.Draw(img, 0, 0, img.Rect, []byte(text), pen)
		left := inked(img.SubImage(image.Rect(0, 0, w, h)).(*image.RGBA))
		if box := inked(img); left.Empty() || box.Max.X <= w {
			t.Errorf("%s is inked in %v of cells %d wide", text, box, w)
		}
	}
}

func TestAFallbackFaceDoesNotMoveTheLine(t *testing.T) {
	f := newTestFace(t, 1)
	w, h := f.Cell()
	alone, mixed := sheet(f, 3), sheet(f, 3)
	f.Draw(alone, 2*w, 0, alone.Rect, []byte("g"), pen)
	f.Draw(mixed, 0, 0, mixed.Rect, []byte("王g"), pen)
	cell := image.Rect(2*w+1, 0, 3*w, h)
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		for x := cell.Min.X; x < cell.Max.X; x++ {
			if alone.At(x, y) != mixed.At(x, y) {
				t.Fatalf("g differs at %d,%d", x, y)
			}
		}
	}
	// The foot of a character is near the line on which the Latin letters stand.
	box := sheet(f, 2)
	f.Draw(box, 0, 0, box.Rect, []byte("王"), pen)
	letter := sheet(f, 1)
	f.Draw(letter, 0, 0, letter.Rect, []byte("H"), pen)
	if d := inked(box).Max.Y - inked(letter).Max.Y; d < -1 || d > 2 {
		t.Errorf("the foot of 王 is %d pixels below that of H", d)
	}
}

func TestNothingIsDrawnOutsideTheClip(t *testing.T) {
	f := newTestFace(t, 1)
	img := sheet(f, 10)
	clip := image.Rect(10, 3, 33, 9)
	f.Draw(img, -3, -2, clip, []byte("M王W\x00😀gggg"), pen)
	if got := inked(img); got.Empty() || !got.In(clip) {
		t.Errorf("ink in %v, clip is %v", got, clip)
	}
	f.Draw(img, 0, 0, image.Rect(500, 500, 600, 600), []byte("beyond the image"), pen)
}

func TestColoursOfAnEmojiAreItsOwn(t *testing.T) {
	f := newTestFace(t, 2)
	img := sheet(f, 2)
	f.Draw(img, 0, 0, img.Rect, []byte("😀"), color.NRGBA{B: 0xff, A: 0xff})
	yellow := false
	for i := 0; i < len(img.Pix); i += 4 {
		yellow = yellow || img.Pix[i] > 0xc0 && img.Pix[i+1] > 0xa0 && img.Pix[i+2] < 0x80
	}
	if !yellow {
		t.Error("the face is not yellow")
	}
}

func TestEscapesAreFainterThanText(t *testing.T) {
	f := newTestFace(t, 1)
	brightest := func(text string) (v uint8) {
		img := sheet(f, 2)
		f.Draw(img, 0, 0, img.Rect, []byte(text), pen)
		for i := 0; i < len(img.Pix); i += 4 {
			v = max(v, img.Pix[i])
		}
		return v
	}
	if said, meant := brightest(`\n`), brightest("\n"); meant >= said || meant < 0x60 {
		t.Errorf("an escape is drawn at %#x, the same text at %#x", meant, said)
	}
}

func TestBoldHasMoreInk(t *testing.T) {
	f := newTestFace(t, 1)
	weight := func(f *Face) (sum int) {
		img := sheet(f, 4)
		f.Draw(img, 0, 0, img.Rect, []byte("bold"), pen)
		for i := 0; i < len(img.Pix); i += 4 {
			sum += int(img.Pix[i])
		}
		return sum
	}
	if light, bold := weight(f), weight(f.Bold()); bold <= light {
		t.Errorf("bold weighs %d, the other %d", bold, light)
	}
}

func TestNewGlyphsAreBoundedUntilTheyAreAllowed(t *testing.T) {
	f := newTestFace(t, 1)
	img := sheet(f, 8)
	text := []byte("王小明好")
	f.Allow(2)
	f.Draw(img, 0, 0, img.Rect, text, pen)
	w, _ := f.Cell()
	if got := inked(img); !f.Late() || got.Max.X > 4*w {
		t.Errorf("late %v, ink in %v; want two characters only", f.Late(), got)
	}
	f.Allow(2)
	f.Draw(img, 0, 0, img.Rect, text, pen)
	if got := inked(img); f.Late() || got.Max.X <= 6*w {
		t.Errorf("late %v, ink in %v; want all characters", f.Late(), got)
	}
}

func TestCutTakesWholeClustersThatFit(t *testing.T) {
	f := newTestFace(t, 1)
	tests := map[string]struct {
		text  string
		cells int
		want  string
	}{
		"all of it":                    {"abc", 3, "abc"},
		"a part":                       {"abcdef", 3, "abc"},
		"nothing":                      {"abc", 0, ""},
		"half a wide rune stays out":   {"a王b", 2, "a"},
		"a mark stays with its letter": {"e\u0301x", 1, "e\u0301"},
		"half an escape stays out":     {"a\u200bb", 6, "a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if n := f.Cut([]byte(tt.text), 7*tt.cells+6); tt.text[:n] != tt.want {
				t.Errorf("Cut = %q, want %q", tt.text[:n], tt.want)
			}
		})
	}
}

func TestDrawDoesNotReadBeyondTheClip(t *testing.T) {
	f := newTestFace(t, 1)
	img := sheet(f, 10)
	long := bytes.Repeat([]byte("x"), 1<<20)
	w, _ := f.Cell()
	if advance := f.Draw(img, 0, 0, img.Rect, long, pen); advance != 10*w {
		t.Errorf("went on for %d pixels of an image of %d", advance, 10*w)
	}
}

func BenchmarkDraw(b *testing.B) {
	f := newTestFace(b, 1)
	img := sheet(f, 200)
	text := []byte(`{"type":"join","room":42,"user":{"id":7,"name":"小明"},"at":1763733801355,"text":"hello there"}`)
	b.ReportAllocs()
	for b.Loop() {
		f.Draw(img, 0, 0, img.Rect, text, pen)
	}
}

// BenchmarkNewGlyph makes glyphs that the face has not yet.
func BenchmarkNewGlyph(b *testing.B) {
	for name, first := range map[string]rune{"Chinese": '一', "emoji": '😀'} {
		b.Run(name, func(b *testing.B) {
			f := newTestFace(b, 1)
			i := rune(0)
			for b.Loop() {
				f.stencil.cut(string(first+i%60), 2, f.cellW)
				i++
			}
		})
	}
}
