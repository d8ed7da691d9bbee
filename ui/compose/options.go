// Package compose is where the user writes messages and sends them on a connection of its own. It shows in short what
// comes back: the rows of the table have all of it.
package compose

import "context"

// Dialer opens connections to a project's own address.
type Dialer interface {
	// Compose connects to a path of a project. ctx ends the attempt, not the connection. received is called for each
	// message that comes in, from another goroutine; its data is not kept.
	//
	// Where the server refuses, the error has Status() int (of HTTP) and Body() string.
	Compose(ctx context.Context, project, path string, subprotocols []string,
		received func(data []byte, binary bool)) (Session, error)
}

// Session is an open connection. Its methods may be called from any goroutine.
type Session interface {
	// Send sends one message. It blocks while the other end does not read.
	Send(data []byte, binary bool) error
	// Close ends the connection and waits for its end.
	Close()
	// Subprotocol is what the server chose, "" for none.
	Subprotocol() string
	// Done is closed when the connection has ended.
	Done() <-chan struct{}
	// Err says why, nil after Close. Where the other end closed, the error has Code() int (RFC 6455 §7.4.1) and
	// Reason() string.
	Err() error
}

// Store keeps values from run to run.
type Store interface {
	Get(key string, into any) bool
	Set(key string, value any)
}

// Options are what the panel works with.
type Options struct {
	Dialer Dialer
	// Work runs task on another goroutine, and what that returns on the main one.
	Work  func(task func() (done func()))
	Store Store  // nil: the history is for this run only
	Close func() // the user wants the panel out of the way; nil: that is not offered
}

// Draft is a message to begin with, as it was captured.
type Draft struct {
	Path         string   // of the connection; "": leave it
	Subprotocols []string // likewise; nil: leave them
	Opcode       byte     // 1: text, anything else: binary (RFC 6455 §5.2)
	Payload      []byte
}
