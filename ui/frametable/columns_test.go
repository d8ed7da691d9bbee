package frametable

import (
	"maps"
	"testing"
)

func three() columns {
	return newColumns([]Column{{ID: "a", Width: 50, Min: 20}, {ID: "b", Min: 100}, {ID: "c", Width: 60, Min: 30}})
}

func TestOneColumnTakesWhatTheOthersLeave(t *testing.T) {
	tests := map[string]struct {
		room float32
		want []span
	}{
		"plenty":            {500, []span{{16, 50}, {82, 326}, {424, 60}}},
		"just enough":       {274, []span{{16, 50}, {82, 100}, {198, 60}}},
		"the others shrink": {244, []span{{16, 35}, {67, 100}, {183, 45}}},
		"they stick out":    {100, []span{{16, 20}, {52, 100}, {168, 30}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := three()
			c.layout(tt.room)
			for i, want := range tt.want {
				if c.spans[i] != want {
					t.Errorf("column %d at %v, want %v", i, c.spans[i], want)
				}
			}
		})
	}
}

func TestADividerFollowsThePointer(t *testing.T) {
	tests := map[string]struct {
		divider int
		to      float32
		want    map[string]float32
		stays   bool // where it is dragged to
	}{
		"left of the one that takes the rest":  {0, 100, map[string]float32{"a": 76, "c": 60}, true},
		"right of it":                          {1, 380, map[string]float32{"a": 50, "c": 96}, true},
		"no narrower than the least":           {0, 5, map[string]float32{"a": 20, "c": 60}, false},
		"no narrower than the least, right it": {1, 490, map[string]float32{"a": 50, "c": 30}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := three()
			c.layout(500)
			c.drag(tt.divider, tt.to)
			c.layout(500)
			if got := c.widths(); !maps.Equal(got, tt.want) {
				t.Errorf("widths %v, want %v", got, tt.want)
			}
			if got := c.dividerX(tt.divider); tt.stays && got != tt.to {
				t.Errorf("the divider is at %v, want %v", got, tt.to)
			}
		})
	}
}

func TestADividerIsTakenBetweenTheColumns(t *testing.T) {
	c := three()
	c.layout(500)
	for x, want := range map[float32]int{74: 0, 71: 0, 78: 0, 416: 1, 60: -1, 200: -1, 484: -1} {
		i, ok := c.divider(x)
		if !ok {
			i = -1
		}
		if i != want {
			t.Errorf("at %v: divider %d, want %d", x, i, want)
		}
	}
}

func TestWidthsAreSetByID(t *testing.T) {
	c := three()
	c.setWidths(map[string]float32{"a": 70, "c": 1, "b": 500, "unknown": 3})
	if got, want := c.widths(), map[string]float32{"a": 70, "c": 30}; !maps.Equal(got, want) {
		t.Errorf("widths %v, want %v", got, want)
	}
}
