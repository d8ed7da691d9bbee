package frametable

// follow is whether the end of the list stays in view.
type follow struct {
	on     bool
	seen   int64 // id of the last row that was in view, while off
	unseen int64 // rows after it

	toldOn     bool // what OnFollow was told
	toldUnseen int64
	told       bool
}

// Follow reports whether the table keeps the last row in view.
func (t *Table) Follow() bool { return t.follow.on }

// SetFollow switches following on, which goes to the end, or off.
func (t *Table) SetFollow(on bool) {
	t.setFollow(on)
	t.redraw()
}

func (t *Table) setFollow(on bool) {
	if on {
		t.pending = pending{}
		t.scroll.toEnd()
	} else if t.follow.on {
		t.follow.seen = 0
		if t.scroll.next > t.scroll.first {
			t.follow.seen = t.model.ID(t.scroll.next - 1)
		}
	}
	t.follow.on = on
}

// see counts the rows that were not yet in view, and reports whether OnFollow does not know of it.
func (t *Table) see() (news bool) {
	f := &t.follow
	f.unseen = 0
	if !f.on {
		if from, to := t.scroll.visible(); from < to {
			f.seen = max(f.seen, t.model.ID(to-1))
		}
		f.unseen = max(0, t.scroll.next-t.model.Pos(f.seen+1))
	}
	news = !f.told || f.on != f.toldOn || f.unseen != f.toldUnseen
	f.told, f.toldOn, f.toldUnseen = true, f.on, f.unseen
	return news
}

// scrollTo scrolls by the user's hand, and switches following by it.
func (t *Table) scrollTo(top int64, down bool) {
	before := t.scroll.top
	t.scroll.to(top)
	t.pending = pending{}
	switch {
	case t.scroll.top < before:
		t.setFollow(false)
	case down && t.scroll.atEnd():
		t.setFollow(true)
	}
	t.redraw()
}

// dragTo shows what the thumb of the scrollbar is at.
func (t *Table) dragTo(at float32) {
	top := t.scroll.dragged(at, t.bar.Size().Height, shortestThumb)
	t.scrollTo(top, top > t.scroll.top)
}

// pending is a row that is to be at a height of the view as soon as the list has it.
type pending struct {
	id      int64
	y       int64
	current bool // it is the selected row, for which the end of the list is left
}

// held returns what a rebuilt list is to keep in its place: the selected row, otherwise the first in view. The rows in
// view are those of the last picture; their list is gone.
func (t *Table) held() pending {
	p := &t.painter
	if p.stale {
		return t.kept
	}
	first := pending{}
	for i := range p.slots {
		id, y := p.slots[i].id, t.scroll.y(p.from+int64(i))
		if id == 0 {
			continue
		}
		if id == t.current {
			return pending{id, int64(y), true}
		}
		if first.id == 0 {
			first = pending{id, int64(y), false}
		}
	}
	if t.pending.current && t.pending.id == t.current {
		return t.pending // still looked for
	}
	if t.current != 0 && !t.follow.on {
		return pending{t.current, (t.scroll.height - t.scroll.row) / 2, true}
	}
	if t.follow.on {
		return pending{}
	}
	return first
}

// restore puts the pending row in its place if the list has it; the selected one is waited for otherwise.
func (t *Table) restore() {
	p := t.pending
	if p.id == 0 {
		return
	}
	pos := t.model.Pos(p.id)
	there := t.model.ID(pos) == p.id
	if p.current && !there {
		return
	}
	y := p.y
	if p.current {
		y = min(max(y, 0), max(0, t.scroll.height-t.scroll.row))
	}
	t.scroll.put(pos, y)
	if !p.current || int64(t.scroll.y(pos)) == y { // else rows that come at the front may make room for it
		t.pending = pending{}
	}
	if p.current && t.follow.on && !t.endShows(pos) {
		t.setFollow(false)
	}
}

// endShows reports whether the row at pos is in view at the end of the list.
func (t *Table) endShows(pos int64) bool {
	end := t.scroll
	end.toEnd()
	return end.shows(pos)
}
