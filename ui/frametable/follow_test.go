package frametable

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

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
