package capture

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

func TestTheOldestRowsGoAndAreCounted(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := opened(l)
	for i := range 20_000 {
		send(c, frame.Sent, frame.Text, fmt.Sprint("number ", i))
	}
	s := l.Stats()
	if s.Evicted == 0 || s.Evicted != s.First-1 || s.Next != 20_002 || s.Memory > s.Budget || s.Sent.Frames != 20_000 {
		t.Errorf("%+v", s)
	}
	if s.Next-s.First < 4000 {
		t.Errorf("only %d rows are held", s.Next-s.First)
	}
	for id := s.First; id < s.Next; id++ {
		if p, err := l.Payload(nil, id, -1); err != nil || string(p) != fmt.Sprint("number ", id-2) {
			t.Fatalf("row %d: %q, %v", id, p, err)
		}
	}
	if _, err := l.Payload(nil, s.First-1, -1); !errors.Is(err, ErrGone) {
		t.Errorf("a row that went: %v", err)
	}
	info, ok := l.Conn(c.ID())
	if !ok || info.Sent.Frames != 20_000 {
		t.Error("an open connection is not known any more")
	}
}

func TestAConnectionGoesWithItsLastRow(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	for range 5000 {
		c := opened(l)
		send(c, frame.Sent, frame.Text, "one")
		c.End(End{Time: time.Now(), Cause: ByFIN})
	}
	s := l.Stats()
	if s.Memory > s.Budget || s.Open != 0 || s.Conns == 0 || s.Conns > 2000 {
		t.Errorf("%+v", s)
	}
	for _, info := range l.Conns() {
		if info.Last < s.First {
			t.Errorf("connection %d is known, its last row %d is not held", info.ID, info.Last)
		}
	}
	l.Clear()
	if s = l.Stats(); s.Conns != 0 || s.Cleared == 0 || s.First != s.Next {
		t.Errorf("after Clear: %+v", s)
	}
}

func TestAHugeFrameIsHeldUpToAnEighthOfTheBudget(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := opened(l)
	_, id := l.Range()
	send(c, frame.Received, frame.Binary, strings.Repeat("0123456789", 1<<20))
	r, _ := l.Row(id)
	if !r.Has(Truncated|Complete) || r.Stored != minBudget/8 || r.Wire != 10<<20 {
		t.Errorf("%+v", r)
	}
	if p, err := l.Payload(nil, id, -1); err != nil || len(p) != minBudget/8 || !strings.HasPrefix(string(p), "0123") {
		t.Errorf("%d bytes, %v", len(p), err)
	}
	// A length that is only declared costs nothing.
	_, id = l.Range()
	c.Data(frame.Received, time.Now(), []byte{0x82, 127, 0, 0, 0, 0, 0x80, 0, 0, 0, 1, 2, 3})
	if r, _ := l.Row(id); r.Wire != 2<<30 || r.Stored != 3 || r.Settled() {
		t.Errorf("%+v", r)
	}
}

func TestAFrameThatIsClearedWhileItArrivesIsNotRecordedFurther(t *testing.T) {
	l := New(0)
	defer l.Close()
	c := opened(l)
	p := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, []byte("half and half"))
	c.Data(frame.Received, time.Now(), p[:8])
	l.Clear()
	c.Data(frame.Received, time.Now(), append(p[8:], p...))
	first, next := l.Range()
	if next != first+1 {
		t.Fatalf("rows %d to %d are held", first, next)
	}
	if got, _ := l.Payload(nil, first, -1); string(got) != "half and half" {
		t.Errorf("the next frame reads %q", got)
	}
	if s := l.Stats(); s.Received.Frames != 2 || s.Received.Wire != int64(2*len(p)) {
		t.Errorf("%+v", s.Received)
	}
}

func TestWaitReturnsWithTheNextRow(t *testing.T) {
	l := New(0)
	c := opened(l)
	if err := l.Wait(context.Background(), 0); err != nil {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- l.Wait(context.Background(), 1) }()
	send(c, frame.Sent, frame.Text, "now")
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- l.Wait(ctx, 2) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	go func() { done <- l.Wait(context.Background(), 2) }()
	l.Close()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	send(c, frame.Sent, frame.Text, "too late")
	if _, next := l.Range(); next != 3 {
		t.Error("a closed log recorded a row")
	}
}

func TestFollowShowsFramesOnceTheyAreComplete(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := opened(l)
	slow := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, []byte("slow"))
	c.Data(frame.Received, time.Now(), slow[:3])
	send(c, frame.Sent, frame.Text, "quick")
	shown := make(chan string)
	done := make(chan error)
	stop := errors.New("enough")
	q, _ := ParseQuery("is:frame")
	go func() {
		done <- l.Follow(context.Background(), q, 1, func(r Row, missed int64) error {
			p, err := l.Payload(nil, r.ID, -1)
			if err != nil && !errors.Is(err, ErrGone) {
				t.Error(err)
			}
			shown <- fmt.Sprint(string(p), " ", missed > 0)
			if string(p) == "last" {
				return stop
			}
			return nil
		})
	}()
	if got := <-shown; got != "quick false" {
		t.Error(got)
	}
	c.Data(frame.Received, time.Now(), slow[3:])
	if got := <-shown; got != "slow false" {
		t.Error(got)
	}
	for range 20_000 { // more than is held
		send(c, frame.Sent, frame.Ping, "x")
	}
	send(c, frame.Sent, frame.Text, "last")
	missed := false
	for got := range shown {
		missed = missed || strings.HasSuffix(got, "true")
		if strings.HasPrefix(got, "last") {
			break
		}
	}
	if err := <-done; !errors.Is(err, stop) {
		t.Error(err)
	}
	if l.Stats().Evicted > 0 && !missed {
		// The follower may have kept up; what it must not do is to skip rows without a word.
		t.Log("no row was missed")
	}
}

func TestRecordingAFrameAllocatesNothing(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := opened(l)
	fill(l, c, 128)
	p, now := masked(128), time.Now()
	if n := testing.AllocsPerRun(5000, func() { c.Data(frame.Sent, now, p) }); n > 0.01 {
		t.Errorf("%v allocations a frame", n)
	}
}
