package inspector

import (
	"strings"
	"testing"

	"culvert/tunnel/frame"
	"culvert/ui/look"
)

// later is Work that is done when the test says so.
type later struct{ tasks []func() func() }

func (l *later) do(task func() func()) { l.tasks = append(l.tasks, task) }

// run does the oldest piece of work.
func (l *later) run() {
	task := l.tasks[0]
	l.tasks = l.tasks[1:]
	task()()
}

func TestLargeMessageIsReadBesideTheWindow(t *testing.T) {
	s := newSample(t)
	c := s.open(false)
	c.message(frame.Received, `{"large":"`+strings.Repeat("x", aside)+`"}`, 1)
	c.message(frame.Received, `{"small":1}`, 1)
	c.message(frame.Received, strings.Repeat("many frames ", 100), 2*fragmentsAtOnce)
	many, err := s.log.Message(s.find("small")+1, 0)
	if err != nil || len(many.Frames) != 2*fragmentsAtOnce {
		t.Fatalf("%v: %d frames", err, len(many.Frames))
	}
	d := newDesk(t, s.at, look.Dark)
	work := &later{}
	d.pane.o.Work = work.do
	d.pane.Show(webChat(), s.log)
	d.tick()
	large, small := s.find("large"), s.find("small")
	detail := d.pane.frames.detail

	d.choose(large)
	if len(work.tasks) != 1 || detail.empty.Text() != "Reading…" || !detail.empty.Visible() {
		t.Fatalf("%d pieces of work; it says %q", len(work.tasks), detail.empty.Text())
	}
	work.run()
	if detail.empty.Visible() || detail.record == nil || detail.record.row.ID != large {
		t.Error("the large message is not shown")
	}

	d.choose(large)
	d.choose(small) // before the large one was read
	if detail.record == nil || detail.record.row.ID != small {
		t.Fatal("the small message is not shown at once")
	}
	work.run()
	if detail.record.row.ID != small {
		t.Error("what was asked for before is shown")
	}

	d.choose(many.Frames[0].ID)
	if len(work.tasks) != 1 {
		t.Error("a message of many frames is read while the window waits")
	}
	d.pane.Show(nil, nil)
	work.run() // has nowhere to go
}

func TestTabOfTheDetailIsRemembered(t *testing.T) {
	d, s := told(t, 0)
	d.choose(s.find(`"hello"`))
	d.pane.frames.detail.tabs.Select(detailFrames)
	d.tick()
	if got := d.pane.frames.detail.framesN; got != 2 {
		t.Errorf("the tab tells of %d frames", got)
	}
	again := New(d.options())
	t.Cleanup(again.Close)
	if got := again.frames.detail.tabs.Selected(); got != detailFrames {
		t.Errorf("tab %d", got)
	}
}

func TestRowThatGoesWhileItIsShown(t *testing.T) {
	d, s := told(t, 0)
	id := s.find("join")
	d.choose(id)
	s.log.Clear()
	d.choose(id)
	if detail := d.pane.frames.detail; !strings.Contains(detail.empty.Text(), "is gone") || !detail.empty.Visible() {
		t.Errorf("it says %q", detail.empty.Text())
	}
}

func TestMenuOfTheDetail(t *testing.T) {
	d, s := told(t, 0)
	detail := d.pane.frames.detail
	if detail.menu(0) != nil {
		t.Error("there is a menu of nothing")
	}
	d.choose(s.find("join"))
	do := func(label string, line int) {
		t.Helper()
		for _, i := range detail.menu(line).Items {
			if i.Label == label {
				i.Action()
				return
			}
		}
		t.Errorf("line %d has no %q", line, label)
	}
	do("Copy value", 2)
	do("Copy path", 3)
	do("Select all", -1)
	do("Copy", -1)
	if len(d.copied) != 3 || d.copied[0] != "42" || !strings.Contains(d.copied[1], "user") || !strings.Contains(d.copied[2], "王小明") {
		t.Errorf("copied %q", d.copied)
	}
	do("Fold all", 0)
	do("Unfold all", 0)
}
