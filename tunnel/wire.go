package tunnel

import (
	"io"
	"net"
)

// transport is what a wire reads from and writes to once a mover drives it without blocking.
type transport interface {
	io.Reader
	io.Writer
}

// wire is a socket below TLS. During the handshake it is the socket itself, blocking and with deadlines; a mover that
// works with readiness then puts itself in its place, and crypto/tls never notices: errAgain, a temporary net.Error,
// makes tls.Conn.Read return without spoiling the connection or losing a partial record.
type wire struct {
	net.Conn
	peeked   []byte    // read ahead of those who read from here
	greeting *greeting // over TLS, before the first byte of a request
	driver   transport // set once a mover drives the socket
	fin      bool      // the peer's FIN was read
}

// Read reads from the socket, or from the mover.
func (w *wire) Read(p []byte) (int, error) {
	if w.driver != nil {
		return w.driver.Read(p)
	}
	if len(w.peeked) > 0 {
		n := copy(p, w.peeked)
		w.peeked = w.peeked[n:]
		return n, nil
	}
	n, err := w.Conn.Read(p)
	if err == io.EOF {
		w.fin = true
	}
	if w.greeting != nil {
		w.greeting.heard.add(p[:n])
	}
	return n, err
}

// Write writes to the socket, or to the mover.
func (w *wire) Write(p []byte) (int, error) {
	if w.driver != nil {
		return w.driver.Write(p)
	}
	if w.greeting != nil {
		w.greeting.said.add(p)
	}
	return w.Conn.Write(p)
}

// peek returns the first byte without taking it.
func (w *wire) peek() (byte, error) {
	if len(w.peeked) == 0 {
		b := make([]byte, 1)
		if _, err := io.ReadFull(w.Conn, b); err != nil {
			return 0, err
		}
		w.peeked = b
	}
	return w.peeked[0], nil
}

// closeWrite ends the stream towards the peer with a FIN.
func (w *wire) closeWrite() error {
	if c, ok := w.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// errAgain says that a socket has no more bytes for now.
var errAgain net.Error = again{}

type again struct{}

func (again) Error() string   { return "no bytes yet" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }
