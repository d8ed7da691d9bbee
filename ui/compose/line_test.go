package compose

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// wire plays the connections of a line, and its work: tasks wait until run is called.
type wire struct {
	tasks    []func() func()
	dialErr  error
	sendErr  error
	endErr   error
	done     chan struct{}
	log      []string
	received func([]byte, bool)
	ctx      context.Context
}

func (w *wire) Compose(ctx context.Context, project, path string, subprotocols []string, received func([]byte, bool)) (Session, error) {
	w.log = append(w.log, "dial "+project+path+" "+strings.Join(subprotocols, ","))
	w.ctx, w.received, w.done = ctx, received, make(chan struct{})
	if w.dialErr != nil {
		return nil, w.dialErr
	}
	return w, nil
}

func (w *wire) Send(data []byte, binary bool) error {
	kind := "text "
	if binary {
		kind = "binary "
	}
	w.log = append(w.log, kind+string(data))
	return w.sendErr
}

func (w *wire) Close()                { w.log = append(w.log, "close") }
func (w *wire) Subprotocol() string   { return "" }
func (w *wire) Done() <-chan struct{} { return w.done }
func (w *wire) Err() error            { return w.endErr }

func (w *wire) work(task func() func()) { w.tasks = append(w.tasks, task) }

// run does all work, and what comes of it.
func (w *wire) run() {
	for len(w.tasks) > 0 {
		task := w.tasks[0]
		w.tasks = w.tasks[1:]
		task()()
	}
}

func (w *wire) told() string {
	told := strings.Join(w.log, "; ")
	w.log = nil
	return told
}

func newLine(w *wire) *line {
	return &line{dialer: w, work: w.work, project: "chat", changed: func() {}}
}

func TestMessagesLeaveInTheirOrder(t *testing.T) {
	w := &wire{}
	l := newLine(w)
	l.send([]byte("a"), false)
	l.send([]byte("b"), true)
	l.connect("/ws", []string{"v1", "v2"})
	if l.phase != connecting || len(w.tasks) != 1 {
		t.Fatalf("phase %d, %d tasks", l.phase, len(w.tasks))
	}
	w.run()
	l.send([]byte("c"), false)
	l.send([]byte("d"), false)
	if len(w.tasks) != 1 {
		t.Errorf("%d messages are on their way at once", len(w.tasks))
	}
	w.run()
	if told := w.told(); told != "dial chat/ws v1,v2; text a; binary b; text c; text d" || l.sent != 4 {
		t.Errorf("told %q, sent %d", told, l.sent)
	}
}

func TestALineEndsWithAReason(t *testing.T) {
	broken := errors.New("broken")
	t.Run("refused", func(t *testing.T) {
		w := &wire{dialErr: broken}
		l := newLine(w)
		l.send(nil, false)
		l.connect("/", nil)
		w.run()
		if l.phase != idle || l.err == nil || len(l.queue) != 0 {
			t.Errorf("phase %d, error %v, %d waiting", l.phase, l.err, len(l.queue))
		}
	})
	t.Run("closed by the other end", func(t *testing.T) {
		w := &wire{endErr: broken}
		l := newLine(w)
		l.connect("/", nil)
		w.run()
		l.watch()
		if l.phase != connected {
			t.Error("an open connection is taken for closed")
		}
		close(w.done)
		l.watch()
		if l.phase != idle || !errors.Is(l.err, broken) {
			t.Errorf("phase %d, error %v", l.phase, l.err)
		}
	})
	t.Run("broken while sending", func(t *testing.T) {
		w := &wire{sendErr: broken}
		l := newLine(w)
		l.connect("/", nil)
		w.run()
		l.send(nil, false)
		l.send(nil, false)
		w.run()
		if l.phase != idle || !errors.Is(l.err, broken) || l.sent != 0 || len(l.queue) != 0 {
			t.Errorf("phase %d, error %v, sent %d, waiting %d", l.phase, l.err, l.sent, len(l.queue))
		}
	})
	t.Run("by the user", func(t *testing.T) {
		w := &wire{}
		l := newLine(w)
		l.connect("/", nil)
		w.run()
		l.disconnect()
		l.disconnect()
		w.run()
		if told := w.told(); l.phase != idle || l.err != nil || told != "dial chat/ ; close" {
			t.Errorf("phase %d, error %v, told %q", l.phase, l.err, told)
		}
	})
	t.Run("by the user, before it was open", func(t *testing.T) {
		w := &wire{}
		l := newLine(w)
		l.connect("/", nil)
		l.disconnect()
		w.run()
		if told := w.told(); l.phase != idle || l.err != nil || told != "dial chat/ ; close" || w.ctx.Err() == nil {
			t.Errorf("phase %d, error %v, told %q", l.phase, l.err, told)
		}
	})
}

func TestALineDoesNotPileUpMessages(t *testing.T) {
	l := newLine(&wire{})
	for range maxQueue {
		if !l.send(nil, false) {
			t.Fatal("too little room")
		}
	}
	if l.send(nil, false) {
		t.Error("there is room for more than the queue holds")
	}
}
