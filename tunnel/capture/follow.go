package capture

import (
	"context"
	"slices"
)

// Follow calls show with each row from id from on that matches q, as they come, until ctx ends or show returns an
// error, which it returns; on a closed log it returns [ErrClosed] after the last row. A frame is shown once it is
// complete and, if it is compressed, inflated: frames may so be shown after later ones. missed is how many rows went
// before they could be looked at, since the call before.
func (l *Log) Follow(ctx context.Context, q *Query, from int64, show func(r Row, missed int64) error) error {
	f := follower{matcher: matcher{query: q, view: view{log: l}}, show: show}
	if q == nil {
		f.query = &Query{}
	}
	rows := make([]Row, rowsAtOnce)
	for from = max(from, 1); ; {
		l.mu.Lock()
		version, closed := l.version, l.closed
		l.mu.Unlock()
		if err := f.settle(); err != nil {
			return err
		}
		for {
			n := l.Rows(rows, from)
			if n == 0 {
				break
			}
			f.missed += rows[0].ID - from
			from = rows[n-1].ID + 1
			for i := range rows[:n] {
				if err := f.next(&rows[i]); err != nil {
					return err
				}
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		first, _ := l.Range()
		if from < first {
			f.missed += first - from
			from = first
		}
		if closed {
			return ErrClosed
		}
		f.conns = nil // what is known of a connection changes
		if err := l.newer(ctx, version); err != nil {
			return err
		}
	}
}

// settle returns once nothing about row id will change any more, or it has gone, or the log is closed.
func (l *Log) settle(ctx context.Context, id int64) error {
	for {
		l.mu.Lock()
		version := l.version
		r := l.row(id)
		done := r == nil || l.closed || r.flags.settled()
		l.mu.Unlock()
		if done {
			return ctx.Err()
		}
		if err := l.newer(ctx, version); err != nil {
			return err
		}
	}
}

// newer returns once the log has changed since version.
func (l *Log) newer(ctx context.Context, version uint64) error {
	l.mu.Lock()
	if l.version != version {
		l.mu.Unlock()
		return ctx.Err()
	}
	wake := l.waiting()
	l.mu.Unlock()
	select {
	case <-wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follower is one run of Follow.
type follower struct {
	matcher
	show   func(Row, int64) error
	open   []int64 // rows that are not settled yet
	missed int64
}

// next shows r, or keeps it for later.
func (f *follower) next(r *Row) error {
	if !r.Settled() {
		f.open = append(f.open, r.ID)
		return nil
	}
	if !f.match(r) {
		return nil
	}
	missed := f.missed
	f.missed = 0
	return f.show(*r, missed)
}

// settle shows those rows that have settled meanwhile.
func (f *follower) settle() (err error) {
	f.open = slices.DeleteFunc(f.open, func(id int64) bool {
		if err != nil {
			return false
		}
		r, ok := f.log.Row(id)
		if !ok {
			f.missed++
			return true
		}
		if !r.Settled() {
			return false
		}
		err = f.next(&r)
		return true
	})
	return err
}
