package frametable

// scroll is which part of the list is in view. It counts pixels from position 0, so that neither rows that leave at the
// front nor rows that come there move what is seen.
type scroll struct {
	first, next int64 // positions of the list
	row, height int64 // of a row and of the view, in pixels
	top         int64 // of the view
}

func (s *scroll) min() int64 { return s.first * s.row }

// max is the top at which the last row is in view. A list that is shorter than the view begins at its top.
func (s *scroll) max() int64 { return max(s.min(), s.next*s.row-s.height) }

func (s *scroll) to(top int64) { s.top = min(max(top, s.min()), s.max()) }

func (s *scroll) toEnd() { s.top = s.max() }

func (s *scroll) atEnd() bool { return s.top >= s.max() }

// setRange takes in the list's new positions. What is in view stays where it is as long as it is in the list.
func (s *scroll) setRange(first, next int64) {
	s.first, s.next = first, next
	s.to(s.top)
}

// resize takes in new pixels of a row and of the view, and keeps the first row in view.
func (s *scroll) resize(row, height int64) {
	if s.row > 0 && row != s.row {
		pos := floorDiv(s.top, s.row)
		s.top = pos*row + (s.top-pos*s.row)*row/s.row
	}
	s.row, s.height = row, height
	s.to(s.top)
}

// visible returns the positions of the rows in view, the first and the one after the last. There are none before the view
// has a size.
func (s *scroll) visible() (from, to int64) {
	if s.row == 0 {
		return s.first, s.first
	}
	from = max(s.first, floorDiv(s.top, s.row))
	to = min(s.next, floorDiv(s.top+s.height+s.row-1, s.row))
	return from, max(from, to)
}

// page is the number of rows that are wholly in view, at least one.
func (s *scroll) page() int64 { return max(1, s.height/s.row) }

// y returns the top of the row at pos in the view.
func (s *scroll) y(pos int64) int { return int(pos*s.row - s.top) }

// at returns the position of the row at y in the view.
func (s *scroll) at(y int64) (pos int64, ok bool) {
	pos = floorDiv(s.top+y, s.row)
	return pos, y >= 0 && y < s.height && pos >= s.first && pos < s.next
}

// reveal moves as little as brings the whole row at pos into view.
func (s *scroll) reveal(pos int64) {
	top := pos * s.row
	s.to(min(max(s.top, top+s.row-s.height), top))
}

// shows reports whether the whole row at pos is in view.
func (s *scroll) shows(pos int64) bool {
	y := pos*s.row - s.top
	return y >= 0 && y+s.row <= s.height
}

// put moves the row at pos to y in the view, as far as the ends of the list allow.
func (s *scroll) put(pos, y int64) { s.to(pos*s.row - y) }

// thumb returns where the thumb of a scrollbar of that length lies, and how long it is; 0 where all rows are in view.
func (s *scroll) thumb(track, shortest float32) (at, length float32) {
	span := s.max() - s.min()
	if span <= 0 || track <= shortest {
		return 0, 0
	}
	whole := float64(s.next-s.first) * float64(s.row)
	length = max(shortest, float32(float64(track)*float64(s.height)/whole))
	at = float32(float64(track-length) * float64(s.top-s.min()) / float64(span))
	return at, length
}

// dragged returns the top of the view whose thumb lies at that place. The ends of the track are those of the list.
func (s *scroll) dragged(at, track, shortest float32) (top int64) {
	_, length := s.thumb(track, shortest)
	room := float64(track - length)
	if length == 0 || room <= 0 {
		return s.top
	}
	part := min(max(float64(at)/room, 0), 1)
	return s.min() + int64(part*float64(s.max()-s.min()))
}

// floorDiv is a/b rounded down; positions may be negative.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
