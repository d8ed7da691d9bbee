package inspector

import (
	"time"

	"culvert/tunnel/capture"
)

// recounting is how often the counts of backends and endpoints are brought up to date while there is traffic.
const recounting = time.Second

// counted is when the counts of the project were asked for, and what was recorded then.
type counted struct {
	under   bool // they are being asked for
	at      time.Time
	stats   capture.Stats
	settled bool // nothing was recorded between the last two times
}

// recount asks for the project anew while something is being recorded, and once afterwards.
func (p *Pane) recount(now time.Time) {
	c, stats := &p.counted, p.log.Stats()
	since := now.Sub(c.at)
	if p.o.Look == nil || c.under || since < recounting && since >= 0 || c.settled && stats == c.stats {
		return
	}
	c.under, c.at, c.settled, c.stats = true, now, stats == c.stats, stats
	shown := p.project
	p.o.Work(func() func() {
		fresh := p.o.Look(shown.Name)
		return func() {
			c.under = false
			if fresh != nil && p.project == shown { // else it was shown anew meanwhile
				p.showCounts(fresh)
			}
		}
	})
}
