package frametable

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
