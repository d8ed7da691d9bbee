package glyph

// shapes keeps the shapes that were used last, by the text that they show.
type shapes struct {
	max   int
	byKey map[string]*entry
	root  entry // of the ring of entries; root.next was used last
}

type entry struct {
	key        string
	shape      *shape
	prev, next *entry
}

// get returns the shape of key, nil if there is none.
func (s *shapes) get(key []byte) *shape {
	e := s.byKey[string(key)]
	if e == nil {
		return nil
	}
	if s.root.next != e {
		e.unlink()
		s.root.link(e)
	}
	return e.shape
}

// put adds the shape of key, which is not there.
func (s *shapes) put(key string, shape *shape) {
	if s.byKey == nil {
		s.byKey = make(map[string]*entry)
		s.root.prev, s.root.next = &s.root, &s.root
	}
	if len(s.byKey) >= s.max {
		last := s.root.prev
		last.unlink()
		delete(s.byKey, last.key)
	}
	e := &entry{key: key, shape: shape}
	s.byKey[key] = e
	s.root.link(e)
}

// link puts e behind root.
func (root *entry) link(e *entry) {
	e.prev, e.next = root, root.next
	e.prev.next, e.next.prev = e, e
}

func (e *entry) unlink() {
	e.prev.next, e.next.prev = e.next, e.prev
}
