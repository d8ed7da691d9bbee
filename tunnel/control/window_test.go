package control

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// pane is a window that shows one button.
type pane struct {
	raised chan struct{}
	err    error
}

var button = Node{Role: "button", Text: "添加", State: "disabled", X: 8, Y: 12.5, W: 64, H: 28}

func (p *pane) Raise() error {
	if p.err == nil {
		close(p.raised)
	}
	return p.err
}

var worked = Work{
	Beats:   Spread{Count: 30, P50: time.Millisecond, P99: 2 * time.Millisecond, Max: 3 * time.Millisecond},
	Updates: Spread{Count: 29, P50: 4, P99: 5, Max: 6},
	Allocs:  7, Bytes: 8,
}

func (p *pane) Work(context.Context) (Work, error) { return worked, p.err }

func (p *pane) Outline(context.Context) ([]Node, error) { return []Node{button}, p.err }

func TestASecondLaunchRaisesAndReadsTheWindow(t *testing.T) {
	f, c, _ := serve(t)
	p := &pane{raised: make(chan struct{})}
	f.window = p
	if err := c.Raise(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-p.raised
	if got, err := c.Outline(t.Context()); err != nil || !reflect.DeepEqual(got, []Node{button}) {
		t.Errorf("the window shows %+v, %v", got, err)
	}
	if got, err := c.Work(t.Context()); err != nil || got != worked {
		t.Errorf("the window took %+v, %v", got, err)
	}
}

func TestWhereThereIsNoWindowThatIsSaid(t *testing.T) {
	for name, test := range map[string]struct {
		window Window
		want   string
	}{
		"headless":        {nil, "has no window (end it, then start culvert-tray)"},
		"one that cannot": {&pane{err: errors.New("the display is gone")}, "the display is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			f, c, _ := serve(t)
			f.window = test.window
			if err := c.Raise(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("raise: %v", err)
			}
			if _, err := c.Outline(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("outline: %v", err)
			}
			if _, err := c.Work(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("work: %v", err)
			}
		})
	}
}
