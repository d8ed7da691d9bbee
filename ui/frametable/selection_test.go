package frametable

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSelectionIsKeptAsRanges(t *testing.T) {
	tests := map[string]struct {
		do   func(s *selection)
		want []IDs
	}{
		"one":                       {func(s *selection) { s.add(5, 5) }, []IDs{{5, 5}}},
		"either order":              {func(s *selection) { s.add(9, 5) }, []IDs{{5, 9}}},
		"neighbours grow together":  {func(s *selection) { s.add(5, 5); s.add(7, 7); s.add(6, 6) }, []IDs{{5, 7}}},
		"apart from each other":     {func(s *selection) { s.add(7, 8); s.add(1, 2) }, []IDs{{1, 2}, {7, 8}}},
		"swallowed":                 {func(s *selection) { s.add(3, 4); s.add(8, 9); s.add(1, 20) }, []IDs{{1, 20}}},
		"within":                    {func(s *selection) { s.add(1, 20); s.add(5, 6) }, []IDs{{1, 20}}},
		"a hole":                    {func(s *selection) { s.add(1, 9); s.remove(4) }, []IDs{{1, 3}, {5, 9}}},
		"less at an end":            {func(s *selection) { s.add(1, 9); s.remove(1); s.remove(9) }, []IDs{{2, 8}}},
		"nothing left":              {func(s *selection) { s.add(4, 4); s.remove(4) }, nil},
		"one that was not selected": {func(s *selection) { s.add(4, 4); s.remove(5) }, []IDs{{4, 4}}},
		"all anew":                  {func(s *selection) { s.add(4, 4); s.add(9, 9); s.set(1e6, 1) }, []IDs{{1, 1e6}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var s selection
			tt.do(&s)
			if !slices.Equal(s, tt.want) {
				t.Errorf("got %v, want %v", s, tt.want)
			}
		})
	}
}

func TestSelectionIsASetOfIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var s selection
	set := map[int64]bool{}
	for range 3000 {
		a, b := r.Int64N(60), r.Int64N(5)
		if r.IntN(3) == 0 {
			s.add(a, a+b)
			for id := a; id <= a+b; id++ {
				set[id] = true
			}
		} else {
			s.remove(a)
			delete(set, a)
		}
		for id := range int64(70) {
			if s.has(id) != set[id] {
				t.Fatalf("%v: has(%d) = %v", s, id, s.has(id))
			}
		}
		for i := 1; i < len(s); i++ {
			if s[i].First <= s[i-1].Last+1 {
				t.Fatalf("%v: ranges touch", s)
			}
		}
	}
}
