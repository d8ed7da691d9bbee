package tunnel

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/tunnel/frame/frametest"
)

// ends returns the end that sends dir's bytes and the one that receives them.
func (w *passage) ends(dir frame.Direction) (from, to *peer) {
	if dir == frame.Sent {
		return w.client, w.server
	}
	return w.server, w.client
}

// carry writes p into the tunnel in pieces of chop bytes, ends the stream, and checks what comes out.
func (w *passage) carry(t *testing.T, dir frame.Direction, p []byte, chop int) {
	t.Helper()
	from, to := w.ends(dir)
	if chop == 0 {
		chop = max(len(p), 1)
	}
	sent := make(chan error, 1)
	go func() {
		for rest := p; len(rest) > 0; {
			n := min(chop, len(rest))
			if _, err := from.Write(rest[:n]); err != nil {
				sent <- err
				return
			}
			rest = rest[n:]
		}
		from.closeWrite(t)
		sent <- nil
	}()
	sum := sha256.New()
	n, err := io.Copy(sum, to)
	if want := sha256.Sum256(p); err != nil || !bytes.Equal(sum.Sum(nil), want[:]) {
		t.Errorf("%v, %d bytes in pieces of %d: out came %d bytes that are not those, %v", dir, len(p), chop, n, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestEveryCaseOfFramesPassesUnchangedAndIsRecorded(t *testing.T) {
	t.Parallel()
	cases := frametest.Cases()
	overMovers(t, func(t *testing.T, h *house) {
		work := make(chan *frametest.Case)
		var workers sync.WaitGroup
		for i := range 2 * runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				b := newBackend(t)
				name := fmt.Sprint("carrier", i)
				h.on(t, "name = %q\nhosts = [\"localhost\"]\n[[route]]\nto = [\"ws://%s\"]\n", name, b.addr)
				log, _ := h.engine.Capture(name)
				config := h.tls()
				config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
				for c := range work {
					carryCase(t, h.address(t, name), config, b, log, c)
				}
			})
		}
		step := 1
		if _, ok := h.engine.mover.(*copier); ok {
			step = 5 // it has nothing that depends on what it copies
		}
		for i := 0; i < len(cases); i += step {
			work <- &cases[i]
		}
		close(work)
		workers.Wait()
	})
}

// carryCase sends a case through a wss tunnel, in its pieces, and compares the record with what the case holds.
func carryCase(t *testing.T, addr string, config *tls.Config, b *backend, log *capture.Log, c *frametest.Case) {
	answer := switching
	if c.Extensions != "" {
		answer = strings.Replace(switching, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: "+c.Extensions+"\r\n\r\n", 1)
	}
	chops := []int{c.Chop}
	if len(c.Bytes) < 32 && c.Chop != 1 {
		chops = append(chops, 1)
	}
	for _, chop := range chops {
		w := openThrough(t, addr, log, config, b, ask, answer)
		w.carry(t, c.Dir, c.Bytes, chop)
		back, _ := w.ends(1 - c.Dir)
		back.closeWrite(t)
		w.ending(t)
		w.compare(t, c)
		w.client.Close()
		w.server.Close()
		log.Clear()
	}
}

// compare compares the record of a connection with a case.
func (w *passage) compare(t *testing.T, c *frametest.Case) {
	var frames []frametest.Frame
	var violations []frametest.Violation
	for _, r := range w.rows() {
		if r.Dir != c.Dir {
			continue
		}
		switch r.Kind {
		case capture.Frame:
			payload, err := w.log.Wire(nil, r.ID, -1)
			if err != nil {
				t.Errorf("case %s: payload of frame %d: %v", c.ID, r.Number, err)
			}
			frames = append(frames, frametest.Frame{
				Header: frame.Header{
					Number: r.Number, Offset: r.Offset, Length: r.Wire, Key: r.Key, Opcode: r.Opcode,
					RSV: r.RSV, Size: r.Header, Fin: r.Fin, Masked: r.Masked,
				},
				Payload: payload, Cut: r.Has(capture.Cut),
			})
		case capture.Violation:
			if r.Rule != frame.DeflateInvalid { // found by who inflates, at another time
				violations = append(violations, frametest.Violation{
					Rule: r.Rule, Frame: r.Number, Offset: r.Offset, Lost: r.Has(capture.LostSync),
				})
			}
		}
	}
	if len(frames) != len(c.Frames) {
		t.Errorf("case %s: %d frames on record, want %d", c.ID, len(frames), len(c.Frames))
	}
	for i := range min(len(frames), len(c.Frames)) {
		got, want := frames[i], c.Frames[i]
		if got.Header != want.Header || got.Cut != want.Cut || !bytes.Equal(got.Payload, want.Payload) {
			t.Errorf("case %s, frame %d: on record %+v, %d bytes; want %+v, %d bytes",
				c.ID, i+1, got.Header, len(got.Payload), want.Header, len(want.Payload))
		}
	}
	if got, want := fmt.Sprint(violations), fmt.Sprint(c.Violations); got != want {
		t.Errorf("case %s: violations on record %s, want %s", c.ID, got, want)
	}
}

// secured runs a test over plain and TLS clients, old and new, of each mover.
func secured(t *testing.T, test func(t *testing.T, h *house, config *tls.Config)) {
	t.Helper()
	overMovers(t, func(t *testing.T, h *house) {
		for _, kind := range []struct {
			name   string
			config func(*tls.Config) *tls.Config
		}{
			{"ws", func(*tls.Config) *tls.Config { return nil }},
			{"wss with TLS 1.3", func(c *tls.Config) *tls.Config { return c }},
			{"wss with TLS 1.2", func(c *tls.Config) *tls.Config { c.MaxVersion = tls.VersionTLS12; return c }},
		} {
			t.Run(kind.name, func(t *testing.T) { test(t, h, kind.config(h.tls())) })
		}
	})
}

func TestBytesOfAllSizesPassBothWaysAtOnce(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), config, b)
		var both sync.WaitGroup
		for dir := range frame.Direction(2) {
			both.Go(func() { w.carryMixed(t, dir) })
		}
		both.Wait()
		info := w.ending(t)
		if info.End.SentBytes == 0 || info.End.SentBytes != info.End.ReceivedBytes {
			t.Errorf("%d bytes sent and %d received on record, want the same", info.End.SentBytes, info.End.ReceivedBytes)
		}
	})
}

