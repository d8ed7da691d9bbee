package frametable

import "slices"

// Select makes id the current and only selected row and brings it into view; 0 selects none. It does not call
// OnSelected.
func (t *Table) Select(id int64) {
	t.current, t.anchor = id, id
	t.pending = pending{}
	if id == 0 {
		t.selected.clear()
		t.raster.Refresh()
		return
	}
	t.selected.set(id, id)
	t.scroll.setRange(t.model.Range())
	if pos := t.model.Pos(id); t.model.ID(pos) == id {
		t.show(pos)
	} else {
		t.pending = pending{id, (t.scroll.height - t.scroll.row) / 2, true}
	}
	t.redraw()
}

// show brings the row at pos into view: in the middle where it is far away.
func (t *Table) show(pos int64) {
	if y := pos*t.scroll.row - t.scroll.top; y < -t.scroll.row || y > t.scroll.height {
		t.scroll.put(pos, (t.scroll.height-t.scroll.row)/2)
	} else {
		t.scroll.reveal(pos)
	}
	if pos != t.scroll.next-1 {
		t.setFollow(false)
	}
}

// Selected returns the id of the current row, 0 for none. The list may no longer have it.
func (t *Table) Selected() int64 { return t.current }

// SelectionRanges returns the selected ids as ranges in order. Ids in them that the list does not show are not selected
// rows.
func (t *Table) SelectionRanges() []IDs { return slices.Clone(t.selected) }

// Selection returns the ids of the selected rows that the list has, in order. After Ctrl+A these are as many as the
// list has rows.
func (t *Table) Selection() []int64 {
	var ids []int64
	_, next := t.model.Range()
	for _, r := range t.selected {
		for pos := t.model.Pos(r.First); pos < next; pos++ {
			id := t.model.ID(pos)
			if id > r.Last {
				break
			}
			if id != 0 {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// selectAll selects every row, and leaves the current one as it is.
func (t *Table) selectAll() {
	first, next := t.model.Range()
	if first == next {
		return
	}
	t.anchor = t.model.ID(first)
	t.selected.set(t.anchor, t.model.ID(next-1))
	t.raster.Refresh()
}

// choose makes the row at pos the current one by the user's hand. With extend, the selection goes from the anchor to it;
// with toggle, the row joins the selection or leaves it.
func (t *Table) choose(pos int64, extend, toggle bool) {
	id := t.model.ID(pos)
	if id == 0 {
		return
	}
	t.pending = pending{}
	switch {
	case extend && t.anchor != 0:
		t.selected.set(t.anchor, id)
	case toggle && t.selected.has(id):
		t.selected.remove(id)
		t.anchor = id
	case toggle:
		t.selected.add(id, id)
		t.anchor = id
	default:
		t.selected.set(id, id)
		t.anchor = id
	}
	t.scroll.reveal(pos)
	last := pos == t.scroll.next-1
	if !last {
		t.setFollow(false)
	}
	t.redraw()
	if id != t.current {
		t.current = id
		if t.OnSelected != nil {
			t.OnSelected(id)
		}
	}
}

// move makes the row the current one that is so many rows from it.
func (t *Table) move(rows int64, extend bool) {
	first, next := t.model.Range()
	if first == next {
		return
	}
	t.scroll.setRange(first, next)
	pos := t.model.Pos(t.current)
	switch {
	case t.current == 0 && rows > 0:
		pos, _ = t.scroll.visible()
	case t.current == 0:
		_, pos = t.scroll.visible()
		pos--
	case rows > 0 && t.model.ID(pos) != t.current: // pos is after the current row, which is gone
		pos += rows - 1
	default:
		pos += rows
	}
	t.choose(min(max(pos, first), next-1), extend, false)
}
