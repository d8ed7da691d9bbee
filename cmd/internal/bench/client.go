//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// readSize is the client's read buffer: more than a TLS record, so that a read takes what crypto/tls has.
const readSize = 32 << 10

// patience is how long a client waits for anything before the run fails.
const patience = 90 * time.Second

// client is one WebSocket through a proxy. It is used by one goroutine.
type client struct {
	conn    *tls.Conn
	buf     []byte
	pending []byte // bytes that came with the 101, or a read's rest, in buf
	unhook  func() bool
}

// clientTLS is what every connection offers: no session is resumed, and the key exchange is X25519 for all peers,
// as not all of them know the post-quantum one.
func clientTLS() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify:          true, // the peers are this program's own
		ServerName:                  "localhost",
		NextProtos:                  []string{"http/1.1"},
		MinVersion:                  tls.VersionTLS13,
		CurvePreferences:            []tls.CurveID{tls.X25519},
		DynamicRecordSizingDisabled: true,
	}
}

// dial opens a WebSocket. When ctx ends the connection does.
func dial(ctx context.Context, x *proxy, path string) (*client, error) {
	raw, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", x.addr)
	if err != nil {
		return nil, err
	}
	c := &client{conn: tls.Client(raw, clientTLS()), buf: make([]byte, readSize)}
	c.unhook = context.AfterFunc(ctx, func() { _ = raw.Close() })
	_ = raw.SetDeadline(time.Now().Add(patience))
	if err := c.upgrade(x.addr, path); err != nil {
		c.hangUp()
		return nil, err
	}
	return c, nil
}

func (c *client) upgrade(addr, path string) error {
	_, port, _ := net.SplitHostPort(addr)
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	request := "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Origin: https://localhost:" + port + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n"
	if _, err := io.WriteString(c.conn, request); err != nil {
		return err
	}
	n := 0
	for {
		got, err := c.conn.Read(c.buf[n:])
		if err != nil {
			return fmt.Errorf("upgrade: %w", err)
		}
		n += got
		head, rest, found := bytes.Cut(c.buf[:n], []byte("\r\n\r\n"))
		if !found {
			continue
		}
		answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(c.buf[:len(head)+4])), nil)
		if err != nil {
			return fmt.Errorf("upgrade: %w", err)
		}
		if answer.StatusCode != http.StatusSwitchingProtocols || answer.Header.Get("Sec-WebSocket-Accept") != acceptKey(key) {
			return fmt.Errorf("upgrade: the answer is %s", answer.Status)
		}
		c.pending = rest
		return nil
	}
}

// read returns bytes that have arrived; they are valid until the next read.
func (c *client) read() ([]byte, error) {
	if p := c.pending; len(p) > 0 {
		c.pending = nil
		return p, nil
	}
	n, err := c.conn.Read(c.buf)
	if n > 0 {
		return c.buf[:n], nil
	}
	return nil, err
}

// closeAfter does the closing handshake once the expected messages have come, and checks that the backend
// counted as many.
func (c *client) closeAfter(messages int64) error {
	if err := c.sendClose(messages); err != nil {
		return err
	}
	return c.readClose(nil, messages)
}

func (c *client) sendClose(messages int64) error {
	_, err := c.conn.Write(appendFrame(nil, opClose, &[4]byte{1, 2, 3, 4}, closePayload(messages)))
	return err
}

// readClose reads the backend's Close, of which p has come already.
func (c *client) readClose(p []byte, messages int64) error {
	p = bytes.Clone(p)
	for {
		h, err := parseHeader(p, false)
		if err != nil {
			return err
		}
		if h.size > 0 && len(p) >= h.size+h.payload {
			if h.opcode != opClose {
				return fmt.Errorf("opcode %d where Close was due", h.opcode)
			}
			count, err := closeCount(p[h.size : h.size+h.payload])
			if err == nil && count != messages {
				err = fmt.Errorf("the backend counts %d messages, the client %d", count, messages)
			}
			return err
		}
		more, err := c.read()
		if err != nil {
			return fmt.Errorf("waiting for Close: %w", err)
		}
		p = append(p, more...)
	}
}

// hangUp ends the connection.
func (c *client) hangUp() {
	c.unhook()
	_ = c.conn.Close()
}

// stream checks that bytes are the same frame again and again.
type stream struct {
	frame []byte
	off   int // in the frame
}

var errOtherBytes = errors.New("the bytes that came are not those that were sent")

// take consumes p and returns how many frames ended in it. At a Close it stops: rest starts there.
func (s *stream) take(p []byte) (frames int64, rest []byte, err error) {
	for len(p) > 0 {
		if s.off == 0 && p[0] == finBit|opClose {
			return frames, p, nil
		}
		n := min(len(p), len(s.frame)-s.off)
		if !bytes.Equal(p[:n], s.frame[s.off:s.off+n]) {
			return frames, nil, errOtherBytes
		}
		p = p[n:]
		if s.off += n; s.off == len(s.frame) {
			s.off = 0
			frames++
		}
	}
	return frames, nil, nil
}

// maskedFrames returns n masked copies of a message, one after another, each with a key of its own.
func maskedFrames(opcode byte, payload []byte, n int) []byte {
	var out []byte
	for range n {
		var key [4]byte
		_, _ = rand.Read(key[:])
		out = appendFrame(out, opcode, &key, payload)
	}
	return out
}
