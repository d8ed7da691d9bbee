package frametable

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"culvert/ui/look"
)

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

func TestTheEndStaysInViewWhileFollowing(t *testing.T) {
	l := &list{first: 1, next: 101}
	s := newTenRows(t, l)
	s.wantInView(t, 91, 100)
	l.next += 1000
	s.tick()
	s.wantInView(t, 1091, 1100)
	l.first, l.next = 500_000, 1_500_000
	s.tick()
	s.wantInView(t, 1_499_990, 1_499_999)
}

func TestAListBeginsAtTheTopUntilItFillsTheView(t *testing.T) {
	l := &list{first: 1, next: 1}
	s := newTenRows(t, l)
	l.next = 4
	s.tick()
	s.wantInView(t, 1, 3)
	if y := s.height(1); y != 0 {
		t.Errorf("the first row is at %d", y)
	}
	l.next = 13
	s.tick()
	s.wantInView(t, 3, 12)
}

func TestScrollingUpStopsFollowingAndTheEndStartsItAgain(t *testing.T) {
	l := &list{first: 1, next: 101}
	s := newTenRows(t, l)
	s.wheel(-3)
	if s.Follow() {
		t.Error("follows after the wheel went up")
	}
	s.wantInView(t, 88, 97)
	l.next += 50
	s.tick()
	s.wantInView(t, 88, 97)
	s.wheel(2)
	if s.Follow() {
		t.Error("follows before the end")
	}
	s.wheel(1000)
	if !s.Follow() {
		t.Error("does not follow at the end")
	}
	l.next++
	s.tick()
	s.wantInView(t, 142, 151)
}

func TestTheWheelMovesByPixels(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 101})
	before := s.height(100)
	for range 10 {
		s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 0.25)})
	}
	if moved := s.height(100) - before; moved != 2 {
		t.Errorf("ten quarters of a pixel moved the rows by %d", moved)
	}
}

func TestNothingInViewDoesNotScroll(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 4})
	s.wheel(-5)
	if !s.Follow() {
		t.Error("the wheel stopped following where there is nothing above")
	}
}

func TestWhileNotFollowingOnlyThePillTellsOfNewRows(t *testing.T) {
	l := &list{first: 1, next: 101}
	s := newTenRows(t, l)
	type told struct {
		on     bool
		unseen int64
	}
	var last told
	s.OnFollow = func(on bool, unseen int64) { last = told{on, unseen} }
	s.wheel(-20)
	s.tick()
	if s.pill.Visible() {
		t.Error("the pill shows before anything came")
	}
	l.next += 128
	s.Tick(s.now.Add(time.Millisecond))
	if s.pill.Visible() {
		t.Error("the pill is up to date within a millisecond")
	}
	pictures := l.reads
	s.tick()
	if !s.pill.Visible() || last != (told{false, 128}) {
		t.Errorf("pill visible %v, told %v; want 128 unseen", s.pill.Visible(), last)
	}
	if l.reads-pictures > 40 {
		t.Errorf("read %d rows to find that none changed", l.reads-pictures)
	}
	s.pill.Tapped(nil)
	if s.pill.Visible() || !s.Follow() || last != (told{true, 0}) {
		t.Errorf("after the pill: visible %v, follow %v, told %v", s.pill.Visible(), s.Follow(), last)
	}
	s.wantInView(t, 219, 228)
}

func TestRowsThatTheUserHasScrolledToAreSeen(t *testing.T) {
	l := &list{first: 1, next: 101}
	s := newTenRows(t, l)
	s.wheel(-5)
	l.next += 100
	s.tick()
	s.wheel(50) // from row 86 to 136; row 145 is the last in view
	s.tick()
	if s.follow.unseen != 55 {
		t.Errorf("%d unseen, want 55", s.follow.unseen)
	}
	s.wheel(-50)
	s.tick()
	if s.follow.unseen != 55 {
		t.Errorf("back up, %d unseen, want 55", s.follow.unseen)
	}
}

func TestRowsThatLeaveAtTheFrontDoNotMoveTheView(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.wheel(-100)
	s.wheel(-0.5)
	s.wantInView(t, 890, 900)
	y := s.height(895)
	for l.first+90 < 890 {
		l.first += 90
		l.next += 90
		s.tick()
		if got := s.height(895); got != y {
			t.Fatalf("with rows from %d, row 895 moved from %d to %d", l.first, y, got)
		}
	}
	l.first = 895 // into the view
	s.tick()
	s.wantInView(t, 895, 904)
}

func TestRowsThatComeAtTheFrontDoNotMoveTheView(t *testing.T) {
	l := &list{first: 1e6, next: 1e6 + 100}
	s := newTenRows(t, l)
	s.wheel(-5)
	y := s.height(1e6 + 90)
	l.first = 5e5
	s.tick()
	if got := s.height(1e6 + 90); got != y {
		t.Errorf("moved from %d to %d", y, got)
	}
}

