package textview

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/payload"
)

// FuzzView lets hands play on a view of any payload.
func FuzzView(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"c\td"}],"e":"`+repeat("long ", 80)+`"}`), []byte("\x01\x12\x23\x34\x45\x56\x67\x78\x89"), true)
	f.Add([]byte("a\tb\r\n\x1b王\xff\u202e\n\n"+repeat("x", 300)), []byte("adgjmpsvy147"), false)
	s := newStage(f, 200, 120, nil)
	keys := []fyne.KeyName{
		fyne.KeyDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyUp, fyne.KeyPageUp, fyne.KeyHome, fyne.KeyRight, fyne.KeyLeft,
		fyne.KeySpace, fyne.KeyEscape,
	}
	f.Fuzz(func(t *testing.T, p, hands []byte, wrap bool) {
		var d Document = payload.Raw(p)
		if tree, ok := payload.JSON(p); ok {
			d = tree
		}
		s.Wrap = wrap
		s.SetDocument(d)
		for i, b := range hands[:min(len(hands), 50)] {
			at := s.pos(int(b>>4)-1, int(b&15)*2)
			switch i % 5 {
			case 0:
				s.TypedKey(&fyne.KeyEvent{Name: keys[int(b)%len(keys)]})
			case 1:
				s.press(at, 0)
				s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: s.pos(int(b&15), int(b>>4))}})
				s.DragEnd()
			case 2:
				s.press(at, 0)
				s.up(at)
			case 3:
				test.Scroll(s.window.Canvas(), fyne.NewPos(50, 50), float32(b)-128, float32(b)*3-380)
			case 4:
				s.Find(string(p[min(len(p), int(b)):min(len(p), int(b)+2)]), b&1 == 0)
			}
			s.View.draw(200, 120)
			s.Selection()
			if s.top.line < 0 || s.top.line > 0 && s.top.line >= s.count() || s.x < 0 {
				t.Fatalf("the top is %v of %d lines", s.top, s.count())
			}
		}
	})
}
