package textview

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/payload"
)

const sample = `{"type":"join","room":42,"user":{"id":7,"name":"Li"},"at":1763733801355,"list":[true,null,-1.50],
"body":"{\"a\":1}"}`

func TestPictures(t *testing.T) {
	tree, _ := payload.JSON([]byte(sample))
	tree.Zone = time.UTC
	s := newStage(t, 360, 250, tree)
	for name, a := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: a}))
		s.SetDocument(tree)
		s.window.Canvas().Unfocus()
		test.AssertRendersToImage(t, "json-"+name+".png", s.window.Canvas())

		s.window.Canvas().Focus(s.View)
		s.drag(s.pos(1, 4), s.pos(4, 6))
		test.AssertRendersToImage(t, "selected-"+name+".png", s.window.Canvas())

		s.SetDocument(payload.Raw([]byte("GET /\x1b[31m\r\n\tX: 1\r\n\r\n" + repeat("long line ", 40))))
		test.AssertRendersToImage(t, "raw-"+name+".png", s.window.Canvas())
	}
}

func TestPictureOfHiDPI(t *testing.T) {
	s := newStage(t, 300, 100, payload.Hex([]byte("\x89PNG\r\n\x1a\n"+repeat("\x00a", 100))))
	s.Wrap = true
	s.Refresh()
	s.window.Canvas().(software.WindowlessCanvas).SetScale(2)
	test.AssertRendersToImage(t, "hidpi.png", s.window.Canvas())
}

func BenchmarkDraw(b *testing.B) {
	s := newStage(b, 1000, 800, payload.Hex(make([]byte, 16<<20)))
	k := 0
	b.ReportAllocs()
	for b.Loop() {
		k = (k + 104_729) % 1_000_000
		s.ScrollTo(k)
		s.View.draw(1000, 800)
	}
}

func BenchmarkDrawOneLineOf16MiB(b *testing.B) {
	s := newStage(b, 1000, 800, payload.Raw([]byte(repeat("0123456789abcdef", 1<<20))))
	s.Wrap = true
	s.Refresh()
	k := 0
	b.ReportAllocs()
	for b.Loop() {
		k = (k + 37) % 256
		s.ScrollTo(k)
		s.View.draw(1000, 800)
	}
}

func BenchmarkCopy16MiB(b *testing.B) {
	s := newStage(b, 1000, 800, payload.Raw([]byte(repeat("0123456789abcdef0123456789abcdef0123456789abcdef\n", 16<<20/49))))
	s.SelectAll()
	for b.Loop() {
		s.Selection()
	}
}

func BenchmarkFindIn16MiB(b *testing.B) {
	s := newStage(b, 1000, 800, payload.Raw([]byte(repeat("0123456789abcdef0123456789abcdef0123456789abcdef\n", 16<<20/49))))
	for b.Loop() {
		s.Find("not there", false)
	}
}
