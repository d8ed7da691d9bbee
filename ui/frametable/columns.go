package frametable

// Measures in Fyne units.
const (
	rowHeight    = 24
	headerHeight = 25 // with the line below it
	textSize     = 12
	margin       = 16 // left of the first column and right of the last
	gap          = 16 // between columns
	leastFlex    = 80 // of the column that takes the rest, where it has no Min
	leastColumn  = 16
	grip         = 5 // how near to a divider the pointer takes it
)

// Column describes one column of a Table.
type Column struct {
	ID    string  // names the column in Widths
	Title string  // shown in the header
	Width float32 // in Fyne units, without the gap to the next column; 0: takes the rest, one column at most
	Min   float32 // the least width it can be dragged to
	Right bool    // aligned to the right
}

func (c *Column) least() float32 {
	switch {
	case c.Min > 0:
		return c.Min
	case c.Width == 0:
		return leastFlex
	}
	return min(leastColumn, c.Width)
}

// span is where a column lies, in Fyne units.
type span struct{ x, w float32 }

// columns are the columns of a table and the widths that the user gave them.
type columns struct {
	list  []Column
	width []float32 // of the fixed ones
	flex  int       // the one that takes the rest; len(list) where there is none
	spans []span
}

func newColumns(list []Column) columns {
	c := columns{list: list, flex: len(list), width: make([]float32, len(list)), spans: make([]span, len(list))}
	for i := range list {
		c.width[i] = list[i].Width
		if list[i].Width == 0 && c.flex == len(list) {
			c.flex = i
		}
	}
	return c
}

// layout places the columns in a room of that width. Where it is too narrow the fixed columns shrink, then the last ones
// stick out.
func (c *columns) layout(room float32) {
	fixed, spare := float32(0), float32(0)
	for i := range c.list {
		if i != c.flex {
			fixed += c.width[i]
			spare += max(0, c.width[i]-c.list[i].least())
		}
	}
	rest := room - 2*margin - gap*float32(len(c.list)-1) - fixed
	shrink := float32(0)
	if c.flex < len(c.list) {
		if least := c.list[c.flex].least(); rest < least {
			if spare > 0 {
				shrink = min(1, (least-rest)/spare)
			}
			rest = least
		}
	}
	x := float32(margin)
	for i := range c.list {
		w := rest
		if i != c.flex {
			w = c.width[i] - shrink*max(0, c.width[i]-c.list[i].least())
		}
		c.spans[i] = span{x, w}
		x += w + gap
	}
}

// divider returns the index of the column left of the divider that is near x, or false.
func (c *columns) divider(x float32) (i int, ok bool) {
	for i := range max(0, len(c.spans)-1) {
		if d := x - c.dividerX(i); d >= -grip && d <= grip {
			return i, true
		}
	}
	return 0, false
}

// dividerX is where the divider right of column i lies.
func (c *columns) dividerX(i int) float32 { return c.spans[i].x + c.spans[i].w + gap/2 }

// drag moves the divider right of column i to x. It changes the column on the side of it that is away from the one that
// takes the rest, so the divider follows the pointer.
func (c *columns) drag(i int, x float32) {
	if i < c.flex {
		c.setWidth(i, x-gap/2-c.spans[i].x)
		return
	}
	right := c.spans[i+1]
	c.setWidth(i+1, right.x+right.w-x-gap/2)
}

func (c *columns) setWidth(i int, w float32) {
	c.width[i] = max(c.list[i].least(), w)
}

// widths returns the widths of the fixed columns by id.
func (c *columns) widths() map[string]float32 {
	m := make(map[string]float32, len(c.list))
	for i := range c.list {
		if i != c.flex {
			m[c.list[i].ID] = c.width[i]
		}
	}
	return m
}

func (c *columns) setWidths(m map[string]float32) {
	for i := range c.list {
		if w := m[c.list[i].ID]; w > 0 && i != c.flex {
			c.setWidth(i, w)
		}
	}
}
