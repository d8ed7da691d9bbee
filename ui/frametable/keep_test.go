package frametable

import "testing"

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
