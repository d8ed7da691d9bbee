package frame

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// ErrContextLost says that a message refers to earlier ones that were missed or did not inflate.
var ErrContextLost = errors.New("the compression context is lost: an earlier message is missing or did not inflate")

// Inflater inflates the messages of one direction of one connection, in their order (RFC 7692 §7.2.2). Between messages
// it holds the window that later ones may refer to, at most 32 KiB, and nothing else. Make one with [Deflate.Inflater].
// It is used by one goroutine at a time.
//
// A message that refers back further than the negotiated window is refused where the reference leaves the message;
// inside a message references of up to 32 KiB are taken.
type Inflater struct {
	window []byte // the last bytes of the messages so far
	size   int    // how long window may be
	fresh  bool   // no context takeover: each message starts without a window
	lost   bool   // window lacks bytes that a message may refer to
}

// Inflater returns an inflater for the messages that travel in dir.
func (d Deflate) Inflater(dir Direction) *Inflater {
	bits, fresh := d.ServerBits, d.ServerNoTakeover
	if dir == Sent {
		bits, fresh = d.ClientBits, d.ClientNoTakeover
	}
	if bits < minBits || bits > maxBits {
		bits = maxBits
	}
	return &Inflater{size: 1 << bits, fresh: fresh}
}

// Lose says that a message was missed: later ones that refer to it or to what came before fail with [ErrContextLost].
// Those that need none of it inflate, and once they fill the window the context is whole again. Without context
// takeover there is nothing to lose.
func (f *Inflater) Lose() {
	f.window = f.window[:0]
	f.lost = !f.fresh
}

// Inflate appends to dst the message whose payload is src: that of its frames joined and unmasked, without the
// 00 00 FF FF that its sender cut off. At most limit bytes are appended: of a longer message the rest is inflated for
// the context alone, and truncated is true. dst grows as bytes come out, not by what src could hold.
//
// An error leaves in out what was inflated before it, and loses the context as [Inflater.Lose] does; it is
// [ErrContextLost] if the context was lost before.
func (f *Inflater) Inflate(dst, src []byte, limit int) (out []byte, truncated bool, err error) {
	if len(src) == 0 {
		return dst, false, nil // not what RFC 7692 §7.2.3.6 asks of an empty message, but clear enough
	}
	e := engines.Get().(*engine)
	defer e.release()
	m := message{Inflater: f, engine: e, out: dst, start: len(dst), settled: len(dst), room: max(limit, 0)}
	if err = m.inflate(src); err != nil {
		wasLost := f.lost
		f.Lose()
		if wasLost {
			return m.out, m.truncated, ErrContextLost
		}
		return m.out, m.truncated, fmt.Errorf("inflate: %w", err)
	}
	if len(f.window) == f.size {
		f.lost = false
	}
	return m.out, m.truncated, nil
}

// remember takes p, the next bytes of a message, into the window.
func (f *Inflater) remember(p []byte) {
	p = p[max(0, len(p)-f.size):]
	if over := len(f.window) + len(p) - f.size; over > 0 {
		f.window = f.window[:copy(f.window, f.window[over:])]
	}
	if cap(f.window) < f.size && len(f.window)+len(p) > cap(f.window) {
		grown := make([]byte, len(f.window), min(f.size, max(1<<10, 2*(len(f.window)+len(p)))))
		copy(grown, f.window)
		f.window = grown
	}
	f.window = append(f.window, p...)
}

// tail is what follows a message: the four bytes that its sender cut off (RFC 7692 §7.2.1), and an empty last block
// that lets the end be told from a cut.
var tail = []byte{0x00, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0xFF, 0xFF}

// engine is what inflating takes while it runs: the code tables and the buffers of compress/flate.
type engine struct {
	flate   io.ReadCloser
	src     source
	scratch [4 << 10]byte
}

// engines keeps idle engines, so that a connection holds none between messages.
var engines = sync.Pool{New: func() any {
	e := &engine{}
	e.flate = flate.NewReader(&e.src)
	return e
}}

func (e *engine) release() {
	e.src = source{}
	engines.Put(e)
}

// source reads a message and then the tail, byte by byte: compress/flate takes no byte more than it needs.
type source struct {
	message, tail bytes.Reader
}

func (s *source) Read(p []byte) (int, error) {
	if n, err := s.message.Read(p); err == nil {
		return n, nil
	}
	return s.tail.Read(p)
}

func (s *source) ReadByte() (byte, error) {
	if c, err := s.message.ReadByte(); err == nil {
		return c, nil
	}
	return s.tail.ReadByte()
}

// message is one message while it inflates.
type message struct {
	*Inflater
	*engine
	out       []byte
	start     int // of the message in out
	settled   int // how much of out the window has seen
	room      int // bytes that may still be appended to out
	truncated bool
}

// inflate runs src through the engine to its end.
func (m *message) inflate(src []byte) error {
	m.src.message.Reset(src)
	m.src.tail.Reset(tail)
	for {
		if err := m.flate.(flate.Resetter).Reset(&m.src, m.window); err != nil {
			return err
		}
		if err := m.blocks(); err != nil {
			return err
		}
		if m.src.message.Len() == 0 {
			break
		}
		m.settle() // a block with BFINAL ended (RFC 7692 §7.2.3.4), and the message goes on
	}
	// All of the tail was taken, or none since the message's last block has BFINAL, which many senders leave at that.
	if n := m.src.tail.Len(); n != 0 && n != len(tail) {
		return io.ErrUnexpectedEOF
	}
	if m.fresh {
		m.window = nil
		return nil
	}
	m.settle()
	return nil
}

// blocks inflates up to the end of a block with BFINAL.
func (m *message) blocks() error {
	for {
		n, err := m.flate.Read(m.space())
		if m.room > 0 {
			m.out = m.out[:len(m.out)+n]
			m.room -= n
		} else if n > 0 {
			m.truncated = true
			m.settle()
			m.remember(m.scratch[:n])
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// space returns where the next bytes go: after out, or nowhere.
func (m *message) space() []byte {
	if m.room == 0 {
		return m.scratch[:]
	}
	n := len(m.out)
	if n == cap(m.out) {
		m.out = slices.Grow(m.out, min(m.room, max(512, n-m.start)))
	}
	return m.out[n:min(cap(m.out), n+m.room)]
}

// settle takes into the window what was appended to out since the last time.
func (m *message) settle() {
	m.remember(m.out[m.settled:])
	m.settled = len(m.out)
}
