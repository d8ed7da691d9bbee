package textview

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/glyph"
	"culvert/ui/keys"
)

// bar is one of the scrollbars.
type bar uint8

const (
	noBar bar = iota
	verticalBar
	horizontalBar
)

// mouse is what the mouse is doing.
type mouse struct {
	bar     bar // that is held
	grip    int // pixels from the start of the thumb to where it is held
	down    bool
	dragged bool // since it is down
	clicks  int  // in quick succession at the same place
	at      place
	since   time.Time
	over    fyne.Position
	inside  bool
}

// wheelUnits is how far one step of a wheel goes, in Fyne units for each that the driver tells.
const wheelUnits = 2

// folds reports whether the document has lines that fold.
func (v *View) folds() bool {
	_, ok := v.doc.(Folder)
	return ok
}

// hit returns the place at a position, and the cell within its line's row; ok is false above and below the text.
func (v *View) hit(pos fyne.Position) (at place, row, cell int, ok bool) {
	if v.count() == 0 {
		return at, 0, 0, false
	}
	p := v.page
	y := p.px(pos.Y) - p.top + v.top.px
	k := y / p.pitch
	if y < 0 {
		k = -1
	}
	line, row := v.step(v.top.line, v.top.row, k)
	switch {
	case line < 0:
		return place{}, 0, 0, false
	case line >= v.count():
		last := v.count() - 1
		return place{last, len(v.line(last).text)}, 0, 0, false
	}
	l := v.line(line)
	x := max(0, p.px(pos.X)-p.left+v.x)
	at = place{line, l.nearest(row, x, p.cell)}
	return at, row, x / p.cell, true
}

// foldAt returns the line and the column to tap where a position is on a marker or before it.
func (v *View) foldAt(pos fyne.Position) (line, column int, ok bool) {
	folder, ok := v.doc.(Folder)
	if !ok {
		return 0, 0, false
	}
	at, row, cell, ok := v.hit(pos)
	if !ok || row != 0 {
		return 0, 0, false
	}
	column, _, ok = folder.Marker(at.line)
	return at.line, column, ok && cell <= column+1
}

// tap folds or unfolds, and keeps what is seen where it is.
func (v *View) tap(line, column int) bool {
	if v.doc == nil || !v.doc.Tap(line, column) {
		return false
	}
	v.selected = selection{}
	v.caret = line
	v.Refresh()
	return true
}

// MouseDown is for Fyne.
func (v *View) MouseDown(e *desktop.MouseEvent) {
	v.measure(0, 0)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	if e.Button == desktop.MouseButtonSecondary {
		v.menu(e)
		return
	}
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	v.mouse.down, v.mouse.dragged = true, false
	if v.hold(e.Position) {
		v.redraw()
		return
	}
	at, _, _, ok := v.hit(e.Position)
	if _, _, fold := v.foldAt(e.Position); fold { // done when the button is up, unless it is dragged until then
		v.mouse.clicks = 0
		v.selected = selection{at, at}
		v.redraw()
		return
	}
	v.click(at, e.Modifier&fyne.KeyModifierShift != 0)
	if ok {
		v.caret = at.line
	}
	v.redraw()
}

// click begins a selection, or at once makes one of a word or a line.
func (v *View) click(at place, extend bool) {
	now := time.Now()
	again := v.mouse.at == at && now.Sub(v.mouse.since) < fyne.CurrentApp().Driver().DoubleTapDelay()
	v.mouse.at, v.mouse.since = at, now
	if !again {
		v.mouse.clicks = 0
	}
	v.mouse.clicks++
	switch {
	case extend:
		v.selected.to = at
	case v.count() == 0 || v.mouse.clicks == 1:
		v.selected = selection{at, at}
	case v.mouse.clicks == 2:
		v.selectWord(at)
	default:
		v.selectLine(at.line)
	}
}

func (v *View) menu(e *desktop.MouseEvent) {
	if v.OnMenu == nil {
		return
	}
	at, _, _, ok := v.hit(e.Position)
	if !ok {
		at.line = -1
	} else {
		v.caret = at.line
	}
	v.OnMenu(at.line, e.AbsolutePosition)
}

// hold takes hold of the scrollbar at a position. Beside its thumb, the thumb comes there first.
func (v *View) hold(pos fyne.Position) bool {
	x, y := v.page.px(pos.X), v.page.px(pos.Y)
	wide := v.page.px(barWidth)
	v.mouse.bar = noBar
	if t, ok := v.vertical(); ok && x >= v.page.w-wide {
		v.mouse.bar = verticalBar
		if v.mouse.grip = y - t.at; v.mouse.grip < 0 || v.mouse.grip >= t.size {
			v.mouse.grip = t.size / 2
			v.dragVertical(y - v.mouse.grip)
		}
	} else if t, ok := v.horizontal(); ok && y >= v.page.h-wide {
		v.mouse.bar = horizontalBar
		if v.mouse.grip = x - t.at; v.mouse.grip < 0 || v.mouse.grip >= t.size {
			v.mouse.grip = t.size / 2
			v.dragHorizontal(x - v.mouse.grip)
		}
	}
	return v.mouse.bar != noBar
}

