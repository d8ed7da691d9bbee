package frametable

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"culvert/ui/look"
)

// million is a list whose rows are never there: it makes them up.
func million() *list {
	return &list{first: 1 << 40, next: 1<<40 + 1e6, shift: 1<<40 - 1}
}

var views = []struct {
	name  string
	size  fyne.Size
	scale float32
}{
	{"1030x390", fyne.NewSize(1030, 390+headerHeight), 1}, // in a window of 1280 × 800
	{"1350x490", fyne.NewSize(1350, 490+headerHeight), 1}, // of 1600 × 900
	{"1350x870", fyne.NewSize(1350, 870+headerHeight), 1}, // without a detail
	{"1030x390@2", fyne.NewSize(1030, 390+headerHeight), 2},
}

// frame is an update as the program does it: a tick, and the picture that Fyne asks for.
func (s *stage) frame(now time.Time) {
	s.Tick(now)
	size, scale := s.raster.Size(), s.window.Canvas().Scale()
	s.raster.Generator(int(size.Width*scale), int(size.Height*scale))
}

// measure runs update n times as b asks, and reports the slowest of a hundred.
func measure(b *testing.B, update func(i int)) {
	for i := range 10 { // the first pictures make glyphs
		update(i)
	}
	var took []time.Duration
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		start := time.Now()
		update(i)
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkFollow is an update while 100,000 rows a second arrive, 30 updates a second.
func BenchmarkFollow(b *testing.B) {
	for _, v := range views {
		b.Run(v.name, func(b *testing.B) {
			l := million()
			s := newStage(b, v.size, look.Dark, l)
			s.window.Canvas().(software.WindowlessCanvas).SetScale(v.scale)
			measure(b, func(int) {
				l.first += 3333
				l.next += 3333
				s.now = s.now.Add(33 * time.Millisecond)
				s.frame(s.now)
			})
		})
	}
}

// BenchmarkFollowChinese is BenchmarkFollow with 3,000 different characters, of which a picture makes a few anew.
func BenchmarkFollowChinese(b *testing.B) {
	l := million()
	for i := range 200 {
		var text []rune
		for j := range 15 {
			text = append(text, rune('一'+i*15+j))
		}
		l.texts = append(l.texts, string(text))
	}
	s := newStage(b, views[0].size, look.Dark, l)
	measure(b, func(int) {
		l.next += 3333
		s.now = s.now.Add(33 * time.Millisecond)
		s.frame(s.now)
	})
}

// BenchmarkFollowSlowly is an update with one new row.
func BenchmarkFollowSlowly(b *testing.B) {
	l := million()
	s := newStage(b, views[0].size, look.Dark, l)
	measure(b, func(int) {
		l.next++
		s.now = s.now.Add(33 * time.Millisecond)
		s.frame(s.now)
	})
}

// BenchmarkScroll turns the wheel by three rows in a million.
func BenchmarkScroll(b *testing.B) {
	for _, v := range views {
		b.Run(v.name, func(b *testing.B) {
			s := newStage(b, v.size, look.Dark, million())
			s.window.Canvas().(software.WindowlessCanvas).SetScale(v.scale)
			wheel := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 75)}
			measure(b, func(int) {
				s.Scrolled(wheel)
				s.frame(s.now)
			})
		})
	}
}

// BenchmarkDragThumb goes to another place of a million rows each time.
func BenchmarkDragThumb(b *testing.B) {
	s := newStage(b, views[0].size, look.Dark, million())
	measure(b, func(i int) {
		s.dragTo(float32(i % 350))
		s.frame(s.now)
	})
}

// BenchmarkSelectAll selects a million rows.
func BenchmarkSelectAll(b *testing.B) {
	s := newStage(b, views[0].size, look.Dark, million())
	measure(b, func(int) {
		s.TypedShortcut(&fyne.ShortcutSelectAll{})
		s.frame(s.now)
	})
}

// BenchmarkIdle is a tick where nothing changed.
func BenchmarkIdle(b *testing.B) {
	s := newStage(b, views[0].size, look.Dark, million())
	s.tick()
	measure(b, func(int) { s.Tick(s.now) })
}
