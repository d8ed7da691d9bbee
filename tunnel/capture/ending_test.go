package capture

import (
	"testing"
	"time"

	"culvert/tunnel/frame"
)

func TestAnEndOfStreamAfterBothClosesIsTheCloseHandshake(t *testing.T) {
	const sent, received = frame.Sent, frame.Received
	for _, test := range []struct {
		name   string
		closes []frame.Direction
		detail string // of the transport
		cause  Cause
		by     Party
		ending string
	}{
		{"neither sent Close", nil, "", ByFIN, Backend, "end of stream by backend, no Close frame (1006)"},
		{
			"the client alone sent Close",
			[]frame.Direction{sent},
			"no close_notify", ByFIN, Backend,
			`end of stream by backend, close code 4001 from client "done": no close_notify`,
		},
		{
			"the client began",
			[]frame.Direction{sent, received},
			"no close_notify", ByClose, Client,
			`close handshake by client, close code 4001 "done"`,
		},
		{
			"the backend began",
			[]frame.Direction{received, sent},
			"", ByClose, Backend,
			`close handshake by backend, close code 4001 "done"`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := New(0)
			defer l.Close()
			c := opened(l)
			for _, dir := range test.closes {
				send(c, dir, frame.Close, "\x0f\xa1done")
			}
			c.End(End{Time: time.Now(), By: Backend, Cause: ByFIN, Detail: test.detail})
			info, _ := l.Conn(c.ID())
			if info.End.Cause != test.cause || info.End.By != test.by || info.Ending() != test.ending {
				t.Errorf("%v by %v: %s", info.End.Cause, info.End.By, info.Ending())
			}
		})
	}
}
