package textview

import (
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// Of these views ten rows are seen.
const (
	tenWide = 400
	tenHigh = 2*margin + 10*pitch
)

func TestOnlyWhatIsSeenIsAskedFor(t *testing.T) {
	d := textOf(make([]string, 100_000)...)
	s := newStage(t, tenWide, tenHigh, d)
	s.key(fyne.KeyEnd)
	s.key(fyne.KeyPageUp)
	if n := len(d.asked); n > 40 {
		t.Errorf("%d lines were asked for", n)
	}
}

func TestKeysScroll(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, numbered(100))
	for _, c := range []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyUp, 0},
		{fyne.KeyDown, 1},
		{fyne.KeyPageDown, 10},
		{fyne.KeyPageUp, 1},
		{fyne.KeyEnd, 90},
		{fyne.KeyDown, 90},
		{fyne.KeyUp, 89},
		{fyne.KeyHome, 0},
	} {
		if s.key(c.key); s.top.line != c.want {
			t.Errorf("after %s line %d is at the top, want %d", c.key, s.top.line, c.want)
		}
	}
}

func TestKeysWithoutUseArePassedOn(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, numbered(3))
	var got []fyne.KeyName
	s.OnKey = func(e *fyne.KeyEvent) { got = append(got, e.Name) }
	s.key(fyne.KeyEscape, fyne.KeyDown, fyne.KeySpace)
	if len(got) != 2 || got[0] != fyne.KeyEscape || got[1] != fyne.KeySpace {
		t.Errorf("passed on are %v", got)
	}
	var passed fyne.Shortcut
	s.OnShortcut = func(sc fyne.Shortcut) { passed = sc }
	s.TypedShortcut(&fyne.ShortcutPaste{})
	if passed == nil {
		t.Error("a shortcut is not passed on")
	}
}

func TestTheWheelScrollsByPixels(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, numbered(100))
	test.Scroll(s.window.Canvas(), fyne.NewPos(50, 50), 0, -10)
	if want := (anchor{line: 1, px: 1}); s.top != want {
		t.Errorf("the top is %v, want %v", s.top, want)
	}
	test.Scroll(s.window.Canvas(), fyne.NewPos(50, 50), 0, -10_000)
	s.wantTop(90, 0)
	test.Scroll(s.window.Canvas(), fyne.NewPos(50, 50), 0, 10_000)
	s.wantTop(0, 0)
}

func TestALongLineScrollsSidewaysOrWraps(t *testing.T) {
	line := repeat("0123456789", 100)
	s := newStage(t, tenWide, tenHigh, textOf("short", line, "end"))
	for range 1000 {
		s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	if want := 1000*s.page.cell - (tenWide - 2*inset); s.x != want {
		t.Errorf("it scrolled %d pixels, want %d", s.x, want)
	}
	s.Wrap = true
	s.Refresh()
	s.paint()
	if s.x != 0 || s.rows(1) != (1000+s.page.columns-1)/s.page.columns {
		t.Errorf("at %d pixels it has %d rows", s.x, s.rows(1))
	}
	s.key(fyne.KeyEnd)
	s.wantTop(1, s.rows(1)-9)
	s.drag(s.pos(0, 0), s.pos(8, 3))
	rows := s.line(1).rows
	s.wantSelection(line[rows[len(rows)-9] : rows[len(rows)-1]+3])
}

func TestTheScrollbarReachesBothEnds(t *testing.T) {
	for _, wrap := range []bool{false, true} {
		s := newStage(t, tenWide, tenHigh, numbered(10_000_000))
		s.Wrap = wrap
		s.Refresh()
		grip := fyne.NewPos(tenWide-3, 5)
		s.drag(grip, grip.AddXY(0, 1000))
		s.wantTop(10_000_000-10, 0)
		s.drag(fyne.NewPos(tenWide-3, tenHigh-5), fyne.NewPos(tenWide-3, -1000))
		s.wantTop(0, 0)
		s.drag(grip, grip.AddXY(0, (tenHigh-minThumb)/2))
		if math.Abs(float64(s.top.line)-5_000_000) > 50_000 {
			t.Errorf("in the middle line %d is at the top", s.top.line)
		}
		s.wantSelection("")
	}
}

func TestANewDocumentBeginsAtItsTop(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, numbered(100))
	s.ScrollTo(50)
	s.wantTop(41, 0)
	s.SetDocumentKeep(numbered(99))
	s.wantTop(41, 0)
	s.SetDocumentKeep(numbered(30))
	s.wantTop(20, 0)
	s.SetDocument(numbered(40))
	s.wantTop(0, 0)
	s.SetDocument(nil)
	s.SelectAll()
	s.key(fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyDown, fyne.KeySpace)
	s.click(s.pos(1, 1))
	s.wantSelection("")
}

func TestAnotherSizeOrScaleKeepsTheLine(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, numbered(100))
	s.ScrollTo(60)
	s.window.Resize(fyne.NewSize(300, 5*pitch))
	s.paint()
	s.wantTop(51, 0)
	s.window.Canvas().(software.WindowlessCanvas).SetScale(2)
	s.paint()
	s.wantTop(51, 0)
	if s.page.pitch != 2*pitch {
		t.Errorf("rows are %d pixels high", s.page.pitch)
	}
}
