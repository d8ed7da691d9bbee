package capture

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"culvert/tunnel/frame"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Writers of both directions, and every kind of reader, work on a log at the same time while rows go.
func TestReadersAndWritersShareALog(t *testing.T) {
	l := New(minBudget)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var writers, readers sync.WaitGroup
	for w := range uint64(3) {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(w, 2))
			for range 3 {
				c := openedWith(l, "permessage-deflate; server_no_context_takeover")
				var both sync.WaitGroup
				for dir := range frame.Direction(2) {
					size := 1 + r.IntN(9000)
					both.Go(func() {
						z := newDeflater(t)
						for i := range 40 {
							send(c, dir, frame.Text, strings.Repeat("tea ", size/4))
							if dir == frame.Received && i%4 == 0 {
								c.Data(dir, time.Now(), z.frame(dir, "compressed tea "+strings.Repeat("x", size)))
							}
						}
						c.EOF(dir, time.Now())
					})
				}
				both.Wait()
				c.End(End{Time: time.Now(), By: Client, Cause: ByFIN})
				l.HTTP(Exchange{Time: time.Now(), Method: "GET", URL: "/tea", Status: 200})
			}
		})
	}
	read := func(what func(r *rand.Rand)) {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(9, 9))
			for ctx.Err() == nil {
				what(r)
			}
		})
	}
	held := func(r *rand.Rand) int64 {
		first, next := l.Range()
		return first + r.Int64N(next-first+1)
	}
	tea, err := ParseQuery("tea")
	if err != nil {
		t.Fatal(err)
	}
	read(func(r *rand.Rand) {
		id := held(r)
		p, err := l.Payload(nil, id, -1)
		if row, ok := l.Row(id); err == nil && ok && row.Kind == Frame && row.Opcode == frame.Text &&
			!row.Has(Compressed) && len(p) > 3 && string(p[:4]) != "tea " {
			t.Errorf("row %d reads %q", id, p[:4])
		}
	})
	read(func(r *rand.Rand) {
		if _, _, err := l.Find(ctx, tea, 0, 0, r.IntN(3)); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	read(func(r *rand.Rand) { _, _ = l.Message(held(r), -1) })
	read(func(*rand.Rand) { l.Conns(); l.Stats() })
	read(func(*rand.Rand) { _ = l.WriteHAR(ctx, io.Discard, tea, "test") })
	read(func(r *rand.Rand) {
		if r.IntN(50) == 0 {
			l.Clear()
		}
		row, ok := l.Row(held(r))
		if ok {
			l.AppendText(nil, &row, 80)
			l.AppendJSON(nil, &row, "x", 80)
		}
	})
	var shown atomic.Int64
	readers.Go(func() {
		err := l.Follow(ctx, tea, 1, func(r Row, missed int64) error {
			shown.Add(1)
			return nil
		})
		if !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	writers.Wait()
	l.Close()
	cancel()
	readers.Wait()
	if shown.Load() == 0 {
		t.Error("nothing was followed")
	}
}