// carryMixed sends bytes in writes of 1 to 16384 bytes, which TLS makes a record each, and then in large ones.
func (w *passage) carryMixed(t *testing.T, dir frame.Direction) {
	random := rand.New(rand.NewPCG(1, uint64(dir)))
	p := make([]byte, 2<<20)
	for i := range p {
		p[i] = byte(random.Uint32())
	}
	from, to := w.ends(dir)
	go func() {
		rest := p
		for size := 1; size <= 16<<10 && size <= len(rest); size += 1 + size/7 {
			from.Write(rest[:size])
			rest = rest[size:]
		}
		for range 200 {
			n := 1 + random.IntN(64)
			from.Write(rest[:n])
			rest = rest[n:]
		}
		from.Write(rest)
		from.closeWrite(t)
	}()
	got, err := io.ReadAll(to)
	if err != nil || !bytes.Equal(got, p) {
		t.Errorf("%v: %d bytes came out that are not the %d that went in, %v", dir, len(got), len(p), err)
	}
}

func TestBytesThatComeWithTheHandshakePass(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for _, size := range []int{1, 900, 5000, 40 << 10} {
			early, welcome := text(frame.Sent, strings.Repeat("e", size)), text(frame.Received, strings.Repeat("w", size))
			w := h.openWith(t, addr, config, b, ask+early, switching+welcome)
			w.server.want(t, early)
			w.client.want(t, welcome)
			w.client.write(t, text(frame.Sent, "later"))
			w.server.want(t, text(frame.Sent, "later"))
			w.client.closeWrite(t)
			w.server.wantEnd(t, "")
			w.server.closeWrite(t)
			info := w.ending(t)
			if info.Sent.Frames != 2 || info.Received.Frames != 1 {
				t.Errorf("%d frames sent and %d received on record, want 2 and 1", info.Sent.Frames, info.Received.Frames)
			}
		}
	})
}

func TestThousandsOfTinyFramesInOneRecordPass(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), config, b)
		const frames = 10_000
		w.carry(t, frame.Sent, []byte(strings.Repeat(text(frame.Sent, ""), frames)), 16<<10)
		w.carry(t, frame.Received, []byte(strings.Repeat(text(frame.Received, ""), frames)), 16<<10)
		info := w.ending(t)
		if info.Sent.Frames != frames || info.Received.Frames != frames {
			t.Errorf("%d frames sent and %d received on record, want %d", info.Sent.Frames, info.Received.Frames, frames)
		}
	})
}

func TestAnEndPassesWhileTheOtherDirectionGoesOn(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for dir := range frame.Direction(2) {
			t.Run(dir.String(), func(t *testing.T) {
				w := h.open(t, addr, config, b)
				from, to := w.ends(dir)
				from.write(t, "last words")
				from.closeWrite(t)
				to.wantEnd(t, "last words")
				for range 3 {
					to.write(t, "still here")
					from.want(t, "still here")
				}
				to.closeWrite(t)
				from.wantEnd(t, "")
				w.wantEnding(t, party(dir), capture.ByFIN, "")
			})
		}
	})
}

func TestGarbageAfterCloseFramesPasses(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), h.tls(), b)
		goodbye := func(dir frame.Direction) string {
			hd := frame.Header{Opcode: frame.Close, Fin: true, Masked: dir == frame.Sent}
			return string(frame.AppendFrame(nil, hd, []byte("\x03\xe8bye")))
		}
		w.carry(t, frame.Sent, []byte(goodbye(frame.Sent)+"\xff\xff garbage \x00"), 0)
		w.carry(t, frame.Received, []byte(goodbye(frame.Received)+"more garbage"), 0)
		info := w.ending(t)
		if info.CloseBy != capture.Client || info.CloseCode != 1000 || info.CloseReason != "bye" {
			t.Errorf("on record: Close %d %q by %v; want 1000 \"bye\" by client", info.CloseCode, info.CloseReason, info.CloseBy)
		}
		if info.Violations == 0 {
			t.Error("no violation is on record")
		}
	})
}

func TestADeclaredLengthCostsNoMemory(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		before := heap()
		for _, header := range []string{
			"\x82\xff\x00\x00\x00\x00\x80\x00\x00\x00\x01\x02\x03\x04", // 2 GiB
			"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", // 2^63-1
			"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04", // 2^64-1
		} {
			w := h.open(t, addr, h.tls(), b)
			w.carry(t, frame.Sent, []byte(header+"a little payload"), 0)
			w.server.closeWrite(t)
			w.ending(t)
		}
		if grown := heap() - before; grown > 32<<20 {
			t.Errorf("the heap grew by %d MiB", grown>>20)
		}
	})
}

// heap is how many bytes of heap are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
