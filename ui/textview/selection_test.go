package textview

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestTheMouseSelects(t *testing.T) {
	s := newStage(t, 400, 200, textOf("first line", "王小明 and others", "third"))
	for _, c := range []struct {
		name                         string
		row, column, toRow, toColumn int
		want                         string
	}{
		{"within a line", 0, 2, 0, 5, "rst"},
		{"across lines", 0, 6, 2, 2, "line\n王小明 and others\nth"},
		{"backwards", 2, 2, 1, 7, "and others\nth"},
		{"whole wide runes, from their middles on", 1, 1, 1, 3, "小"},
		{"to the end of a line from far right", 0, 6, 0, 40, "line"},
		{"to the end from below", 2, 1, 8, 0, "hird"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.drag(s.pos(c.row, c.column), s.pos(c.toRow, c.toColumn))
			s.wantSelection(c.want)
		})
	}
}

func TestClicksSelectAWordThenTheLine(t *testing.T) {
	s := newStage(t, 400, 200, textOf(`{"first-name": "王小明 Li"}`))
	s.click(s.pos(0, 5))
	s.wantSelection("")
	s.click(s.pos(0, 5))
	s.wantSelection("first-name")
	s.click(s.pos(0, 5))
	s.wantSelection(`{"first-name": "王小明 Li"}`)
	s.click(s.pos(0, 18))
	s.wantSelection("")
	s.click(s.pos(0, 18))
	s.wantSelection("王小明")
}

func TestShiftClickExtendsTheSelection(t *testing.T) {
	s := newStage(t, 400, 200, textOf("first", "second"))
	s.click(s.pos(0, 2))
	s.press(s.pos(1, 3), fyne.KeyModifierShift)
	s.letGo(s.pos(1, 3))
	s.wantSelection("rst\nsec")
	s.key(fyne.KeyEscape)
	s.wantSelection("")
}

func TestCopyGivesAllThatIsSelected(t *testing.T) {
	s := newStage(t, 400, 200, textOf("a\tb", "\x1b[31m\x00\u0085", "bad \xff", ""))
	s.TypedShortcut(&fyne.ShortcutCopy{})
	if s.copied != "" {
		t.Errorf("copied %q where nothing was selected", s.copied)
	}
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	s.TypedShortcut(&fyne.ShortcutCopy{})
	if want := "a\tb\n\\x1b[31m\\x00\\u0085\nbad \uFFFD\n"; s.copied != want {
		t.Errorf("copied %q, want %q", s.copied, want)
	}
}

func TestAJoinedDocumentIsCopiedAsOneLine(t *testing.T) {
	d := pieces(repeat("0123456789", 7) + "end")
	s := newStage(t, 400, 200, d)
	s.SelectAll()
	s.wantSelection(string(d))
	s.drag(s.pos(1, 5), s.pos(3, 5))
	s.wantSelection("56789" + "0123456789" + "01234")
}

func TestDraggingOutOfTheViewScrolls(t *testing.T) {
	s := newStage(t, 400, 200, numbered(1000))
	s.press(s.pos(2, 0), 0)
	for range 10 {
		s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 200+pitch)}})
	}
	if s.top.line != 10 {
		t.Errorf("line %d is at the top", s.top.line)
	}
	if first, last := s.selected.ordered(); first.line != 2 || last.line < 19 {
		t.Errorf("lines %d to %d are selected", first.line, last.line)
	}
}

func TestFind(t *testing.T) {
	s := newStage(t, 400, 200, textOf("one Two", "three", "TWO\ttwo", "wörter"))
	for _, c := range []struct {
		text string
		back bool
		want selection
	}{
		{"two", false, selection{place{0, 4}, place{0, 7}}},
		{"two", false, selection{place{2, 0}, place{2, 3}}},
		{"two", false, selection{place{2, 4}, place{2, 7}}},
		{"two", false, selection{place{0, 4}, place{0, 7}}},
		{"two", true, selection{place{2, 4}, place{2, 7}}},
		{"two", true, selection{place{2, 0}, place{2, 3}}},
		{"WÖRT", false, selection{place{3, 0}, place{3, 5}}},
	} {
		if !s.Find(c.text, c.back) || s.selected != c.want {
			t.Errorf("%q is found at %v, want %v", c.text, s.selected, c.want)
		}
	}
	if s.Find("none", false) || s.Find("", true) {
		t.Error("what is not there is found")
	}
	far := newStage(t, 400, 200, numbered(5000))
	if !far.Find("line 4321", false) || far.top.line > 4321 || far.top.line < 4300 {
		t.Errorf("line %d is at the top", far.top.line)
	}
}
