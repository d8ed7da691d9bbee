package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/control"

	"golang.org/x/sync/errgroup"
)

// previewLimit is how many bytes of a payload a line of text shows.
const previewLimit = 240

// Tail writes rows of one project's capture, or of all, as [control.App] says: first the last ones held, then, if
// asked, those that come until ctx or the app ends or the project is removed. A reader that is too slow learns how many
// rows it missed; it never slows a tunnel.
func (a *App) Tail(ctx context.Context, r control.TailRequest, w io.Writer) error {
	q, err := capture.ParseQuery(r.Filter)
	if err != nil {
		return err
	}
	if r.Project != "" {
		if _, err := a.known.entry(r.Project); err != nil {
			return err
		}
	}
	if err := a.begun(); err != nil {
		return err
	}
	a.tails.Add(1)
	a.switching.Unlock()
	defer a.tails.Done()
	if _, err := w.Write(nil); err != nil { // understood
		return err
	}
	t := &tail{app: a, request: r, query: q, lines: newLines(w)}
	return errors.Join(t.run(ctx), t.lines.close())
}

// waitForTails gives the tails a moment to show the end.
func (a *App) waitForTails(moment time.Duration) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.tails.Wait()
	}()
	select {
	case <-done:
	case <-time.After(moment):
	}
}

// tail is one run of Tail.
type tail struct {
	app     *App
	request control.TailRequest
	query   *capture.Query
	lines   *lines
}

// run follows the captures that there are and those that come.
func (t *tail) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for seen := make(map[*capture.Log]bool); ; {
		changed := t.app.changes()
		known := false
		for _, e := range t.app.known.list() {
			if t.request.Project != "" && t.request.Project != e.Name {
				continue
			}
			known = true
			log, ok := t.app.engine.Capture(e.Name)
			if ok && !seen[log] {
				seen[log] = true
				group.Go(func() error { return t.log(ctx, e.Name, log) })
			}
		}
		if !t.request.Follow || t.request.Project != "" && !known {
			return group.Wait()
		}
		select {
		case <-changed:
		case <-t.app.ended:
			return group.Wait()
		case <-ctx.Done():
			return group.Wait()
		}
	}
}

// changes returns a channel that is closed when captures come or go.
func (a *App) changes() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// log shows the rows of one capture.
func (t *tail) log(ctx context.Context, name string, log *capture.Log) error {
	from := t.start(log)
	show := func(r capture.Row, missed int64) error {
		return t.lines.add(func(dst []byte) []byte { return t.row(dst, name, log, &r, missed) })
	}
	if !t.request.Follow {
		return t.held(ctx, log, from, show)
	}
	err := log.Follow(ctx, t.query, from, show)
	if errors.Is(err, capture.ErrClosed) || ctx.Err() != nil {
		return nil
	}
	return err
}

// held shows the rows from id from on that are there now.
func (t *tail) held(ctx context.Context, log *capture.Log, from int64, show func(capture.Row, int64) error) error {
	first, end := log.Range()
	missed := max(first-from, 0)
	rows := make([]capture.Row, 256)
	for from < end && ctx.Err() == nil {
		n := log.Rows(rows, from)
		if n == 0 {
			break
		}
		for i := range rows[:n] {
			r := rows[i]
			if r.ID >= end {
				break
			}
			if !log.Match(t.query, &r) {
				continue
			}
			if err := show(r, missed); err != nil {
				return err
			}
			missed = 0
		}
		from = rows[n-1].ID + 1
	}
	return nil
}

// start returns the id of the row to begin with.
func (t *tail) start(log *capture.Log) int64 {
	first, next := log.Range()
	want := t.request.Last
	if want < 0 {
		return 1
	}
	rows := make([]capture.Row, 256)
	for from := next; want > 0 && from > first; {
		end := from
		from = max(from-int64(len(rows)), first)
		n := log.Rows(rows[:end-from], from)
		for i := n - 1; i >= 0 && want > 0; i-- {
			if log.Match(t.query, &rows[i]) {
				want--
				next = rows[i].ID
			}
		}
	}
	return next
}

// row appends the line of a row, after one that says what was missed.
func (t *tail) row(dst []byte, name string, log *capture.Log, r *capture.Row, missed int64) []byte {
	if t.request.JSON {
		if missed > 0 {
			dst = fmt.Appendf(dst, `{"kind":"evicted","project":%s,"rows":%d}`+"\n", strconv.Quote(name), missed)
		}
		return append(log.AppendJSON(dst, r, name, -1), '\n')
	}
	if missed > 0 {
		dst = t.prefix(dst, name)
		dst = fmt.Appendf(dst, "… %d older rows are gone, for the budget or by clearing\n", missed)
	}
	dst = t.prefix(dst, name)
	return append(log.AppendText(dst, r, previewLimit), '\n')
}

// prefix appends the project's name where rows of several are shown.
func (t *tail) prefix(dst []byte, name string) []byte {
	if t.request.Project == "" {
		dst = append(dst, name...)
		dst = append(dst, "  "...)
	}
	return dst
}
