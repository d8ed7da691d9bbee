// Package frames holds what the inspector shows of a project's capture, as models without a window: the table of
// frames, the sockets, the requests, the figures of the status bar, and the forms in which messages are copied.
//
// All models are used from one goroutine, the window's. None of their methods searches: what takes time is done by a
// goroutine of the model, and taken over by Update. Close ends that goroutine and waits for it.
package frames

import (
	"context"
	"time"

	"culvert/tunnel/capture"
)

// Capture is what the models read: a [capture.Log].
type Capture interface {
	Range() (first, next int64)
	Row(id int64) (capture.Row, bool)
	Payload(dst []byte, id int64, limit int) ([]byte, error)
	Message(id int64, limit int) (capture.Message, error)
	Fragments(first int64, limit int) (frames int, wire uint64, whole bool)
	Conn(id uint32) (*capture.ConnInfo, bool)
	ConnIDs(dst []uint32) []uint32
	Exchange(id int64) (capture.Exchange, bool)
	FailedHandshake(id int64) (capture.FailedHandshake, bool)
	Match(q *capture.Query, r *capture.Row) bool
	Find(ctx context.Context, q *capture.Query, from, to int64, limit int) (ids []int64, next int64, err error)
	Unsettled(dst []int64, from, to int64) []int64
	Stats() capture.Stats
	AppendText(dst []byte, r *capture.Row, limit int) []byte
	AppendJSON(dst []byte, r *capture.Row, project string, limit int) []byte
}

// Options are what a model needs besides its capture. The zero value works.
type Options struct {
	Project string           // name, for the lines of exports and copies
	Now     func() time.Time // nil: time.Now
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}
