package textview

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/look/looktest"
)

func TestMain(m *testing.M) { looktest.Main(m) }

// text is a document of plain lines that remembers which were asked for and what was tapped.
type text struct {
	lines  []string
	asked  map[int]bool
	tapped [][2]int
}

func textOf(lines ...string) *text { return &text{lines: lines, asked: map[int]bool{}} }

func (d *text) Lines() int { return len(d.lines) }

func (d *text) Line(i int, dst []ink.Span) []ink.Span {
	d.asked[i] = true
	return append(dst, ink.Span{Text: []byte(d.lines[i])})
}

func (d *text) Tap(line, column int) bool {
	d.tapped = append(d.tapped, [2]int{line, column})
	return false
}

// numbered is a document of n lines, each its number.
type numbered int

func (d numbered) Lines() int { return int(d) }

func (d numbered) Line(i int, dst []ink.Span) []ink.Span {
	return append(dst, ink.Span{Text: fmt.Appendf(nil, "line %d", i)})
}

func (d numbered) Tap(line, column int) bool { return false }

// pieces is one long line in pieces of ten bytes.
type pieces string

func (d pieces) Lines() int        { return (len(d) + 9) / 10 }
func (d pieces) Joined(i int) bool { return i+1 < d.Lines() }
func (d pieces) Tap(_, _ int) bool { return false }

func (d pieces) Line(i int, dst []ink.Span) []ink.Span {
	return append(dst, ink.Span{Text: []byte(d[i*10 : min(i*10+10, len(d))])})
}

// stage is a view in a window, and the hands of a user.
type stage struct {
	*View
	t      testing.TB
	window fyne.Window
	copied string
}

func newStage(t testing.TB, w, h float32, d Document) *stage {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Dark}))
	s := &stage{View: New(), t: t}
	s.OnCopy = func(text string) { s.copied = text }
	s.window = test.NewTempWindow(t, s.View)
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(w, h))
	s.SetDocument(d)
	s.paint()
	return s
}

func (s *stage) paint() { s.window.Canvas().Capture() }

// pos is the left edge of a column of a row on the screen.
func (s *stage) pos(row, column int) fyne.Position {
	return fyne.NewPos(inset+float32(column*s.page.cell)+1, margin+float32(row)*pitch+pitch/2)
}

func (s *stage) press(at fyne.Position, m fyne.KeyModifier) {
	s.MouseDown(&desktop.MouseEvent{
		PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Button: desktop.MouseButtonPrimary, Modifier: m,
	})
}

func (s *stage) up(at fyne.Position) {
	s.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary})
}

func (s *stage) letGo(at fyne.Position) {
	s.up(at)
	s.paint()
}

func (s *stage) click(at fyne.Position) {
	s.press(at, 0)
	s.letGo(at)
}

func (s *stage) drag(from, to fyne.Position) {
	s.press(from, 0)
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}})
	s.DragEnd()
	s.letGo(to)
}

func (s *stage) key(names ...fyne.KeyName) {
	for _, n := range names {
		s.TypedKey(&fyne.KeyEvent{Name: n})
	}
	s.paint()
}

func (s *stage) wantTop(line, row int) {
	s.t.Helper()
	if s.top.line != line || s.top.row != row {
		s.t.Errorf("line %d, row %d is at the top, want line %d, row %d", s.top.line, s.top.row, line, row)
	}
}

func (s *stage) wantSelection(want string) {
	s.t.Helper()
	if got := s.Selection(); got != want {
		s.t.Errorf("selected is %q, want %q", got, want)
	}
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }
