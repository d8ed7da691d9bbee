package frametable

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

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
