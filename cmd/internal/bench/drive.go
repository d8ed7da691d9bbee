//go:build linux

package main

import (
	"context"
	"errors"
	"time"
)

// open connects a worker and says so, whether it went well or not.
func (r *run) open(ctx context.Context, path string) (*client, error) {
	defer r.ready.Done()
	return dial(ctx, r.proxy, path)
}

// echo sends messages and takes them back. All that one read completes is replaced by one write, so that
// the window is always full; a paced load sends its bursts by the clock instead.
func (r *run) echo(ctx context.Context, w *worker) error {
	c, err := r.open(ctx, echoPath)
	if err != nil {
		return err
	}
	defer c.hangUp()
	e := newEchoer(c, r.load)
	if r.rate > 0 {
		err = r.paced(w, e)
	} else {
		err = r.saturated(w, e)
	}
	if err != nil {
		return err
	}
	r.frames.Add(2*e.sent + 2)
	return c.closeAfter(e.sent)
}

func (r *run) saturated(w *worker, e *echoer) error {
	if err := e.send(r.window); err != nil {
		return err
	}
	for e.received < e.sent {
		n, err := e.receive(r, w)
		if err != nil {
			return err
		}
		if n > 0 && !r.stopping.Load() {
			if err := e.send(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// paced sends a burst at each beat and waits for its answers; beats that were missed are made up for.
func (r *run) paced(w *worker, e *echoer) error {
	beat := time.Duration(float64(time.Second) * float64(r.burst) * float64(r.connections) / float64(r.rate))
	for next := time.Now(); !r.stopping.Load(); next = next.Add(beat) {
		time.Sleep(time.Until(next))
		if err := e.send(r.burst); err != nil {
			return err
		}
		for e.received < e.sent {
			if _, err := e.receive(r, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// echoer keeps count of one connection's messages.
type echoer struct {
	c        *client
	answers  stream
	frames   []byte // window messages, ready to send
	frameLen int
	sentAt   []time.Time // of the messages in flight, by number modulo the window
	sent     int64
	received int64
}

func newEchoer(c *client, l load) *echoer {
	opcode, payload := message(l.size)
	frames := maskedFrames(opcode, payload, l.window)
	return &echoer{
		c:        c,
		answers:  stream{frame: appendFrame(nil, opcode, nil, payload)},
		frames:   frames,
		frameLen: len(frames) / l.window,
		sentAt:   make([]time.Time, l.window),
	}
}

// send sends n messages, at most a window, in one write.
func (e *echoer) send(n int) error {
	now := time.Now()
	for range n {
		e.sentAt[e.sent%int64(len(e.sentAt))] = now
		e.sent++
	}
	_, err := e.c.conn.Write(e.frames[:n*e.frameLen])
	return err
}

// receive reads once and returns how many messages that completed.
func (e *echoer) receive(r *run, w *worker) (int, error) {
	p, err := e.c.read()
	if err != nil {
		return 0, err
	}
	n, rest, err := e.answers.take(p)
	if err != nil {
		return 0, err
	}
	if rest != nil || e.received+n > e.sent {
		return 0, errors.New("more came back than was sent")
	}
	if r.measuring.Load() {
		now := time.Now()
		for i := range n {
			w.latencies.record(now.Sub(e.sentAt[(e.received+i)%int64(len(e.sentAt))]), 1)
		}
	}
	e.received += n
	w.messages.Add(n)
	return int(n), nil
}

// push takes what the backend sends.
func (r *run) push(ctx context.Context, w *worker) error {
	c, err := r.open(ctx, pushTarget(r.size, r.rate/r.connections))
	if err != nil {
		return err
	}
	defer c.hangUp()
	opcode, payload := message(r.size)
	s := stream{frame: appendFrame(nil, opcode, nil, payload)}
	var received int64
	for closing := false; ; {
		if !closing && r.stopping.Load() {
			closing = true
			if err := c.sendClose(received); err != nil {
				return err
			}
		}
		p, err := c.read()
		if err != nil {
			return err
		}
		n, rest, err := s.take(p)
		if err != nil {
			return err
		}
		received += n
		w.messages.Add(n)
		if rest != nil {
			r.frames.Add(received + 2)
			return c.readClose(rest, received)
		}
	}
}

// connect opens, uses and closes connections one after another.
func (r *run) connect(ctx context.Context, w *worker) error {
	r.ready.Done()
	for !r.stopping.Load() {
		began := time.Now()
		if err := r.connectOnce(ctx); err != nil {
			return err
		}
		if r.measuring.Load() {
			w.latencies.record(time.Since(began), 1)
		}
		w.messages.Add(1)
	}
	return nil
}

func (r *run) connectOnce(ctx context.Context) error {
	c, err := dial(ctx, r.proxy, echoPath)
	if err != nil {
		return err
	}
	defer c.hangUp()
	if err := echoOnce(c, r.size); err != nil {
		return err
	}
	r.frames.Add(4)
	return c.closeAfter(1)
}

// echoOnce sends one message and waits until it is back.
func echoOnce(c *client, size int) error {
	e := newEchoer(c, load{size: size, window: 1})
	if err := e.send(1); err != nil {
		return err
	}
	for e.received < e.sent {
		p, err := c.read()
		if err != nil {
			return err
		}
		n, _, err := e.answers.take(p)
		if err != nil {
			return err
		}
		e.received += n
	}
	return nil
}
