//go:build linux

package main

import (
	"errors"
	"slices"
	"time"
)

// needle is in a few of the frames that are held. needles is how many they are.
const (
	needle  = "needle"
	needles = 10
)

// fillRate is how many frames a second are recorded first: so many that it does not take long, and not so many that many
// more are on their way than wanted.
const fillRate = 200_000

// rowsLimit is how long the first rows of a filter may take.
const rowsLimit = 100 * time.Millisecond

// held measures what the user does with many frames.
func (b *windowBench) held() error {
	return b.withApp(func(d *desk, app *process, x *proxy) error {
		if err := b.fill(d, x); err != nil {
			return err
		}
		others, err := b.foreign()
		if err != nil {
			return err
		}
		b.print("each line: %d key presses; the times are the main thread's processor time for an update with all drawing", presses)
		for _, a := range actions() {
			if err := b.act(d, a); err != nil {
				return err
			}
		}
		if err := b.filter(d, app); err != nil {
			return err
		}
		foreign, err := others()
		if err != nil {
			return err
		}
		b.print("others %.0f %%", foreign)
		return nil
	})
}

// fill has the app record so many frames. The needles are spread among them.
func (b *windowBench) fill(d *desk, x *proxy) error {
	var passed int64
	for n := range int64(needles) {
		r := startPush(b, x, fillRate)
		r.ready.Wait()
		for passed+r.arrived() < b.frames*(n+1)/needles && b.ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		came, err := r.finish()
		if err != nil {
			return err
		}
		passed += came
		one, err := b.needle(x)
		if err != nil {
			return err
		}
		passed += one
	}
	recorded, err := d.recorded(passed)
	if err == nil && recorded != passed {
		err = errors.New("not all frames were recorded")
	}
	b.print("%s frames of %d B, %d of them with the text that is looked for", grouped(float64(recorded), 0), frameSize, needles)
	return err
}

// needle sends the text that is looked for to the backend and takes it back. It returns how many frames that were.
func (b *windowBench) needle(x *proxy) (int64, error) {
	c, err := dial(b.ctx, x, echoPath)
	if err != nil {
		return 0, err
	}
	defer c.hangUp()
	text := []byte(`{"text":"` + needle + `"}`)
	if _, err := c.conn.Write(appendFrame(nil, opText, &[4]byte{1, 2, 3, 4}, text)); err != nil {
		return 0, err
	}
	s := stream{frame: appendFrame(nil, opText, nil, text)}
	for n := int64(0); n == 0; {
		p, err := c.read()
		if err != nil {
			return 0, err
		}
		if n, _, err = s.take(p); err != nil {
			return 0, err
		}
	}
	return 4, c.closeAfter(1)
}

// presses is how often the keys of an action are pressed.
const presses = 30

// blockedAt is the processor time on the main thread from which a window counts as blocked.
const blockedAt = 100 * time.Millisecond

// action is something that is done by key.
type action struct {
	name string
	keys []string // pressed in turn
}

func actions() []action {
	return []action{
		{"scroll by a page", []string{"Prior"}},
		{"scroll by a row", []string{"Up"}},
		{"jump to the begin and to the end", []string{"Home", "End"}},
		{"select everything, then one row", []string{"ctrl+a", "Up"}},
	}
}

// act does an action and prints what it took.
func (b *windowBench) act(d *desk, a action) error {
	d.screen.Key(d, "ctrl+1", "End")
	if _, err := d.control.Work(b.ctx); err != nil {
		return err
	}
	for i := range presses {
		d.screen.Key(d, a.keys[i%len(a.keys)])
	}
	work, err := d.control.Work(b.ctx)
	if err == nil {
		b.verdict(work.Updates.Max < blockedAt, "%s: %s", a.name, milliseconds(work.Updates))
	}
	return err
}

// filter types a query and waits for the first rows. The text is in few of the frames, and first in none.
func (b *windowBench) filter(d *desk, app *process) error {
	const tries = 7
	nothing := func() bool { return d.shows("text", "Nothing matches") }
	rows := func() bool { return !d.shows("text", "Nothing matches") && !d.shows("text", "searching …") }
	d.screen.Key(d, "ctrl+1", "ctrl+f")
	d.screen.Type(d, needle)
	if _, err := d.control.Work(b.ctx); err != nil {
		return err
	}
	var took, without []time.Duration
	for range tries {
		d.screen.Key(d, "x")
		if err := app.until(b.ctx, "nothing matches", look, nothing); err != nil {
			return err
		}
		began := time.Now()
		d.screen.Tap(d, "Shift_L")
		nothing()
		without = append(without, time.Since(began))
		began = time.Now()
		d.screen.Tap(d, "BackSpace")
		if err := app.until(b.ctx, "the first rows are there", look, rows); err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	work, err := d.control.Work(b.ctx)
	if err != nil {
		return err
	}
	b.verdict(work.Updates.Max < blockedAt, "filter by a text, and by one that no frame has: %s", milliseconds(work.Updates))
	slices.Sort(took)
	slices.Sort(without)
	median := took[tries/2]
	b.verdict(median <= rowsLimit, "first rows of a text: %d ms after the key, median of %d from %d to %d (at most %d); a key that does nothing takes %d",
		median.Milliseconds(), tries, took[0].Milliseconds(), took[tries-1].Milliseconds(), rowsLimit.Milliseconds(), without[tries/2].Milliseconds())
	return nil
}
