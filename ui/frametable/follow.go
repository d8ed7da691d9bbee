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
