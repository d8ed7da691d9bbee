package frames

import "time"

// Status is the figures of the status bar.
type Status struct {
	Frames         int64         // that have passed, held or not
	Sent, Received int64         // bytes on the wire after the handshakes
	Rate           float64       // frames a second, lately
	Held, Budget   int64         // bytes of memory
	Evicted        int64         // rows that went to stay within the budget
	Open           int           // sockets
	Sockets        int           // open, or with rows that are held
	Requests       int64         // HTTP exchanges since the start
	Uptime         time.Duration // since the recording began
}

// Status returns the figures as they are at the time of the last Update.
func (l *List) Status() Status { return Status{} }
