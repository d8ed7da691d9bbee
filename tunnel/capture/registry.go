package capture

// registry knows the connections that are open or of which a row is held.
type registry struct {
	byID  map[uint32]*Conn
	made  uint32
	open  int
	queue []*Conn // those that are over, by their last row
}

func (g *registry) init() { g.byID = make(map[uint32]*Conn) }

func (g *registry) add(c *Conn) {
	g.made++
	g.open++
	c.id = g.made
	g.byID[c.id] = c
}

// ended notes that c is over: it goes with its last row.
func (g *registry) ended(c *Conn) {
	g.open--
	g.queue = append(g.queue, c)
}

// forget lets the connections go that are over and whose last row is before first. The lock is held.
func (l *Log) forget(first int64) {
	n := 0
	for n < len(l.conns.queue) && l.conns.queue[n].last < first {
		c := l.conns.queue[n]
		delete(l.conns.byID, c.id)
		l.weigh(-c.weight)
		n++
	}
	if n > 0 {
		rest := copy(l.conns.queue, l.conns.queue[n:])
		clear(l.conns.queue[rest:])
		l.conns.queue = l.conns.queue[:rest]
	}
}

// touch notes that id is the newest row of c. The lock is held.
func (c *Conn) touch(id int64) { c.last = id }
