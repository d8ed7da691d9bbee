package glyph

import "testing"

func TestTheShapeUsedLongestAgoGoesFirst(t *testing.T) {
	s := shapes{max: 2}
	a, b, c := new(shape), new(shape), new(shape)
	s.put("a", a)
	s.put("b", b)
	s.get([]byte("a"))
	s.put("c", c)
	for key, want := range map[string]*shape{"a": a, "b": nil, "c": c} {
		if got := s.get([]byte(key)); got != want {
			t.Errorf("get(%q) = %p, want %p", key, got, want)
		}
	}
	if len(s.byKey) != 2 {
		t.Errorf("keeps %d shapes, want 2", len(s.byKey))
	}
}

func TestNoShapesHaveNone(t *testing.T) {
	var s shapes
	if s.get([]byte("a")) != nil {
		t.Error("an empty cache has a shape")
	}
}
