package compose

import "context"

// phase is how far a connection has come.
type phase uint8

const (
	idle phase = iota
	connecting
	connected
	closing
)

// maxQueue is how many messages may wait for a slow backend.
const maxQueue = 100

// outgoing is a message on its way.
type outgoing struct {
	data   []byte
	binary bool
}

// line is the connection of one project. It lives on the main goroutine; what takes time it hands to work, one thing
// after the other, so that messages leave in the order in which they were sent.
type line struct {
	dialer  Dialer
	work    func(task func() (done func()))
	project string
	changed func() // told of each new phase and error

	phase   phase
	session Session
	cancel  context.CancelFunc
	err     error // why there is no connection any more, nil where the user ended it
	in      *inbox
	queue   []outgoing
	sending bool
	sent    int
	again   func() // connects anew once the connection has ended, nil: nothing does
}

// connect opens the connection, after the end of one that is being closed.
func (l *line) connect(path string, subprotocols []string) {
	if l.phase == closing {
		l.again = func() { l.connect(path, subprotocols) }
	}
	if l.phase != idle {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	in := &inbox{}
	l.phase, l.cancel, l.err, l.in, l.sent = connecting, cancel, nil, in, 0
	l.changed()
	l.work(func() func() {
		session, err := l.dialer.Compose(ctx, l.project, path, subprotocols, in.receive)
		return func() {
			cancel()
			l.opened(session, err)
		}
	})
}

func (l *line) opened(session Session, err error) {
	if l.phase == closing { // the user has thought better of it
		if err != nil {
			l.ended(nil)
			return
		}
		l.hangUp(session)
		return
	}
	if err != nil {
		l.ended(err)
		return
	}
	l.phase, l.session = connected, session
	l.changed()
	l.next()
}

// send queues a message. Without a connection it waits for the next one. It reports whether there was room.
func (l *line) send(data []byte, binary bool) bool {
	if len(l.queue) >= maxQueue {
		return false
	}
	l.queue = append(l.queue, outgoing{data, binary})
	l.next()
	return true
}

// next sends the first message of the queue.
func (l *line) next() {
	if l.phase != connected || l.sending || len(l.queue) == 0 {
		return
	}
	l.sending = true
	m, session := l.queue[0], l.session
	l.queue = l.queue[1:]
	l.work(func() func() {
		err := session.Send(m.data, m.binary)
		return func() {
			l.sending = false
			switch {
			case err == nil:
				l.sent++
				l.changed()
				l.next()
			case l.phase == connected && l.session == session:
				l.ended(err)
			}
		}
	})
}

// disconnect ends the connection, or the attempt at one, and drops what waits.
func (l *line) disconnect() {
	l.queue, l.again = nil, nil
	switch l.phase {
	case connecting:
		l.phase = closing
		l.cancel()
		l.changed()
	case connected:
		l.hangUp(l.session)
	}
}

func (l *line) hangUp(session Session) {
	l.phase = closing
	l.changed()
	l.work(func() func() {
		session.Close()
		return func() { l.ended(nil) }
	})
}

// watch notices that the other end has closed.
func (l *line) watch() {
	if l.phase != connected {
		return
	}
	select {
	case <-l.session.Done():
		l.ended(l.session.Err())
	default:
	}
}

func (l *line) ended(err error) {
	l.phase, l.session, l.err = idle, nil, err
	again := l.again
	l.again = nil
	switch {
	case err != nil:
		l.queue = nil
		l.changed()
	case again != nil:
		again()
	default:
		l.changed()
	}
}