func TestARebuiltListKeepsTheSelectedRowAtItsHeight(t *testing.T) {
	all := &list{first: 1, next: 1001}
	s := newTenRows(t, all)
	s.Select(500)
	s.wheel(-3)
	s.paint()
	y := s.height(500)
	var even []int64
	for id := int64(2); id <= 1000; id += 2 {
		even = append(even, id)
	}
	s.SetModel(&picked{ids: even})
	s.paint()
	if got := s.height(500); got != y || s.Selected() != 500 {
		t.Errorf("with a filter row %d is at %d, want 500 at %d", s.Selected(), got, y)
	}
	s.SetModel(all)
	if got := s.height(500); got != y {
		t.Errorf("without it row 500 is at %d, want %d", got, y)
	}
}

func TestAFilteredOutRowComesBackIntoView(t *testing.T) {
	all := &list{first: 1, next: 1001}
	s := newTenRows(t, all)
	s.Select(500)
	s.paint()
	s.SetModel(&picked{ids: []int64{3, 700, 900}})
	s.tick()
	s.wantInView(t, 3, 900)
	s.SetModel(all)
	if !s.scroll.shows(500) {
		t.Error("the selected row is not in view")
	}
	if s.Selected() != 500 {
		t.Errorf("row %d is selected, want 500", s.Selected())
	}
}

func TestTheSelectedRowIsWaitedForWhileASearchGoesBack(t *testing.T) {
	all := &list{first: 1, next: 1001}
	s := newTenRows(t, all)
	s.Select(500)
	s.paint()
	y := s.height(500)
	p := &picked{list: list{first: 1e6}, ids: nil}
	s.SetModel(p)
	s.tick()
	for id := int64(1000); id > 0; id -= 50 {
		p.ids = append([]int64{id}, p.ids...)
		p.first--
		s.tick()
	}
	if got := s.height(500); got != y {
		t.Errorf("row 500 is at %d, want %d", got, y)
	}
}

func TestAScrolledListIsNotMovedByTheRowThatWasWaitedFor(t *testing.T) {
	s := newTenRows(t, &list{first: 1, next: 1001})
	s.Select(500)
	s.paint()
	var ids []int64
	for id := int64(600); id < 700; id++ {
		ids = append(ids, id)
	}
	p := &picked{list: list{first: 1e6}, ids: ids}
	s.SetModel(p)
	s.tick()
	s.wheel(-20)
	first, last := s.inView()
	p.ids = append([]int64{500}, p.ids...)
	p.first--
	s.tick()
	s.wantInView(t, first, last)
}

func TestARebuiltListIsFollowedWhereItWas(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.SetModel(&picked{ids: []int64{5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80}})
	s.wantInView(t, 8, 80)
	s.SetModel(l)
	s.wantInView(t, 991, 1000)
	if !s.Follow() {
		t.Error("does not follow any more")
	}
}

func TestTwoRebuildsBeforeAPictureKeepTheRowAtItsHeight(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.Select(500)
	s.paint()
	y := s.height(500)
	s.SetModel(&picked{ids: []int64{1, 2}})
	s.SetModel(l)
	if got := s.height(500); got != y {
		t.Errorf("row 500 is at %d, want %d", got, y)
	}
}

func TestAnotherListAfterNoneBeginsAfresh(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.wheel(-500)
	s.paint()
	s.SetModel(nil)
	s.SetModel(&list{first: 1, next: 2001})
	s.SetFollow(true)
	s.wantInView(t, 1991, 2000)
}

func TestARebuiltListWithoutASelectionDoesNotMoveByAPixel(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.wheel(-500.3)
	s.paint()
	top := s.scroll.top
	s.Changed()
	if s.scroll.top != top {
		t.Errorf("moved by %d pixels", s.scroll.top-top)
	}
}

func TestARowThatChangesInPlaceIsDrawnAgain(t *testing.T) {
	l := &list{first: 1, next: 6, texts: []string{"before"}}
	s := newTenRows(t, l)
	hash := s.painter.slots[2].hash
	l.texts = []string{"after"}
	s.tick()
	if s.painter.slots[2].hash == hash {
		t.Error("the picture is of what the row was")
	}
}

func TestATickWithoutNewsCostsNothing(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	s.tick()
	reads := l.reads
	if n := testing.AllocsPerRun(100, func() { s.Tick(s.now) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if l.reads != reads {
		t.Errorf("read %d rows", l.reads-reads)
	}
}

func TestAnUpdateWhileFollowingAllocatesNothing(t *testing.T) {
	l := &list{first: 1, next: 1001}
	s := newTenRows(t, l)
	size := s.raster.Size()
	update := func() {
		l.first += 3333
		l.next += 3333
		s.now = s.now.Add(33 * time.Millisecond)
		s.Tick(s.now)
		s.raster.Generator(int(size.Width), int(size.Height))
	}
	for range 10 {
		update()
	}
	if n := testing.AllocsPerRun(100, update); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestAMillionRowsAreNeverWalked(t *testing.T) {
	l := million()
	s := newTenRows(t, l)
	l.reads = 0
	s.dragTo(0)
	s.paint()
	s.dragTo(1e9)
	s.paint()
	s.Select(500_000)
	s.paint()
	s.TypedShortcut(&fyne.ShortcutSelectAll{})
	s.paint()
	if l.reads > 200 {
		t.Errorf("read %d rows", l.reads)
	}
}
