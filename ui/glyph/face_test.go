package glyph

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"
)

func BenchmarkMissCJK(b *testing.B) {
	test.NewTempApp(b)
	f := NewFace(12, 1)
	img := image.NewRGBA(image.Rect(0, 0, 100, 30))
	f.Draw(img, 0, 0, img.Rect, []byte("王"), color.NRGBA{})
	i := 0
	b.ResetTimer()
	for b.Loop() {
		f.stencil.cut(string(rune(0x4e00+i%20000)), 2, f.cellW)
		i++
	}
}

func BenchmarkMissEmoji(b *testing.B) {
	test.NewTempApp(b)
	f := NewFace(12, 1)
	i := 0
	for b.Loop() {
		f.stencil.cut(string(rune(0x1f600+i%60)), 2, f.cellW)
		i++
	}
}

func BenchmarkDraw(b *testing.B) {
	test.NewTempApp(b)
	f := NewFace(12, 1)
	img := image.NewRGBA(image.Rect(0, 0, 1600, 30))
	t := []byte(`{"type":"join","room":42,"user":{"id":7,"name":"小明"},"at":1763733801355,"text":"hello there, this is a line of text"}`)
	b.ReportAllocs()
	for b.Loop() {
		f.Draw(img, 0, 0, img.Rect, t, color.NRGBA{0xe6, 0xe9, 0xec, 0xff})
	}
}
