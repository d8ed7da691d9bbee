package main

import (
	"context"

	engine "culvert/tunnel/compose"
	"culvert/ui/compose"
)

// Compose connects to a path of a project through its own tunnel.
func (c culvert) Compose(ctx context.Context, project, path string, subprotocols []string, received func(data []byte, binary bool)) (compose.Session, error) {
	s, err := c.s.app.Compose(ctx, project, engine.Target{
		URL: path, Subprotocols: subprotocols,
		Received: func(m engine.Message) { received(m.Data, m.Kind == engine.Binary) },
	})
	if err != nil {
		return nil, err // a nil *engine.Session is no nil Session
	}
	return composed{s}, nil
}

// composed is a session as the window uses it.
type composed struct{ *engine.Session }

// Send sends one message.
func (c composed) Send(data []byte, binary bool) error {
	kind := engine.Text
	if binary {
		kind = engine.Binary
	}
	return c.Session.Send(kind, data)
}

// Close ends the connection as a client does that is done.
func (c composed) Close() { _ = c.Session.Close(0, "") } // its error is about an end that is wanted