// MouseUp is for Fyne.
func (v *View) MouseUp(e *desktop.MouseEvent) {
	if e.Button != desktop.MouseButtonPrimary || !v.mouse.down {
		return
	}
	held, dragged := v.mouse.bar != noBar, v.mouse.dragged
	v.release()
	if held || dragged {
		return
	}
	if line, column, ok := v.foldAt(e.Position); ok {
		v.tap(line, column)
	} else if at, row, cell, ok := v.hit(e.Position); ok && v.selected.empty() && !v.folds() {
		l := v.line(at.line)
		v.tap(at.line, glyph.Cells(l.text[:l.rows[row]])+cell)
	}
}

// Dragged is for Fyne: it moves the thumb that is held, or selects.
func (v *View) Dragged(e *fyne.DragEvent) {
	if !v.mouse.down {
		return
	}
	x, y := v.page.px(e.Position.X), v.page.px(e.Position.Y)
	switch v.mouse.bar {
	case verticalBar:
		v.dragVertical(y - v.mouse.grip)
		return
	case horizontalBar:
		v.dragHorizontal(x - v.mouse.grip)
		return
	}
	v.mouse.dragged = true
	v.scroll(beyond(x, v.page.w), beyond(y, v.page.h))
	v.selected.to, _, _, _ = v.hit(e.Position)
	v.redraw()
}

// beyond returns by how much x is outside of 0 to size.
func beyond(x, size int) int {
	return min(x, 0) + max(x-size, 0)
}

// DragEnd is for Fyne.
func (v *View) DragEnd() { v.release() }

func (v *View) release() {
	v.mouse.down = false
	if v.mouse.bar != noBar {
		v.mouse.bar = noBar
		v.redraw()
	}
}

// MouseIn is for Fyne.
func (v *View) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved is for Fyne.
func (v *View) MouseMoved(e *desktop.MouseEvent) { v.mouse.over, v.mouse.inside = e.Position, true }

// MouseOut is for Fyne.
func (v *View) MouseOut() { v.mouse.inside = false }

// Cursor returns a hand over what folds, and the bar of text elsewhere.
func (v *View) Cursor() desktop.Cursor {
	if !v.mouse.inside || v.count() == 0 || v.mouse.bar != noBar {
		return desktop.DefaultCursor
	}
	if _, ok := v.vertical(); ok && v.page.px(v.mouse.over.X) >= v.page.w-v.page.px(barWidth) {
		return desktop.DefaultCursor
	}
	if _, _, ok := v.foldAt(v.mouse.over); ok {
		return desktop.PointerCursor
	}
	return desktop.TextCursor
}

// Scrolled is for Fyne.
func (v *View) Scrolled(e *fyne.ScrollEvent) {
	v.measure(0, 0)
	v.scroll(-v.page.px(e.Scrolled.DX*wheelUnits), -v.page.px(e.Scrolled.DY*wheelUnits))
}

// FocusGained is for Fyne.
func (v *View) FocusGained() {
	v.focused = true
	v.redraw()
}

// FocusLost is for Fyne.
func (v *View) FocusLost() {
	v.focused = false
	v.redraw()
}

// TypedRune is for Fyne; what is typed goes nowhere.
func (v *View) TypedRune(rune) {}

// TypedKey is for Fyne.
func (v *View) TypedKey(e *fyne.KeyEvent) {
	v.measure(0, 0)
	if !v.key(e.Name) && v.OnKey != nil {
		v.OnKey(e)
	}
}

// key does what a key is for and reports whether that is anything.
func (v *View) key(name fyne.KeyName) bool {
	p := v.page
	screen := max(1, v.textHeight()/p.pitch-1)
	switch name {
	case fyne.KeyUp:
		v.down(-1)
	case fyne.KeyDown:
		v.down(1)
	case fyne.KeyPageUp:
		v.down(-screen)
	case fyne.KeyPageDown:
		v.down(screen)
	case fyne.KeyHome:
		v.top, v.x, v.caret = anchor{}, 0, 0
		v.redraw()
	case fyne.KeyEnd:
		v.top, v.caret = v.bottom(), max(0, v.count()-1)
		v.redraw()
	case fyne.KeyLeft:
		if !v.fold(false) {
			v.scroll(-4*p.cell, 0)
		}
	case fyne.KeyRight:
		if !v.fold(true) {
			v.scroll(4*p.cell, 0)
		}
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		return v.fold(false) || v.fold(true)
	case fyne.KeyEscape:
		if v.selected.empty() {
			return false
		}
		v.selected = selection{}
		v.redraw()
	default:
		return false
	}
	return true
}

// down goes down by rows or, in a document that folds, moves the caret by lines.
func (v *View) down(k int) {
	if !v.folds() {
		v.scroll(0, k*v.page.pitch)
		return
	}
	v.caret = max(0, min(v.caret+k, v.count()-1))
	v.show(anchor{line: v.caret})
	v.redraw()
}

// fold unfolds the line of the caret, or folds it, if it is not so yet.
func (v *View) fold(open bool) bool {
	folder, ok := v.doc.(Folder)
	if !ok {
		return false
	}
	column, is, ok := folder.Marker(v.caret)
	return ok && is != open && v.tap(v.caret, column)
}

// TypedShortcut is for Fyne.
func (v *View) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutSelectAll:
		v.SelectAll()
		return
	case *fyne.ShortcutCopy:
		if text := v.Selection(); text != "" {
			v.copy(text)
			return
		}
	}
	if v.OnShortcut != nil {
		v.OnShortcut(s)
		return
	}
	keys.Pass(v, s)
}

func (v *View) copy(text string) {
	if v.OnCopy != nil {
		v.OnCopy(text)
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
}
