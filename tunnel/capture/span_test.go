package capture

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

func TestIDsFindsTheRowsOfItsSpansOnly(t *testing.T) {
	l := scene(t, time.Now())
	for _, c := range []struct {
		name  string
		spans []Span
		query string
		want  []int64
	}{
		{"no span", nil, "", nil},
		{"spans in any order, overlapping", []Span{{9, 10}, {2, 4}, {4, 5}, {3, 3}}, "", []int64{2, 3, 4, 5, 9, 10}},
		{"spans that touch", []Span{{2, 3}, {4, 4}}, "", []int64{2, 3, 4}},
		{"a span that ends before it begins", []Span{{7, 3}}, "", nil},
		{"more than what is held", []Span{{-5, 2}, {14, math.MaxInt64}}, "", []int64{1, 2, 14, 15, 16}},
		{"with another query", []Span{{2, 10}}, "dir:sent", []int64{2, 4, 5, 6, 9}},
		{"with a text, dense", []Span{{1, 15}}, "localhost", []int64{1, 12, 13, 14}},
		{"with a text, sparse", []Span{{1, 1}, {14, 14}}, "localhost", []int64{1, 14}},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			q = IDs(c.spans...).And(q)
			if got, next, err := l.Find(context.Background(), q, 0, 0, 0); err != nil || next != 17 || !slices.Equal(got, c.want) {
				t.Errorf("found %v, next %d, %v; want %v", got, next, err, c.want)
			}
			for id := range int64(17) {
				if r, ok := l.Row(id); ok && l.Match(q, &r) != slices.Contains(c.want, id) {
					t.Errorf("row %d: Match says otherwise than Find", id)
				}
			}
		})
	}
}

func TestManySpansAreSearchedInOrder(t *testing.T) {
	l := New(0)
	defer l.Close()
	c := opened(l)
	for range 30_000 {
		send(c, frame.Received, frame.Text, "tick")
	}
	var spans []Span
	var want []int64
	r := rand.New(rand.NewPCG(1, 2))
	for id := int64(2); id < 30_000; {
		p := Span{id, id + r.Int64N(9000)*r.Int64N(2)}
		p.Last = min(p.Last, 30_000)
		spans = append(spans, p)
		for ; id <= p.Last; id++ {
			want = append(want, id)
		}
		id += 1 + r.Int64N(100)
	}
	for _, limit := range []int{0, 1, 5000} {
		got, _, err := l.Find(context.Background(), IDs(spans...), 0, 0, limit)
		most := len(want)
		if limit > 0 {
			most = limit
		}
		if err != nil || !slices.Equal(got, want[:most]) {
			t.Fatalf("limit %d: found %d rows, %v; want %d", limit, len(got), err, most)
		}
	}
}

func TestFindStopsAtItsUpperBound(t *testing.T) {
	l := scene(t, time.Now())
	for _, c := range []struct {
		query    string
		from, to int64
		want     []int64
		next     int64
	}{
		{"is:frame", 3, 7, []int64{3, 4, 5, 6}, 7},
		{"is:frame", 3, 0, []int64{3, 4, 5, 6, 7, 9, 10}, 17},
		{"is:frame", 9, 99, []int64{9, 10}, 17},
		{"is:frame", 7, 7, nil, 7},
		{"localhost", 2, 14, []int64{12, 13}, 14},
		{"localhost is:http", 2, 13, []int64{12}, 13},
		{"", 14, 15, []int64{14}, 15},
	} {
		q, err := ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, next, err := l.Find(context.Background(), q, c.from, c.to, 0)
		if err != nil || next != c.next || !slices.Equal(got, c.want) {
			t.Errorf("%q from %d to %d: %v, next %d, %v; want %v, %d", c.query, c.from, c.to, got, next, err, c.want, c.next)
		}
	}
}

func TestSlicesFromTheEndFindWhatOneSearchFinds(t *testing.T) {
	l := New(minBudget)
	defer l.Close()
	c := opened(l)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 5000 {
		text := string(prose(20 + r.IntN(900)))
		if i%7 == 0 {
			text = text[:10] + "Needle" + text[10:]
		}
		send(c, frame.Direction(i%2), frame.Text, text)
	}
	for _, query := range []string{"Needle", "needle dir:sent", "op:text size>300", ""} {
		q, err := ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := l.Find(context.Background(), q, 0, 0, 0)
		var got []int64
		first, to := l.Range()
		for to > first {
			from := max(first, to-1-r.Int64N(400))
			ids, next, err := l.Find(context.Background(), q, from, to, 0)
			if err != nil || next != to {
				t.Fatal(next, err)
			}
			got = append(ids, got...)
			to = from
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: slices find %d rows, one search %d", query, len(got), len(want))
		}
	}
}
