package frametable

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func (s *stage) key(name fyne.KeyName) { s.TypedKey(&fyne.KeyEvent{Name: name}) }

func (s *stage) shiftKey(name fyne.KeyName) {
	s.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	s.key(name)
	s.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
}

// middle returns the middle of the row id.
func (s *stage) middle(id int64) fyne.Position {
	return fyne.NewPos(100, headerHeight+float32(s.height(id))+rowHeight/2)
}

func (s *stage) click(id int64, button desktop.MouseButton, m fyne.KeyModifier) {
	e := &desktop.MouseEvent{Button: button, Modifier: m}
	e.Position = s.middle(id)
	s.MouseDown(e)
	s.MouseUp(e)
}

func (s *stage) wantSelected(t *testing.T, current int64, ids ...int64) {
	t.Helper()
	if s.Selected() != current || !slices.Equal(s.Selection(), ids) {
		t.Errorf("row %d of %v, want %d of %v", s.Selected(), s.Selection(), current, ids)
	}
}

func TestKeysMoveTheSelection(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	var told []int64
	s.OnSelected = func(id int64) { told = append(told, id) }
	steps := []struct {
		key                  fyne.KeyName
		current, first, last int64 // the selected row, and those in view
		follow               bool
	}{
		{fyne.KeyUp, 100, 91, 100, true}, // none was selected: the last in view
		{fyne.KeyUp, 99, 91, 100, false},
		{fyne.KeyPageUp, 89, 89, 98, false},
		{fyne.KeyHome, 1, 1, 10, false},
		{fyne.KeyUp, 1, 1, 10, false},
		{fyne.KeyDown, 2, 1, 10, false},
		{fyne.KeyPageDown, 12, 3, 12, false},
		{fyne.KeyEnd, 100, 91, 100, true},
		{fyne.KeyDown, 100, 91, 100, true},
	}
	for _, step := range steps {
		s.key(step.key)
		if s.Selected() != step.current || s.Follow() != step.follow {
			t.Fatalf("after %s: row %d, follow %v; want %d, %v", step.key, s.Selected(), s.Follow(), step.current, step.follow)
		}
		s.wantInView(t, step.first, step.last)
	}
	if want := []int64{100, 99, 89, 1, 2, 12, 100}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestShiftExtendsTheSelectionFromItsAnchor(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	s.Select(50)
	s.shiftKey(fyne.KeyDown)
	s.shiftKey(fyne.KeyDown)
	s.wantSelected(t, 52, 50, 51, 52)
	s.shiftKey(fyne.KeyUp)
	s.shiftKey(fyne.KeyUp)
	s.shiftKey(fyne.KeyUp)
	s.wantSelected(t, 49, 49, 50)
	s.key(fyne.KeyDown)
	s.wantSelected(t, 50, 50)
	s.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyHome, Modifier: commandKey() | fyne.KeyModifierShift})
	if got := s.SelectionRanges(); !slices.Equal(got, []IDs{{1, 50}}) {
		t.Errorf("selected %v, want 1 to 50", got)
	}
}

func TestClicksSelect(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	s.click(93, desktop.MouseButtonPrimary, 0)
	s.wantSelected(t, 93, 93)
	if s.Follow() {
		t.Error("follows after an older row was selected")
	}
	s.click(95, desktop.MouseButtonPrimary, fyne.KeyModifierShift)
	s.wantSelected(t, 95, 93, 94, 95)
	s.click(98, desktop.MouseButtonPrimary, commandKey())
	s.wantSelected(t, 98, 93, 94, 95, 98)
	s.click(94, desktop.MouseButtonPrimary, commandKey())
	s.wantSelected(t, 94, 93, 95, 98)
	s.click(92, desktop.MouseButtonPrimary, 0)
	s.wantSelected(t, 92, 92)
	if s.window.Canvas().Focused() != s.Table {
		t.Error("a click does not focus the table")
	}
}

func TestADragExtendsTheSelection(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	s.click(93, desktop.MouseButtonPrimary, 0)
	e := &fyne.DragEvent{}
	e.Position = s.middle(96)
	s.Dragged(e)
	s.wantSelected(t, 96, 93, 94, 95, 96)
	e.Position = fyne.NewPos(10, -100) // above the table
	s.Dragged(e)
	if s.Selected() >= 91 || s.scroll.top >= 90*rowHeight {
		t.Errorf("row %d is current at %d pixels: the table did not scroll", s.Selected(), s.scroll.top)
	}
}

