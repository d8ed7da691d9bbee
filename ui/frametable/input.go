package frametable

import (
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/keys"
)

var (
	_ fyne.Focusable         = (*Table)(nil)
	_ fyne.Shortcutable      = (*Table)(nil)
	_ fyne.Scrollable        = (*Table)(nil)
	_ fyne.Draggable         = (*Table)(nil)
	_ fyne.DoubleTappable    = (*Table)(nil)
	_ fyne.SecondaryTappable = (*Table)(nil)
	_ desktop.Mouseable      = (*Table)(nil)
	_ desktop.Hoverable      = (*Table)(nil)
	_ desktop.Keyable        = (*Table)(nil)
)

// at returns the position of the row at a point of the table.
func (t *Table) at(p fyne.Position) (pos int64, ok bool) {
	return t.scroll.at(t.bodyY(p.Y))
}

// bodyY is y of the table as pixels of the view.
func (t *Table) bodyY(y float32) int64 {
	if y < headerHeight {
		return -1
	}
	return int64((y - headerHeight) * t.painter.scale)
}

// Scrolled is for Fyne: the wheel.
func (t *Table) Scrolled(e *fyne.ScrollEvent) {
	t.wheel -= e.Scrolled.DY * t.painter.scale
	pixels := int64(t.wheel)
	t.wheel -= float32(pixels)
	if pixels != 0 {
		t.scrollTo(t.scroll.top+pixels, pixels > 0)
	}
}

// MouseDown is for Fyne.
func (t *Table) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		c.Focus(t)
	}
	pos, ok := t.at(e.Position)
	if !ok {
		return
	}
	t.pressed = pos
	switch e.Button {
	case desktop.MouseButtonPrimary:
		t.choose(pos, e.Modifier&fyne.KeyModifierShift != 0, e.Modifier&commandKey() != 0)
	case desktop.MouseButtonSecondary:
		if !t.selected.has(t.model.ID(pos)) {
			t.choose(pos, false, false)
		}
	}
}

// MouseUp is for Fyne.
func (t *Table) MouseUp(*desktop.MouseEvent) {}

// commandKey is the modifier that adds to a selection.
func commandKey() fyne.KeyModifier {
	if runtime.GOOS == "darwin" {
		return fyne.KeyModifierSuper
	}
	return fyne.KeyModifierControl
}

// Dragged is for Fyne: it extends the selection, and scrolls where the pointer leaves the table.
func (t *Table) Dragged(e *fyne.DragEvent) {
	if t.anchor == 0 || t.scroll.first == t.scroll.next {
		return
	}
	y := int64((e.Position.Y - headerHeight) * t.painter.scale)
	pos := floorDiv(t.scroll.top+y, t.scroll.row)
	pos = min(max(pos, t.scroll.first), t.scroll.next-1)
	if pos != t.pressed { // a hand that trembles is no drag
		t.pressed = pos
		t.choose(pos, true, false)
	}
}

// DragEnd is for Fyne.
func (t *Table) DragEnd() {}

// DoubleTapped is for Fyne.
func (t *Table) DoubleTapped(e *fyne.PointEvent) {
	if _, ok := t.at(e.Position); ok {
		t.open()
	}
}

func (t *Table) open() {
	if t.current != 0 && t.OnOpen != nil {
		t.OnOpen(t.current)
	}
}

// TappedSecondary is for Fyne.
func (t *Table) TappedSecondary(e *fyne.PointEvent) {
	if pos, ok := t.at(e.Position); ok && t.OnMenu != nil {
		t.OnMenu(t.model.ID(pos), e.AbsolutePosition)
	}
}

// menu opens the menu of the current row beside it.
func (t *Table) menu() {
	pos := t.model.Pos(t.current)
	if t.current == 0 || t.OnMenu == nil || t.model.ID(pos) != t.current {
		return
	}
	t.scroll.reveal(pos)
	t.redraw()
	below := float32(t.scroll.y(pos)+int(t.scroll.row)) / t.painter.scale
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	t.OnMenu(t.current, at.AddXY(margin, headerHeight+below))
}

