package capture

import "context"

// each calls do with the rows that match q and are held when it begins, in order.
func (l *Log) each(ctx context.Context, q *Query, do func(*Row) error) error {
	if !q.All() {
		ids, _, err := l.Find(ctx, q, 1, 0, 0)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if r, ok := l.Row(id); ok {
				if err := do(&r); err != nil {
					return err
				}
			}
		}
		return nil
	}
	rows := make([]Row, rowsAtOnce)
	_, end := l.Range()
	for from := int64(1); from < end; {
		n := l.Rows(rows, from)
		if n == 0 {
			break
		}
		for i := range rows[:n] {
			if rows[i].ID >= end {
				break
			}
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		from = rows[n-1].ID + 1
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
