//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// backendVerb is the argument by which this program runs itself as the backend, so that the backend's
// processor time is no proxy's.
const backendVerb = "serve-backend"

// The backend's paths. /push takes the message's size as ?size=N, and with &rate=N sends so many messages a second, else
// as many as go through.
const (
	echoPath = "/echo"
	pushPath = "/push"
)

// pushBatch is how much the backend hands to the socket at once, in whole frames, when it pushes.
const pushBatch = 64 << 10

// pushBeat is how long the backend waits when it has pushed all that is due.
const pushBeat = 5 * time.Millisecond

// backend is the plain WebSocket server that every proxy stands in front of.
type backend struct {
	addr  string
	pid   int
	cmd   *exec.Cmd
	stdin io.Closer // its end ends the child
}

// startBackend runs this program as a backend on addr ("127.0.0.1:0": any free port).
func startBackend(addr string) (*backend, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, backendVerb, addr)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	b := &backend{pid: cmd.Process.Pid, cmd: cmd, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.stop()
		return nil, fmt.Errorf("backend: it did not start on %s: %w", addr, err)
	}
	b.addr = strings.TrimSpace(line)
	return b, nil
}

func (b *backend) stop() {
	_ = b.stdin.Close()
	_ = b.cmd.Wait()
}

// runBackend is the child: it says its address on stdout, and ends with stdin.
func runBackend(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return acceptBackend(l)
}

// acceptBackend serves connections until the listener is closed.
func acceptBackend(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := serveBackend(conn); err != nil && !errors.Is(err, io.EOF) {
				fmt.Fprintf(os.Stderr, "backend: %v\n", err)
			}
		}()
	}
}

func serveBackend(conn net.Conn) error {
	br := bufio.NewReader(conn)
	req, err := http.ReadRequest(br)
	if err != nil {
		return err
	}
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + acceptKey(req.Header.Get("Sec-WebSocket-Key")) + "\r\n\r\n"
	if _, err := io.WriteString(conn, answer); err != nil {
		return err
	}
	early, _ := br.Peek(br.Buffered())
	in := &frameReader{r: conn, buf: append(make([]byte, 0, 8<<10), early...)}
	if req.URL.Path != pushPath {
		return echo(conn, in)
	}
	size, err1 := strconv.Atoi(req.URL.Query().Get("size"))
	rate, err2 := strconv.Atoi(req.URL.Query().Get("rate"))
	if err1 != nil || err2 != nil || size < 8 || size > maxMessage || rate < 0 {
		return fmt.Errorf("push: bad size or rate %q", req.URL.RawQuery)
	}
	return push(conn, in, size, rate)
}

// echo answers every message with itself, all those of one read in one write.
func echo(w io.Writer, in *frameReader) error {
	var out []byte
	var count int64
	for {
		out = out[:0]
		for {
			h, payload, err := in.next()
			if err != nil {
				return err
			}
			if h.size == 0 {
				break
			}
			if h.opcode == opClose {
				_, err := w.Write(appendFrame(out, opClose, nil, closePayload(count)))
				return err
			}
			out = appendFrame(out, h.opcode, nil, payload)
			count++
		}
		if len(out) > 0 {
			if _, err := w.Write(out); err != nil {
				return err
			}
		}
		if err := in.fill(); err != nil {
			return err
		}
	}
}

// push sends messages until the client sends Close: so many a second, or for a rate of 0 as fast as the socket takes them.
func push(w io.Writer, in *frameReader, size, rate int) error {
	opcode, payload := message(size)
	frame := appendFrame(nil, opcode, nil, payload)
	batch := bytes.Repeat(frame, max(1, pushBatch/len(frame)))
	var closed atomic.Bool
	ended := make(chan error, 1)
	go func() {
		err := in.untilClose()
		closed.Store(true)
		ended <- err
	}()
	began := time.Now()
	var count int64
	for !closed.Load() {
		n := int64(len(batch) / len(frame))
		if rate > 0 {
			n = min(n, int64(time.Since(began).Seconds()*float64(rate))-count)
		}
		if n <= 0 {
			time.Sleep(pushBeat)
			continue
		}
		if _, err := w.Write(batch[:n*int64(len(frame))]); err != nil {
			return err
		}
		count += n
	}
	if err := <-ended; err != nil {
		return err
	}
	_, err := w.Write(appendFrame(nil, opClose, nil, closePayload(count)))
	return err
}

// frameReader cuts a client's bytes into whole frames.
type frameReader struct {
	r   io.Reader
	buf []byte // bytes read and not yet taken start at off
	off int
}

// fill reads once more. The buffer grows while reads fill it.
func (f *frameReader) fill() error {
	n := copy(f.buf, f.buf[f.off:])
	f.buf, f.off = f.buf[:n], 0
	if n == cap(f.buf) {
		f.buf = append(make([]byte, 0, 2*cap(f.buf)), f.buf...)
	}
	got, err := f.r.Read(f.buf[n:cap(f.buf)])
	f.buf = f.buf[:n+got]
	if got > 0 {
		return nil
	}
	return err
}

// next returns the next whole frame with its payload unmasked; a header of size 0 when there is none yet.
func (f *frameReader) next() (frameHeader, []byte, error) {
	h, err := parseHeader(f.buf[f.off:], true)
	if err != nil || h.size == 0 || len(f.buf)-f.off < h.size+h.payload {
		return frameHeader{}, nil, err
	}
	payload := f.buf[f.off+h.size:][:h.payload]
	f.off += h.size + h.payload
	applyMask(payload, h.key)
	return h, payload, nil
}

func (f *frameReader) untilClose() error {
	for {
		h, _, err := f.next()
		if err != nil {
			return err
		}
		if h.opcode == opClose {
			return nil
		}
		if h.size == 0 {
			if err := f.fill(); err != nil {
				return err
			}
		}
	}
}

// pushTarget is the request target that makes the backend push messages of so many bytes, so many a second.
func pushTarget(size, rate int) string {
	return fmt.Sprintf("%s?size=%d&rate=%d", pushPath, size, rate)
}
