package frametable

import (
	"math"
	"testing"
)

// far is a position that float32 and even a sum of float64 heights could not tell from its neighbours.
const far = int64(1) << 40

// view is a scroll of 100 rows' worth of list at far, ten rows high, in the middle.
func view() scroll {
	return scroll{first: far, next: far + 100, row: 24, height: 240, top: (far + 50) * 24}
}

func TestScrollStaysWithinTheList(t *testing.T) {
	tests := map[string]struct {
		do   func(s *scroll)
		want int64 // top, from the first row
	}{
		"one pixel down":                         {func(s *scroll) { s.to(s.top + 1) }, 50*24 + 1},
		"above the first row":                    {func(s *scroll) { s.to(s.top - 1e9) }, 0},
		"below the last row":                     {func(s *scroll) { s.to(s.top + 1e9) }, 90 * 24},
		"to the end":                             {func(s *scroll) { s.toEnd() }, 90 * 24},
		"rows that come at the end":              {func(s *scroll) { s.setRange(far, far+1e6) }, 50 * 24},
		"rows that leave above the view":         {func(s *scroll) { s.setRange(far+50, far+100) }, 50 * 24},
		"the rows in view leave":                 {func(s *scroll) { s.setRange(far+70, far+100) }, 70 * 24},
		"all rows leave":                         {func(s *scroll) { s.setRange(far+1e6, far+1e6+5) }, 1e6 * 24},
		"rows that come at the front":            {func(s *scroll) { s.setRange(far-1e6, far+100) }, 50 * 24},
		"a list shorter than the view":           {func(s *scroll) { s.setRange(far, far+5) }, 0},
		"an empty list":                          {func(s *scroll) { s.setRange(far+7, far+7) }, 7 * 24},
		"a row in view is revealed":              {func(s *scroll) { s.reveal(far + 55) }, 50 * 24},
		"a row above is revealed at the top":     {func(s *scroll) { s.reveal(far + 20) }, 20 * 24},
		"a row below is revealed at the bottom":  {func(s *scroll) { s.reveal(far + 80) }, 71 * 24},
		"a row is put at a height":               {func(s *scroll) { s.put(far+33, 48) }, 31 * 24},
		"a row at the end cannot be put on top":  {func(s *scroll) { s.put(far+99, 0) }, 90 * 24},
		"a higher view at the end shows no void": {func(s *scroll) { s.toEnd(); s.resize(24, 480) }, 80 * 24},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := view()
			tt.do(&s)
			if got := s.top - far*24; got != tt.want {
				t.Errorf("top is %d pixels below the first row, want %d", got, tt.want)
			}
		})
	}
}

func TestRowsInViewIncludeThoseCutOff(t *testing.T) {
	tests := map[string]struct {
		s        scroll
		from, to int64
	}{
		"on the row":     {view(), 50, 60},
		"a pixel below":  {scroll{first: far, next: far + 100, row: 24, height: 240, top: (far+50)*24 + 1}, 50, 61},
		"a short list":   {scroll{first: far, next: far + 3, row: 24, height: 240, top: far * 24}, 0, 3},
		"an empty list":  {scroll{first: far, next: far, row: 24, height: 240, top: far * 24}, 0, 0},
		"no height":      {scroll{first: far, next: far + 3, row: 24, top: far * 24}, 0, 0},
		"odd row height": {scroll{first: far, next: far + 100, row: 31, height: 100, top: far*31 + 30}, 0, 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			from, to := tt.s.visible()
			if from-far != tt.from || to-far != tt.to {
				t.Errorf("visible = %d, %d; want %d, %d", from-far, to-far, tt.from, tt.to)
			}
		})
	}
}

func TestPositionsMayBeNegative(t *testing.T) {
	s := scroll{first: -100, next: 10, row: 24, height: 240}
	s.to(-50*24 - 1)
	if from, to := s.visible(); from != -51 || to != -40 {
		t.Errorf("visible = %d, %d; want -51, -40", from, to)
	}
	if pos, ok := s.at(0); pos != -51 || !ok {
		t.Errorf("at(0) = %d, %v; want -51", pos, ok)
	}
}

func TestAPointIsOnARowOfTheList(t *testing.T) {
	s := view()
	short := scroll{first: far, next: far + 2, row: 24, height: 240, top: far * 24}
	tests := map[string]struct {
		s    scroll
		y    int64
		want int64
		ok   bool
	}{
		"the first pixel":       {s, 0, 50, true},
		"the last of the row":   {s, 23, 50, true},
		"the next row":          {s, 24, 51, true},
		"above the view":        {s, -1, 49, false},
		"below the view":        {s, 240, 60, false},
		"below the last row":    {short, 48, 2, false},
		"on the last row":       {short, 47, 1, true},
		"nothing in an empty 1": {scroll{first: far, next: far, row: 24, height: 240, top: far * 24}, 0, 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if pos, ok := tt.s.at(tt.y); ok != tt.ok || pos-far != tt.want {
				t.Errorf("at(%d) = %d, %v; want %d, %v", tt.y, pos-far, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestAnotherScaleKeepsTheFirstRow(t *testing.T) {
	s := view()
	s.to(s.top + 12) // half a row
	s.resize(48, 480)
	if want := (far+50)*48 + 24; s.top != want {
		t.Errorf("top moved by %d pixels", s.top-want)
	}
	s.resize(24, 240)
	if want := (far+50)*24 + 12; s.top != want {
		t.Errorf("back again, top moved by %d pixels", s.top-want)
	}
}

func TestThumbShowsThePlaceInTheList(t *testing.T) {
	tests := map[string]struct {
		s          scroll
		at, length float32
	}{
		"all rows in view":     {scroll{first: far, next: far + 10, row: 24, height: 240, top: far * 24}, 0, 0},
		"the front":            {scroll{first: far, next: far + 100, row: 24, height: 240, top: far * 24}, 0, 30},
		"the end":              {scroll{first: far, next: far + 100, row: 24, height: 240, top: (far + 90) * 24}, 270, 30},
		"the middle":           {scroll{first: far, next: far + 100, row: 24, height: 240, top: (far + 45) * 24}, 135, 30},
		"the end of a million": {scroll{first: far, next: far + 1e6, row: 24, height: 240, top: (far + 1e6 - 10) * 24}, 280, 20},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			at, length := tt.s.thumb(300, 20)
			if math.Abs(float64(at-tt.at)) > 0.01 || math.Abs(float64(length-tt.length)) > 0.01 {
				t.Errorf("thumb = %v, %v; want %v, %v", at, length, tt.at, tt.length)
			}
		})
	}
}

func TestDraggingTheThumbReachesBothEndsOfAMillionRows(t *testing.T) {
	s := scroll{first: far, next: far + 1e6, row: 24, height: 240}
	s.toEnd()
	const track, shortest = 300, 20
	for at, want := range map[float32]int64{0: s.min(), 280: s.max(), -50: s.min(), 400: s.max()} {
		if got := s.dragged(at, track, shortest); got != want {
			t.Errorf("at %v the top is %d rows from where it should be", at, (got-want)/24)
		}
	}
	for _, at := range []float32{1, 77.5, 140, 279} {
		s.to(s.dragged(at, track, shortest))
		if got, _ := s.thumb(track, shortest); math.Abs(float64(got-at)) > 0.01 {
			t.Errorf("dragged to %v the thumb is at %v", at, got)
		}
	}
}
