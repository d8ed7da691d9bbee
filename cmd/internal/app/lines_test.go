package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
)

func TestLinesOfManyWritersArriveWhole(t *testing.T) {
	var out bytes.Buffer
	l := newLines(&out)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 500 {
				if err := l.add(func(dst []byte) []byte { return fmt.Appendf(dst, "%d %d\n", w, i) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	next := make([]int, 4)
	for out.Len() > 0 {
		var w, i int
		if _, err := fmt.Fscanf(&out, "%d %d\n", &w, &i); err != nil {
			t.Fatal(err)
		}
		if i != next[w] {
			t.Fatalf("writer %d: line %d came after line %d", w, i, next[w]-1)
		}
		next[w]++
	}
	for w, n := range next {
		if n != 500 {
			t.Errorf("%d lines of writer %d arrived", n, w)
		}
	}
}

func TestLinesHoldUpWritersWhileTheReaderIsSlow(t *testing.T) {
	r, w := io.Pipe()
	l := newLines(w)
	big := make([]byte, lineRoom+1)
	added := make(chan error)
	go func() {
		for range 3 { // one under way, one waiting, one that has to wait for room
			added <- l.add(func(dst []byte) []byte { return append(dst, big...) })
		}
	}()
	<-added
	<-added
	r.CloseWithError(errors.New("gone"))
	if err := <-added; err == nil {
		t.Error("the writer was not told that the reader is gone")
	}
	if err := l.close(); err == nil {
		t.Error("close did not tell that the reader is gone")
	}
}
