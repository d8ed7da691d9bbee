package frametable

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
)

// stage is a table in a window.
type stage struct {
	*Table
	window fyne.Window
	now    time.Time
}

// newStage shows the model in a window of that size.
func newStage(t testing.TB, size fyne.Size, appearance look.Appearance, m Model) *stage {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance}))
	table := New(frames())
	table.Unseen = unseen
	table.EmptyText = "No frames yet"
	w := test.NewTempWindow(t, table)
	w.SetPadded(false)
	w.Resize(size)
	s := &stage{Table: table, window: w, now: time.Unix(1e9, 0)}
	table.SetModel(m)
	s.paint()
	return s
}

// paint draws the window as Fyne would.
func (s *stage) paint() image.Image { return s.window.Canvas().Capture() }

// tick lets time pass, enough for all that waits.
func (s *stage) tick() {
	s.now = s.now.Add(checkEvery)
	s.Tick(s.now)
	s.paint()
}

// tenRows is a window in which ten rows are in view.
var tenRows = fyne.NewSize(800, headerHeight+10*rowHeight)

func newTenRows(t testing.TB, m Model) *stage { return newStage(t, tenRows, look.Dark, m) }

// inView returns the ids of the first and the last row of the picture, cut off or not.
func (s *stage) inView() (first, last int64) {
	s.paint()
	slots := s.painter.slots
	if len(slots) == 0 {
		return 0, 0
	}
	return slots[0].id, slots[len(slots)-1].id
}

func (s *stage) wantInView(t *testing.T, first, last int64) {
	t.Helper()
	if a, b := s.inView(); a != first || b != last {
		t.Errorf("rows %d to %d are in view, want %d to %d", a, b, first, last)
	}
}

// height returns the y of the row id in the picture.
func (s *stage) height(id int64) int { return s.scroll.y(s.model.Pos(id)) }

func (s *stage) wheel(rows float32) {
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -rows*rowHeight)})
}
