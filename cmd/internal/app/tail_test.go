package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/control"
)

// exchanges returns a capture with n requests, named by their number.
func exchanges(t *testing.T, n int) *capture.Log {
	t.Helper()
	log := capture.New(0)
	t.Cleanup(log.Close)
	for i := range n {
		log.HTTP(capture.Exchange{Time: time.Now(), Method: "GET", URL: fmt.Sprintf("https://localhost/%d", i+1), Status: 200})
	}
	return log
}

// tailed returns the lines that a tail of the log writes.
func tailed(t *testing.T, log *capture.Log, r control.TailRequest) []string {
	t.Helper()
	q, err := capture.ParseQuery(r.Filter)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	tail := &tail{request: r, query: q, lines: newLines(&out)}
	if err := tail.log(t.Context(), "chat", log); err != nil {
		t.Error(err)
	}
	if err := tail.lines.close(); err != nil {
		t.Error(err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestTailBeginsWithTheLastRowsThatFit(t *testing.T) {
	log := exchanges(t, 1000)
	for _, tc := range []struct {
		name        string
		last        int
		filter      string
		first, next string // of the lines
		lines       int
	}{
		{"the last three", 3, "", "/998 ", "/999 ", 3},
		{"more than there are", 5000, "", "/1 ", "/2 ", 1000},
		{"all", -1, "", "/1 ", "/2 ", 1000},
		{"the last two that fit", 2, "path:/90", "/908 ", "/909 ", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := tailed(t, log, control.TailRequest{Project: "chat", Last: tc.last, Filter: tc.filter})
			if len(lines) != tc.lines || !strings.Contains(lines[0], tc.first) || !strings.Contains(lines[1], tc.next) {
				t.Errorf("%d lines, the first two are %q", len(lines), lines[:min(2, len(lines))])
			}
		})
	}
	if lines := tailed(t, log, control.TailRequest{}); len(lines) != 1 || lines[0] != "" {
		t.Errorf("the last none: %q", lines)
	}
}

func TestTailSaysHowManyRowsWent(t *testing.T) {
	log := exchanges(t, 10)
	log.Clear()
	log.HTTP(capture.Exchange{Time: time.Now(), Method: "GET", URL: "https://localhost/after", Status: 200})
	for _, follow := range []bool{false, true} {
		if follow {
			log.Close()
		}
		lines := tailed(t, log, control.TailRequest{Last: -1, Follow: follow})
		if len(lines) != 2 || lines[0] != "chat  … 10 older rows are gone, for the budget or by clearing" || !strings.Contains(lines[1], "/after") {
			t.Errorf("text: %q", lines)
		}
		lines = tailed(t, log, control.TailRequest{Last: -1, Follow: follow, JSON: true})
		if len(lines) != 2 || lines[0] != `{"kind":"evicted","project":"chat","rows":10}` {
			t.Errorf("JSON: %q", lines)
		}
	}
}