// MouseIn is for Fyne.
func (t *Table) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved is for Fyne.
func (t *Table) MouseMoved(e *desktop.MouseEvent) { t.point(t.bodyY(e.Position.Y)) }

// MouseOut is for Fyne.
func (t *Table) MouseOut() { t.point(-1) }

// point takes in that the pointer is at y in the view.
func (t *Table) point(y int64) {
	before, was := t.scroll.at(t.pointer)
	t.pointer = y
	if pos, is := t.scroll.at(y); was != is || pos != before {
		t.raster.Refresh()
	}
}

// FocusGained is for Fyne.
func (t *Table) FocusGained() { t.setFocused(true) }

// FocusLost is for Fyne.
func (t *Table) FocusLost() { t.setFocused(false) }

func (t *Table) setFocused(on bool) {
	t.focused, t.shift = on, false
	t.header.setFocused(on)
	t.raster.Refresh()
}

// KeyDown is for Fyne, which tells of Shift in no other way.
func (t *Table) KeyDown(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		t.shift = true
	}
}

// KeyUp is for Fyne.
func (t *Table) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		t.shift = false
	}
}

// TypedRune is for Fyne.
func (t *Table) TypedRune(rune) {}

// TypedKey is for Fyne.
func (t *Table) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		t.move(-1, t.shift)
	case fyne.KeyDown:
		t.move(1, t.shift)
	case fyne.KeyPageUp:
		t.move(-t.scroll.page(), t.shift)
	case fyne.KeyPageDown:
		t.move(t.scroll.page(), t.shift)
	case fyne.KeyHome:
		t.home(t.shift)
	case fyne.KeyEnd:
		t.end(t.shift)
	case fyne.KeyReturn, fyne.KeyEnter:
		t.open()
	case fyne.KeyM:
		t.markByHand()
	case desktop.KeyMenu:
		t.menu()
	case fyne.KeyF10:
		if t.shift {
			t.menu()
			return
		}
		t.passKey(e)
	case desktop.KeyShiftLeft, desktop.KeyShiftRight, desktop.KeyControlLeft, desktop.KeyControlRight,
		desktop.KeyAltLeft, desktop.KeyAltRight, desktop.KeySuperLeft, desktop.KeySuperRight:
	default:
		t.passKey(e)
	}
}

// home goes to the first row.
func (t *Table) home(extend bool) {
	if first, next := t.model.Range(); first < next {
		t.choose(first, extend, false)
	}
}

// end goes to the last row and follows.
func (t *Table) end(extend bool) {
	first, next := t.model.Range()
	t.scroll.setRange(first, next)
	if first < next {
		t.choose(next-1, extend, false)
	}
	t.SetFollow(true)
}

func (t *Table) markByHand() {
	if t.current == 0 {
		return
	}
	t.ToggleMark(t.current)
	if t.OnMarks != nil {
		t.OnMarks(t.Marks())
	}
}

func (t *Table) passKey(e *fyne.KeyEvent) {
	if t.OnKey != nil {
		t.OnKey(e)
		return
	}
	keys.PassKey(t, e)
}

// TypedShortcut is for Fyne.
func (t *Table) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		t.selectAll()
		return
	case *desktop.CustomShortcut:
		if s.Modifier&commandKey() != 0 && s.Modifier&^(commandKey()|fyne.KeyModifierShift) == 0 {
			extend := s.Modifier&fyne.KeyModifierShift != 0
			switch s.KeyName {
			case fyne.KeyHome:
				t.home(extend)
				return
			case fyne.KeyEnd:
				t.end(extend)
				return
			}
		}
	}
	if t.OnShortcut != nil && t.OnShortcut(s) {
		return
	}
	keys.Pass(t, s)
}
