package capture

import (
	"slices"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

func TestUnsettledListsWhatMayStillChange(t *testing.T) {
	l := New(0)
	defer l.Close()
	check := func(why string, want ...int64) {
		t.Helper()
		if got := l.Unsettled(nil, 1, 0); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", why, got, want)
		}
	}
	c := l.Open(Request{Time: time.Now(), URL: "wss://localhost/"})
	check("an Open row without an answer", 1)
	c.Answered(time.Now(), 101, []byte(switching))
	check("answered")
	p := frame.AppendFrame(nil, frame.Header{Opcode: frame.Binary, Fin: true}, make([]byte, 5000))
	c.Data(frame.Received, time.Now(), p[:3000])
	send(c, frame.Sent, frame.Text, "meanwhile")
	check("a frame under way", 2)
	if got := l.Unsettled(nil, 3, 4); len(got) != 0 {
		t.Errorf("beyond the range that was asked for: %v", got)
	}
	c.Data(frame.Received, time.Now(), p[3000:])
	check("a frame that is complete")
}

func TestFragmentsCountsTheFramesOfAMessage(t *testing.T) {
	l := scene(t, time.Now())
	for _, c := range []struct {
		id    int64
		limit int
		want  int
		wire  uint64
		whole bool
	}{
		{4, 10, 2, 14, true},
		{4, 1, 1, 6, false},
		{2, 10, 1, 9, true},
		{99, 10, 0, 0, false},
	} {
		if n, wire, whole := l.Fragments(c.id, c.limit); n != c.want || wire != c.wire || whole != c.whole {
			t.Errorf("row %d: %d frames, %d bytes, %v", c.id, n, wire, whole)
		}
	}
	if got := l.ConnIDs(nil); !slices.Equal(got, []uint32{1, 2}) {
		t.Errorf("connections %v", got)
	}
}
