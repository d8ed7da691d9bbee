//go:build linux

package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestParseWindowOptions(t *testing.T) {
	for name, tt := range map[string]struct {
		args    string
		figures string // "": an error
	}{
		"nothing is all":                {"", "start,idle,load,held"},
		"figures may be chosen":         {"-figures load,idle -load 10s", "load,idle"},
		"an unknown figure":             {"-figures speed", ""},
		"longer than connections last":  {"-load 2m", ""},
		"fewer frames than connections": {"-rate 1", ""},
		"an argument":                   {"load", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := parseWindowOptions(strings.Fields(tt.args), io.Discard)
			if (err != nil) != (tt.figures == "") || err == nil && strings.Join(o.figures, ",") != tt.figures {
				t.Errorf("figures %q, %v", o.figures, err)
			}
		})
	}
}

func TestWhatADesktopFailsWithIsReturned(t *testing.T) {
	d := &desk{}
	for want, do := range map[string]func() error{
		"no display":      func() error { d.Fatal("no", "display"); return nil },
		"display 7 broke": func() error { d.Fatalf("display %d %s", 7, "broke"); return nil },
		"plain":           func() error { return errors.New("plain") },
	} {
		if err := orFailure(do); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := orFailure(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestAPushWithARateIsNoFaster(t *testing.T) {
	b, x := startPipe(t, func([]byte) {})
	const rate = 2000
	s, err := b.measure(t.Context(), load{name: "paced", kind: kindPush, connections: 2, size: 128, rate: rate}, x)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rate > 10*rate { // as many as go through are a hundred times more
		t.Errorf("%.0f messages a second, want %d", s.Rate, rate)
	}
}

func TestThreadsAreCountedByWhatTheyDo(t *testing.T) {
	p := writeProc(t, map[string]string{
		"10/task/10/comm": "culvert-tray\n", "10/task/10/schedstat": "5000 1 1\n",
		"10/task/11/comm": "llvmpipe-0\n", "10/task/11/schedstat": "700 1 1\n",
		"10/task/12/comm": "llvmpipe-1\n", "10/task/12/schedstat": "80 1 1\n",
		"10/task/13/comm": "culvert-tray\n", "10/task/13/schedstat": "9 1 1\n",
		"10/task/14/comm": "gone\n",
	})
	got, err := p.threads(10)
	if want := (threadTimes{main: 5 * time.Microsecond, drawing: 780, rest: 9}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}
