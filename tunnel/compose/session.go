package compose

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	handshakeTimeout = 15 * time.Second // from dialling to the 101
	writeTimeout     = 10 * time.Second // one message: a peer that does not read ends the session
	closeTimeout     = 2 * time.Second  // from our Close frame to the peer's

	// MaxKept is how many bytes of a received message are handed on. The rest is read and counted only: the record
	// of the project has it.
	MaxKept = 64 << 10
)

// Kind is what a message holds (RFC 6455 §5.6).
type Kind int

// The kinds of a message.
const (
	Text   Kind = websocket.TextMessage
	Binary Kind = websocket.BinaryMessage
)

// Message is a message that came in.
type Message struct {
	Kind Kind
	Size int64  // in bytes
	Data []byte // its first [MaxKept] bytes, valid until the callback returns
}

// Target says where a session goes, and as whom.
type Target struct {
	URL     string         // ws or wss
	Addr    string         // "IP:port" that is dialled in place of the URL's host, which then needs no DNS; "": the host
	RootCAs *x509.CertPool // that the server's certificate must come from; nil: the system's
	// Certificate is the one that the server must have, whoever signed it, for whatever name and time; nil: RootCAs say.
	Certificate  *x509.Certificate
	Header       http.Header // added to the request; Host in it stands for the URL's
	Subprotocols []string    // offered, the favourite first
	Origin       string      // of the page that asks, "" for none
	// Received is called for each message, in order, from the session's own goroutine; while it runs nothing more is
	// read. It may be nil, and must not call Close.
	Received func(Message)
}

// Session is an open connection. Its methods may be called from any goroutine.
type Session struct {
	conn     *websocket.Conn
	received func(Message)
	writing  sync.Mutex    // one message at a time
	closing  atomic.Bool   // Close was called: the end is no error
	done     chan struct{} // closed when the reader has ended
	err      error         // why, set before done is closed
}

// Dial opens a session. ctx bounds the opening only; a session lasts until Close, or until its peer ends it. The error
// is a [*Refused] where the server answered with something else than a WebSocket.
func Dial(ctx context.Context, t Target) (*Session, error) {
	live := func() bool { return true } // ends the watch over ctx, and reports whether it had nothing to do
	dialer := websocket.Dialer{
		NetDialContext: func(dialling context.Context, network, addr string) (net.Conn, error) {
			if t.Addr != "" {
				addr = t.Addr
			}
			c, err := new(net.Dialer).DialContext(dialling, network, addr)
			if err == nil {
				// gorilla does not watch ctx while it waits for the answer.
				live = context.AfterFunc(ctx, func() { _ = c.Close() })
			}
			return c, err
		},
		TLSClientConfig:  t.tls(),
		HandshakeTimeout: handshakeTimeout,
		Subprotocols:     t.Subprotocols,
	}
	header := t.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if t.Origin != "" {
		header.Set("Origin", t.Origin)
	}
	conn, resp, err := dialer.DialContext(ctx, t.URL, header)
	if !live() {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, dialError(t.URL, resp, err)
	}
	s := &Session{conn: conn, received: t.Received, done: make(chan struct{})}
	go s.read()
	return s, nil
}

// tls is how the server is recognised.
func (t *Target) tls() *tls.Config {
	config := &tls.Config{RootCAs: t.RootCAs, NextProtos: []string{"http/1.1"}}
	if t.Certificate != nil {
		config.InsecureSkipVerify = true
		// SECURITY: instead, it has to be exactly that certificate; its owner proves the key in the handshake.
		config.VerifyConnection = func(cs tls.ConnectionState) error {
			if !cs.PeerCertificates[0].Equal(t.Certificate) {
				return errors.New("the server has another certificate than the project")
			}
			return nil
		}
	}
	return config
}

// Subprotocol returns the subprotocol that the server chose, "" for none.
func (s *Session) Subprotocol() string { return s.conn.Subprotocol() }

// Send sends one message, unfragmented. It blocks while the peer does not read, for up to ten seconds; an error ends the
// session. A Text that is not UTF-8 is sent as it is: seeing how a backend takes it may be the point.
func (s *Session) Send(k Kind, data []byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return sendError(err)
	}
	if err := s.conn.WriteMessage(int(k), data); err != nil {
		// A message that was cut off cannot be followed by another one.
		_ = s.conn.Close()
		return sendError(err)
	}
	return nil
}

// Close ends the session with a Close frame (RFC 6455 §7.4; code 0 stands for 1000), waits a while for the peer's, and
// returns when the session's goroutine has ended. Closing again does nothing.
func (s *Session) Close(code int, reason string) error {
	if !s.closing.Swap(true) {
		if code == 0 {
			code = websocket.CloseNormalClosure
		}
		frame := websocket.FormatCloseMessage(code, cut(reason, 123)) // RFC 6455 §5.5: 125 bytes with the code
		deadline := time.Now().Add(closeTimeout)
		if s.conn.WriteControl(websocket.CloseMessage, frame, deadline) != nil || s.conn.SetReadDeadline(deadline) != nil {
			_ = s.conn.Close()
		}
	}
	<-s.done
	return nil
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns why the session ended: nil while it is open and after Close, a [*Closed] where the peer ended it.
func (s *Session) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// read is the session's goroutine. It answers pings and Close frames, by gorilla's handlers, and owns the connection.
func (s *Session) read() {
	defer close(s.done)
	defer s.conn.Close() //nolint:errcheck // it has ended
	buf := make([]byte, 0, 4<<10)
	for {
		m, err := s.next(buf)
		if err != nil {
			if !s.closing.Load() {
				s.err = endError(err)
			}
			return
		}
		if s.received != nil {
			s.received(m)
		}
		buf = m.Data[:0]
	}
}

// next reads one message, its beginning into buf.
func (s *Session) next(buf []byte) (Message, error) {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return Message{}, err
	}
	b := bytes.NewBuffer(buf)
	kept, err := b.ReadFrom(io.LimitReader(r, MaxKept))
	if err != nil {
		return Message{}, err
	}
	rest, err := io.Copy(io.Discard, r)
	return Message{Kind: Kind(kind), Size: kept + rest, Data: b.Bytes()}, err
}
