package capture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestExportsWriteALineForEachRow(t *testing.T) {
	l := scene(t, time.Now())
	q := IDs(Span{2, 3}, Span{12, 12})
	var text, lines bytes.Buffer
	if err := errors.Join(
		l.WriteText(context.Background(), &text, q), l.WriteNDJSON(context.Background(), &lines, q, "chat"),
	); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Hello Tea", strings.Repeat("78", 3000), "GET https://localhost:8443/app.js"} {
		if got := strings.Split(text.String(), "\n"); len(got) != 4 || !strings.Contains(got[i], want) {
			t.Errorf("line %d of %d lacks %q", i, len(got), want)
		}
	}
	for i, line := range strings.SplitAfter(strings.TrimSpace(lines.String()), "\n") {
		var row struct {
			ID      int64
			Project string
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.ID != []int64{2, 3, 12}[i] || row.Project != "chat" {
			t.Errorf("line %d: %+v, %v", i, row, err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestAnExportTellsWhyItFailed(t *testing.T) {
	l := scene(t, time.Now())
	if err := l.WriteText(context.Background(), failing{}, nil); err == nil || err.Error() != "export text: the disk is full" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.WriteNDJSON(ctx, &bytes.Buffer{}, nil, ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
