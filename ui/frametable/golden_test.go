package frametable

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
	"culvert/ui/look"
)

var update = flag.Bool("update", false, "write the golden images anew")

func TestPictures(t *testing.T) {
	latin := []string{`{"type":"say","text":"hello","reply_to":1881,"seq":`, `{"type":"ack","took_ms":2,"seq":`, "HELLO "}
	tests := map[string]struct {
		appearance look.Appearance
		texts      []string
		scale      float32
		do         func(s *stage)
	}{
		"dark":   {look.Dark, latin, 1, func(*stage) {}},
		"light":  {look.Light, latin, 1, func(*stage) {}},
		"hidpi":  {look.Dark, latin, 2, func(*stage) {}},
		"wide":   {look.Dark, []string{"😀🚀 wide ", "❤️ by selector ", "cut off: 😀😀😀😀😀😀😀😀😀😀😀😀😀"}, 1, func(*stage) {}},
		"unsafe": {look.Dark, []string{"tab\tline\n\x1b[31m ", "bidi \u202e zero\u200b width ", "broken \xff\xfe text "}, 1, func(*stage) {}},
		"selected": {look.Dark, latin, 1, func(s *stage) {
			s.Select(12398)
			s.ToggleMark(12399)
			s.Table.point(s.bodyY(s.middle(12400).Y))
		}},
		"selected-light": {look.Light, latin, 1, func(s *stage) {
			s.Select(12398)
			s.ToggleMark(12398)
			s.shiftKey(fyne.KeyDown)
			s.window.Canvas().Focus(s.Table)
		}},
		"not-following": {look.Dark, latin, 1, func(s *stage) {
			s.wheel(-1.5)
			s.model.(*list).next += 128
		}},
		"tinted": {look.Light, latin, 1, func(s *stage) {
			s.model.(*list).backs = []ink.Ink{ink.None, ink.Error, ink.Panel, ink.Warning}
		}},
		"empty": {look.Dark, latin, 1, func(s *stage) { s.SetModel(nil) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := &list{first: 12301, next: 12401, texts: tt.texts}
			s := newStage(t, fyne.NewSize(900, headerHeight+5*rowHeight), tt.appearance, l)
			s.window.Canvas().(software.WindowlessCanvas).SetScale(tt.scale)
			s.paint()
			tt.do(s)
			s.tick()
			compare(t, filepath.Join("testdata", name+".png"), s.paint())
		})
	}
}

// compare compares with the golden image. Edges may differ a little from machine to machine; nothing else may.
func compare(t *testing.T, file string, got image.Image) {
	t.Helper()
	if *update {
		write(t, file, got)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if n := different(got, want); n > 0 {
		failed := filepath.Join(t.ArtifactDir(), filepath.Base(file))
		write(t, failed, got)
		t.Errorf("%d pixels differ from %s: see %s (go test -artifacts keeps it, -update takes it)", n, file, failed)
	}
}

// different counts the pixels that differ by more than the eye sees.
func different(got, want image.Image) (n int) {
	if got.Bounds() != want.Bounds() {
		return got.Bounds().Dx() * got.Bounds().Dy()
	}
	far := func(a, b uint32) bool { return max(a, b)-min(a, b) > 0x1800 }
	for y := range got.Bounds().Max.Y {
		for x := range got.Bounds().Max.X {
			r1, g1, b1, _ := got.At(x, y).RGBA()
			r2, g2, b2, _ := want.At(x, y).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) {
				n++
			}
		}
	}
	return n
}

func write(t *testing.T, file string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// The face of Chinese differs from machine to machine, so its place is looked at and not its form.
func TestChineseTakesTwoCellsEach(t *testing.T) {
	for _, scale := range []float32{1, 2} {
		l := &list{first: 1, next: 2, texts: []string{"王小明"}}
		s := newStage(t, fyne.NewSize(760, headerHeight+5*rowHeight), look.Dark, l)
		s.window.Canvas().(software.WindowlessCanvas).SetScale(scale)
		s.tick()
		cellW, _ := s.painter.face.Cell()
		x := s.painter.pixels(s.columns.spans[7].x)
		inked := func(from, to int) bool {
			back := s.painter.img.RGBAAt(1, 1)
			for px := from; px < to; px++ {
				for y := range s.painter.pixels(rowHeight) {
					if s.painter.img.RGBAAt(px, y) != back {
						return true
					}
				}
			}
			return false
		}
		for cell := range 7 { // three characters, and the 1 of the id
			if !inked(x+cell*cellW, x+(cell+1)*cellW) {
				t.Errorf("scale %v: cell %d is blank", scale, cell)
			}
		}
		if inked(x+7*cellW, x+9*cellW) {
			t.Errorf("scale %v: ink behind the text", scale)
		}
	}
}

func TestAScreenOfNewGlyphsFillsUpOverSeveralPictures(t *testing.T) {
	var texts []string
	for i := range 5 {
		b := []rune{}
		for j := range 15 {
			b = append(b, rune('一'+i*15+j))
		}
		texts = append(texts, string(b))
	}
	s := newStage(t, fyne.NewSize(760, headerHeight+5*rowHeight), look.Dark, &list{first: 1, next: 6, texts: texts})
	if !s.painter.late {
		t.Fatal("all glyphs are in the first picture")
	}
	for range 10 {
		s.tick()
	}
	if s.painter.late {
		t.Error("glyphs are still missing")
	}
}

func TestMovedRowsLookLikeThoseDrawnAnew(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	for _, rows := range []float32{-3, 0.5, -0.125, -30, 2.75, 9, -0.5} {
		s.wheel(rows)
		moved := image.NewRGBA(s.painter.img.Rect)
		s.paint()
		copy(moved.Pix, s.painter.img.Pix)
		s.painter.forget()
		s.paint()
		if n := different(moved, s.painter.img); n > 0 {
			t.Fatalf("after %v rows %d pixels differ", rows, n)
		}
	}
}

func TestAnotherThemeIsShown(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	dark := s.painter.img.RGBAAt(1, 1)
	fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Light}))
	test.ApplyTheme(t, look.NewTheme(look.Options{Appearance: look.Light}))
	s.Refresh()
	s.paint()
	if light := s.painter.img.RGBAAt(1, 1); light.R <= dark.R {
		t.Errorf("the background went from %v to %v", dark, light)
	}
}