func TestATremblingHandDoesNotDrag(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	s.click(93, desktop.MouseButtonPrimary, 0)
	s.click(96, desktop.MouseButtonPrimary, commandKey())
	e := &fyne.DragEvent{}
	e.Position = s.middle(96).AddXY(3, 3)
	s.Dragged(e)
	s.wantSelected(t, 96, 93, 96)
}

func TestAClickBelowTheRowsSelectsNothing(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 4})
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	for _, y := range []float32{10, headerHeight + 3*rowHeight + 1, 1000} {
		e.Position = fyne.NewPos(50, y)
		s.MouseDown(e)
	}
	s.wantSelected(t, 0)
}

func TestASecondaryClickOpensTheMenuOfTheSelection(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	var menu int64
	s.OnMenu = func(id int64, _ fyne.Position) { menu = id }
	s.click(93, desktop.MouseButtonPrimary, 0)
	s.click(95, desktop.MouseButtonPrimary, fyne.KeyModifierShift)

	s.click(94, desktop.MouseButtonSecondary, 0)
	test.TapSecondaryAt(s.Table, s.middle(94))
	if menu != 94 {
		t.Errorf("menu of row %d, want 94", menu)
	}
	s.wantSelected(t, 95, 93, 94, 95)

	s.click(97, desktop.MouseButtonSecondary, 0)
	s.wantSelected(t, 97, 97)
	s.key(desktop.KeyMenu)
	if menu != 97 {
		t.Errorf("menu of row %d by its key, want 97", menu)
	}
	menu = 0
	s.shiftKey(fyne.KeyF10)
	if menu != 97 {
		t.Errorf("menu of row %d by Shift+F10, want 97", menu)
	}
}

func TestEnterAndADoubleClickOpen(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	var opened []int64
	s.OnOpen = func(id int64) { opened = append(opened, id) }
	s.key(fyne.KeyReturn)
	s.Select(95)
	s.key(fyne.KeyReturn)
	s.click(96, desktop.MouseButtonPrimary, 0)
	s.DoubleTapped(&fyne.PointEvent{Position: s.middle(96)})
	s.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(50, 5)})
	if want := []int64{95, 96}; !slices.Equal(opened, want) {
		t.Errorf("opened %v, want %v", opened, want)
	}
}

func TestSelectAllIsARange(t *testing.T) {
	l := million()
	s := newTenRows(t, l)
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got, want := s.SelectionRanges(), []IDs{{1, 1e6}}; !slices.Equal(got, want) {
		t.Errorf("selected %v, want %v", got, want)
	}
	if got := len(s.Selection()); got != 1e6 {
		t.Errorf("selected %d rows, want a million", got)
	}
}

func TestTheSelectionIsOfRowsThatTheListHas(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	s.Select(10)
	s.shiftKey(fyne.KeyPageDown)
	s.SetModel(&picked{ids: []int64{5, 12, 18, 30}})
	if got, want := s.Selection(), []int64{12, 18}; !slices.Equal(got, want) {
		t.Errorf("selected %v, want %v", got, want)
	}
}

func TestMovingFromARowThatIsGone(t *testing.T) {
	for name, tt := range map[string]struct {
		key  fyne.KeyName
		want int64
	}{"down goes to the next one": {fyne.KeyDown, 60}, "up goes to the one before": {fyne.KeyUp, 40}} {
		t.Run(name, func(t *testing.T) {
			s := newTenRows(t, &list{first: 1, next: 101})
			s.Select(50)
			s.SetModel(&picked{ids: []int64{20, 40, 60, 80}})
			s.key(tt.key)
			if s.Selected() != tt.want {
				t.Errorf("row %d, want %d", s.Selected(), tt.want)
			}
		})
	}
}

func TestMMarksTheCurrentRow(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	var told []int64
	s.OnMarks = func(ids []int64) { told = ids }
	s.key(fyne.KeyM)
	if told != nil {
		t.Errorf("marked %v without a row", told)
	}
	for _, id := range []int64{95, 20, 60} {
		s.Select(id)
		s.key(fyne.KeyM)
	}
	if want := []int64{20, 60, 95}; !slices.Equal(told, want) || !slices.Equal(s.Marks(), want) {
		t.Errorf("marks %v, told %v; want %v", s.Marks(), told, want)
	}
	s.key(fyne.KeyM)
	if want := []int64{20, 95}; !slices.Equal(s.Marks(), want) {
		t.Errorf("marks %v, want %v", s.Marks(), want)
	}
}

func TestWhatTheTableHasNoUseForIsPassedOn(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	var keys []fyne.KeyName
	s.OnKey = func(e *fyne.KeyEvent) { keys = append(keys, e.Name) }
	for _, key := range []fyne.KeyName{fyne.KeyEscape, fyne.KeyDown, fyne.KeyM, desktop.KeyShiftLeft} {
		s.key(key)
	}
	if !slices.Equal(keys, []fyne.KeyName{fyne.KeyEscape}) {
		t.Errorf("passed on %v, want Escape", keys)
	}
	var shortcuts []fyne.Shortcut
	s.OnShortcut = func(s fyne.Shortcut) bool { shortcuts = append(shortcuts, s); return true }
	find := &desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: commandKey()}
	s.TypedShortcut(find)
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	if !slices.Equal(shortcuts, []fyne.Shortcut{find}) {
		t.Errorf("passed on %v, want %v", shortcuts, find)
	}
	s.OnShortcut = nil
	s.TypedShortcut(find) // goes to the canvas
}

func TestTheScrollbarIsDragged(t *testing.T) {
	s := newTenRows(t, million())
	bar := s.bar
	c := s.window.Canvas()
	top := fyne.NewPos(tenRows.Width-3, headerHeight+bar.at+5)
	test.MoveMouse(c, top)
	bar.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, bar.at+5)}, Button: desktop.MouseButtonPrimary})
	for y := bar.at + 5; y > -20; y -= 10 {
		bar.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, y)}})
	}
	bar.MouseUp(&desktop.MouseEvent{})
	s.wantInView(t, 1, 10)
	if s.Follow() {
		t.Error("follows at the front")
	}
	bar.MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, bar.Size().Height-1)}, Button: desktop.MouseButtonPrimary,
	})
	s.wantInView(t, 1e6-9, 1e6)
	if !s.Follow() {
		t.Error("does not follow at the end")
	}
}

func TestAColumnIsResizedByItsDivider(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	told := 0
	s.OnWidths = func() { told++ }
	d := s.columns.dividerX(5) // right of the name
	test.MoveMouse(s.window.Canvas(), fyne.NewPos(d+2, 10))
	if s.header.Cursor() != desktop.HResizeCursor {
		t.Error("the pointer does not show that the divider can be dragged")
	}
	s.header.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(d+12, 10)}, Dragged: fyne.NewDelta(10, 0)})
	s.header.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(d+22, 10)}, Dragged: fyne.NewDelta(10, 0)})
	s.header.DragEnd()
	if got := s.Widths()["name"]; got != 108 || told != 1 {
		t.Errorf("the name is %v wide, told %d times; want 108, once", got, told)
	}
	s.header.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(20, 10)}})
	s.header.DragEnd()
	if told != 1 {
		t.Error("a drag beside the dividers resized a column")
	}
}

func TestTheRowUnderThePointerIsHovered(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	c := s.window.Canvas()
	hovered := func(id int64) bool {
		_, state, _ := s.read(s.model.Pos(id))
		return state&isHovered != 0
	}
	test.MoveMouse(c, s.middle(95))
	if !hovered(95) || hovered(94) {
		t.Error("row 95 alone is under the pointer, and is not hovered alone")
	}
	s.wheel(-5)
	if hovered(95) || !hovered(90) {
		t.Error("after the wheel row 90 is under the pointer")
	}
	test.MoveMouse(c, fyne.NewPos(100, 5))
	if hovered(90) {
		t.Error("row 90 is hovered from the header")
	}
}

func TestAnEmptyListSaysSo(t *testing.T) {
	l := &list{first: 1, next: 1}
	s := newTenRows(t, l)
	if got := s.empty.Text(); got != "No frames yet" {
		t.Errorf("says %q", got)
	}
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeyM} {
		s.key(key)
	}
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	s.wantSelected(t, 0)
	l.next++
	s.tick()
	if got := s.empty.Text(); got != "" {
		t.Errorf("says %q over a row", got)
	}
	s.SetModel(nil)
	if got := s.empty.Text(); got == "" {
		t.Error("says nothing without a model")
	}
}
