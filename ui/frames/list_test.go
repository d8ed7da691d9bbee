package frames

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/ink"
)

// shows waits until the list has these rows.
func shows(t *testing.T, l *List, why string, want ...int64) {
	t.Helper()
	var got []int64
	for range 2000 {
		l.Update()
		if got = ids(l); slices.Equal(got, want) && !l.Searching() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s: rows %v, want %v", why, got, want)
}

func TestAllRowsAreListedByTheirIDs(t *testing.T) {
	r := record(t)
	l := r.list(t)
	shows(t, l, "at first", 1)
	r.send(frame.Sent, frame.Text, "one")
	r.send(frame.Received, frame.Text, "two")
	if !l.Update() {
		t.Error("new rows are no change")
	}
	if l.Update() {
		t.Error("a change without traffic")
	}
	shows(t, l, "then", 1, 2, 3)
	if l.Pos(2) != 2 || l.Pos(99) != 4 || l.Pos(0) != 1 || l.Count() != 3 || l.ID(4) != 0 {
		t.Errorf("positions %d %d %d, %d rows", l.Pos(2), l.Pos(99), l.Pos(0), l.Count())
	}
	r.log.Clear()
	shows(t, l, "cleared")
	r.send(frame.Received, frame.Text, "three")
	shows(t, l, "and after that", 4)
}

func TestTheFirstRowsOfAQueryCanBeWaitedFor(t *testing.T) {
	r := record(t)
	r.send(frame.Sent, frame.Text, "tea")
	l := r.list(t)
	for query, want := range map[string]int64{"tea": 1, "coffee": 0, "": 2} {
		if _, err := l.SetQuery(query); err != nil {
			t.Fatal(err)
		}
		l.Await(time.Minute)
		l.Update()
		if got := l.Count(); got != want {
			t.Errorf("%q: %d rows at once, want %d", query, got, want)
		}
	}
}

func TestAQueryAndAChipMustBothMatch(t *testing.T) {
	r := record(t)
	r.send(frame.Sent, frame.Text, "tea please")   // 2
	r.send(frame.Received, frame.Text, "tea")      // 3
	r.send(frame.Received, frame.Binary, "tea")    // 4
	r.send(frame.Received, frame.Text, "coffee")   // 5
	r.send(frame.Received, frame.Opcode(3), "tea") // 6, violation 7
	l := r.list(t)
	if _, err := l.SetQuery("tea"); err != nil {
		t.Fatal(err)
	}
	shows(t, l, "tea", 2, 3, 4, 6)
	l.SetChip(Received)
	shows(t, l, "received tea", 3, 4, 6)
	l.SetChip(Text)
	shows(t, l, "tea in text", 2, 3)
	r.send(frame.Sent, frame.Text, "more tea")
	r.send(frame.Sent, frame.Text, "more")
	shows(t, l, "a new row", 2, 3, 8)
	if l.Pos(4) != l.Pos(8) || l.ID(l.Pos(4)) != 8 {
		t.Error("a row that is filtered out leads to the next one")
	}
	l.SetChip(Problems)
	shows(t, l, "tea with problems", 6)
	await(t, "two problems", l.Update, func() bool { return l.Problems() == 2 })
	before := l.Generation()
	if _, err := l.SetQuery("dir:up"); err == nil {
		t.Error("a query that makes no sense is taken")
	}
	if notes, err := l.SetQuery("/[/"); err != nil || len(notes) != 1 || l.Generation() == before {
		t.Errorf("notes %q, %v", notes, err)
	}
	l.SetChip(All)
	_, _ = l.SetQuery("")
	shows(t, l, "everything", 1, 2, 3, 4, 5, 6, 7, 8, 9)
}

func TestALargeCaptureIsSearchedFromItsEnd(t *testing.T) {
	r := record(t)
	var want []int64
	for i := range 60_000 {
		text := "tick"
		if i%100 == 7 {
			text = "tock"
			want = append(want, int64(i+2))
		}
		r.send(frame.Received, frame.Text, text)
	}
	l := r.list(t)
	_, _ = l.SetQuery("tock")
	if l.Reached(10) && l.Searching() {
		t.Error("the oldest rows are reached before the others are searched")
	}
	seen := map[int64]int64{}
	await(t, "all rows found", l.Update, func() bool {
		first, next := l.Range()
		for _, pos := range []int64{first, next - 1} {
			if id := l.ID(pos); id != 0 {
				if p, ok := seen[id]; ok && p != pos {
					t.Fatalf("row %d moved from position %d to %d", id, p, pos)
				}
				seen[id] = pos
			}
		}
		return !l.Searching()
	})
	l.Update()
	if !l.Reached(10) {
		t.Error("the oldest rows are not reached")
	}
	if got := ids(l); !slices.Equal(got, want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func TestHeartbeatsFoldIntoOneRow(t *testing.T) {
	r := record(t)
	l := r.list(t)
	l.SetFolded(true)
	r.send(frame.Sent, frame.Text, "a") // 2
	r.send(frame.Sent, frame.Ping, "1") // 3
	r.after(2*time.Millisecond).send(frame.Received, frame.Pong, "1")
	await(t, "two heartbeats", l.Update, func() bool { return l.Heartbeats(l.Pos(4)) == 2 })
	shows(t, l, "in one row", 1, 2, 3)
	r.send(frame.Sent, frame.Ping, "2") // 5
	r.after(7*time.Millisecond).send(frame.Received, frame.Pong, "2")
	await(t, "four heartbeats", l.Update, func() bool { return l.Heartbeats(l.Pos(3)) == 4 })
	r.after(time.Second).send(frame.Sent, frame.Text, "b") // 7
	r.send(frame.Sent, frame.Ping, "3")                    // 8
	shows(t, l, "a single one at the end", 1, 2, 3, 7, 8)
	var row ink.Row
	if !l.Row(l.Pos(3), &row) || texts(&row)[ColumnPreview] != "4 heartbeats · last round trip 7.0 ms" {
		t.Errorf("%q", texts(&row))
	}
	if !l.Row(l.Pos(7), &row) || texts(&row)[ColumnDelta] != "+1.000" {
		t.Errorf("the gap is counted from the last heartbeat: %q", texts(&row))
	}
	if got, _, _ := r.log.Find(t.Context(), l.Selection(capture.Span{First: 2, Last: 3}), 0, 0, 0); !slices.Equal(got, []int64{2, 3, 4, 5, 6}) {
		t.Errorf("a selection that ends with a run has rows %v", got)
	}
	l.SetFolded(false)
	shows(t, l, "unfolded", 1, 2, 3, 4, 5, 6, 7, 8)
}

func TestAFrozenListEndsWhereItEnded(t *testing.T) {
	r := record(t)
	r.send(frame.Sent, frame.Text, "tea")
	l := r.list(t)
	l.SetFrozen(true)
	r.send(frame.Sent, frame.Text, "more tea")
	r.send(frame.Sent, frame.Text, "coffee")
	shows(t, l, "frozen", 1, 2)
	_, _ = l.SetQuery("tea")
	shows(t, l, "frozen, with a query", 2)
	l.SetFrozen(false)
	shows(t, l, "going on", 2, 3)
	l.SetFrozen(true)
	r.send(frame.Sent, frame.Text, "last tea")
	shows(t, l, "frozen again", 2, 3)
	_, _ = l.SetQuery("")
	shows(t, l, "and without a query", 1, 2, 3, 4)
}

func TestAFrameIsLookedAtAgainWhenItIsComplete(t *testing.T) {
	r := record(t)
	l := r.list(t)
	_, _ = l.SetQuery("needle")
	p := frame.AppendFrame(nil, frame.Header{Opcode: frame.Text, Fin: true}, []byte(strings.Repeat("hay ", 2000)+"needle"))
	r.conn.Data(frame.Received, r.now, p[:3000])     // 2
	r.send(frame.Sent, frame.Text, "another needle") // 3
	shows(t, l, "while it is under way", 3)
	generation := l.Generation()
	r.conn.Data(frame.Received, r.now, p[3000:])
	shows(t, l, "when it is there", 2, 3)
	if l.Generation() == generation {
		t.Error("a row has moved, which the generation does not tell")
	}

	r.open("/deflate", deflating) // 4
	r.frame(frame.Received, frame.Header{Opcode: frame.Text, Fin: true, RSV: frame.RSV1}, deflated("a compressed needle"))
	shows(t, l, "once it is inflated", 2, 3, 5)
}

func TestAHandshakeIsAProblemOnceItIsRefused(t *testing.T) {
	r := record(t)
	l := r.list(t)
	l.SetChip(Problems)
	c := r.log.Open(capture.Request{Time: r.now, URL: "wss://localhost/refused"})
	shows(t, l, "while it waits")
	c.Answered(r.now, 403, []byte("HTTP/1.1 403 Forbidden\r\n\r\n"))
	c.End(capture.End{Time: r.now, By: capture.Backend, Cause: capture.ByRefusal})
	shows(t, l, "refused", 2, 3)
}

// A list that grows, is trimmed, filtered and folded at random shows what a plain look at the log shows.
func TestAListShowsWhatTheLogHolds(t *testing.T) {
	for seed := range uint64(2) {
		random := rand.New(rand.NewPCG(seed, 7))
		log := capture.New(1 << 20)
		r := &recorder{log: log, now: time.Now()}
		r.open("/ws", deflating)
		l := NewList(log, Options{})
		queries := []string{"", "tea", "op:text", "-tea", "op:control", "size>100 dir:sent"}
		query := ""
		for range 50 {
			for range random.IntN(300) {
				r.after(time.Duration(random.IntN(1000)) * time.Microsecond)
				dir := frame.Direction(random.IntN(2))
				switch text := strings.Repeat(fmt.Sprint("x", random.IntN(9)), random.IntN(100)); random.IntN(6) {
				case 0, 1:
					r.send(dir, frame.Ping+frame.Opcode(random.IntN(2)), "beat")
				case 2:
					r.send(dir, frame.Text, "tea "+text)
				case 3:
					r.frame(dir, frame.Header{Opcode: frame.Text, Fin: true, RSV: frame.RSV1}, deflated("tea "+text))
				default:
					r.send(dir, frame.Binary, text)
				}
			}
			switch random.IntN(12) {
			case 0:
				log.Clear()
			case 1, 2, 3:
				query = queries[random.IntN(len(queries))]
				_, _ = l.SetQuery(query)
			case 4:
				l.SetFolded(!l.folded)
			}
			l.Update()
			if random.IntN(4) == 0 {
				agrees(t, l, log)
			}
		}
		agrees(t, l, log)
		l.Close()
		log.Close()
	}
}

// agrees waits for the search, and compares.
func agrees(t *testing.T, l *List, log *capture.Log) {
	t.Helper()
	var got, want []entry
	for range 2000 {
		l.Update()
		got = got[:0]
		all, _, _ := log.Find(t.Context(), l.Query(), 0, 0, 0)
		beats, _, _ := log.Find(t.Context(), l.Query().And(mustParse("is:heartbeat")), 0, 0, 0)
		if !l.folded {
			beats = nil
		}
		want = entries(all, beats)
		first, next := l.Range()
		for pos := first; pos < next; pos++ {
			e, _ := l.entry(pos)
			got = append(got, e)
		}
		if slices.Equal(got, want) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%d rows, want %d (folded %v)", len(got), len(want), l.folded)
}
