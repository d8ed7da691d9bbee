package textview

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/payload"
)

func jsonStage(t *testing.T, text string) (*stage, *payload.Tree) {
	d, ok := payload.JSON([]byte(text))
	if !ok {
		t.Fatal("not JSON")
	}
	return newStage(t, tenWide, tenHigh, d), d
}

func TestATapOnTheMarkerFolds(t *testing.T) {
	s, d := jsonStage(t, `{"a":{"b":1},"c":2}`)
	s.click(s.pos(1, 5)) // on the key
	if d.Lines() != 4 {
		t.Errorf("%d lines after a click on a key", d.Lines())
	}
	s.click(s.pos(1, 2))
	if d.Lines() != 3 {
		t.Errorf("%d lines after a click on the marker", d.Lines())
	}
	s.drag(s.pos(1, 2), s.pos(1, 6))
	if d.Lines() != 3 {
		t.Errorf("%d lines after a drag from the marker", d.Lines())
	}
	s.wantSelection(`▸ "a`)
}

func TestTheCursorIsAHandOverAMarker(t *testing.T) {
	s, _ := jsonStage(t, `{"a":{"b":1},"c":2}`)
	for _, c := range []struct {
		row, column int
		want        desktop.Cursor
	}{{0, 0, desktop.PointerCursor}, {1, 2, desktop.PointerCursor}, {1, 5, desktop.TextCursor}, {2, 2, desktop.TextCursor}} {
		s.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: s.pos(c.row, c.column)}})
		if got := s.Cursor(); got != c.want {
			t.Errorf("row %d, column %d: %v, want %v", c.row, c.column, got, c.want)
		}
	}
	s.MouseOut()
	if s.Cursor() != desktop.DefaultCursor {
		t.Error("the cursor stays when the mouse is out")
	}
}

func TestTheKeyboardFolds(t *testing.T) {
	s, d := jsonStage(t, `{"a":{"b":1},"c":2}`)
	s.key(fyne.KeyDown, fyne.KeyLeft)
	if d.Lines() != 3 {
		t.Errorf("%d lines after folding", d.Lines())
	}
	s.key(fyne.KeyLeft)
	s.key(fyne.KeyRight)
	if d.Lines() != 4 {
		t.Errorf("%d lines after unfolding", d.Lines())
	}
	s.key(fyne.KeyHome, fyne.KeySpace)
	if d.Lines() != 1 {
		t.Errorf("%d lines after folding all", d.Lines())
	}
}

func TestFoldingKeepsWhatIsSeen(t *testing.T) {
	rows := `{"x":{"y":1}}` + repeat(`,{"x":{"y":1}}`, 60)
	s, d := jsonStage(t, "["+rows+"]")
	d.Unfold(1000)
	s.Refresh()
	s.ScrollTo(100)
	top := s.top
	for row := range 10 {
		before := d.Lines()
		s.click(s.pos(row, 0))
		if d.Lines() != before {
			break
		}
	}
	if s.top != top {
		t.Errorf("the top went from %v to %v", top, s.top)
	}
}

func TestAPlainTapGoesToTheDocument(t *testing.T) {
	d := textOf("link", repeat("x", 100))
	s := newStage(t, tenWide, tenHigh, d)
	s.Wrap = true
	s.Refresh()
	s.paint()
	s.click(s.pos(0, 2))
	s.click(s.pos(2, 3))
	if want := [2]int{1, s.page.columns + 3}; len(d.tapped) != 2 || d.tapped[0] != [2]int{0, 2} || d.tapped[1] != want {
		t.Errorf("tapped %v", d.tapped)
	}
}

func TestTheSecondaryButtonAsksForAMenu(t *testing.T) {
	s := newStage(t, tenWide, tenHigh, textOf("a", "b"))
	var lines []int
	s.OnMenu = func(line int, _ fyne.Position) { lines = append(lines, line) }
	for _, row := range []int{1, 5} {
		s.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: s.pos(row, 0)}, Button: desktop.MouseButtonSecondary})
	}
	if len(lines) != 2 || lines[0] != 1 || lines[1] != -1 {
		t.Errorf("asked for %v", lines)
	}
}
