package inspector

import (
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnel/capture"
	"culvert/ui/frames"
	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/words"
)

// statusBar tells in figures how the project does, and what was done last.
type statusBar struct {
	content fyne.CanvasObject
	frames, sent, received, rate, held,
	evicted, note, right *look.Text

	shown  frames.Status
	said   string    // what was done last
	stale  time.Time // when that is old; zero: not known yet
	failed bool      // it could not be done: it stays until something else is said
	fixed  string    // what is to be told as long as it is so: the time between two marks, a selection
	frozen string
	found  string // by the filter
	byte   string // "byte-exact"
}

func newStatusBar() *statusBar {
	text := func(i ink.Ink) *look.Text { return look.NewText("", look.Style{Size: look.Small, Ink: i}) }
	s := &statusBar{
		frames: text(ink.Dim), sent: text(ink.Sent), received: text(ink.Received), rate: text(ink.Dim), held: text(ink.Dim),
		evicted: text(ink.Dim), note: text(ink.Text), right: text(ink.Dim),
		byte: word("status.exact"), shown: frames.Status{Frames: -1},
	}
	s.content = look.Column(0, look.Rule(), look.Back(ink.Sidebar, look.Pad(4, 16, 4, 16, look.Row(18,
		s.frames, s.sent, s.received, s.rate, s.held, s.evicted, look.Grow(s.note), s.right))))
	return s
}

// show tells the figures. Those that are as they were cost nothing.
func (s *statusBar) show(now *frames.Status, serving bool) {
	now.Rate = math.Round(now.Rate)
	now.Uptime = now.Uptime.Truncate(time.Second)
	if !serving {
		now.Uptime = 0
	}
	was := s.shown
	if *now == was {
		return
	}
	s.shown = *now
	if now.Frames != was.Frames {
		s.frames.SetText(words.N("inspector.status.frames", plural(now.Frames), "count", count(now.Frames)))
	}
	if now.Sent != was.Sent || was.Frames < 0 {
		s.sent.SetText(word("status.sent", "n", capture.SizeText(now.Sent)))
	}
	if now.Received != was.Received || was.Frames < 0 {
		s.received.SetText(word("status.received", "n", capture.SizeText(now.Received)))
	}
	if now.Rate != was.Rate || was.Frames < 0 {
		s.rate.SetText(word("status.rate", "n", count(int64(now.Rate))))
	}
	if now.Held != was.Held || now.Budget != was.Budget {
		s.held.SetText(heldOf(now.Held, now.Budget))
	}
	if now.Evicted != was.Evicted || was.Frames < 0 {
		s.evicted.SetText(word("status.evicted", "n", count(now.Evicted)))
		s.evicted.SetInk(ink.Dim)
		if now.Evicted > 0 {
			s.evicted.SetInk(ink.Warning)
		}
	}
	if now.Open != was.Open || now.Uptime != was.Uptime || was.Frames < 0 {
		right := []string{s.byte, words.N("inspector.status.sockets", now.Open, "count", count(int64(now.Open)))}
		if now.Uptime > 0 {
			right = append(right, clock(now.Uptime))
		}
		s.right.SetText(strings.Join(right, " · "))
	}
}

// heldOf tells how much of the budget is used, the unit once where it is the same: "held 38 of 256 MiB".
func heldOf(held, budget int64) string {
	h, b := capture.SizeText(held), capture.SizeText(budget)
	if i, j := strings.LastIndexByte(h, ' '), strings.LastIndexByte(b, ' '); i > 0 && j > 0 && h[i:] == b[j:] {
		h = h[:i]
	}
	return word("status.held", "held", strings.TrimSuffix(h, ".0"), "budget", strings.Replace(b, ".0 ", " ", 1))
}

// toldFor is how long the bar says what was done.
const toldFor = 6 * time.Second

// tell says what was done, for some seconds.
func (s *statusBar) tell(what string) { s.say(what, false) }

// fail says what could not be done, and why.
func (s *statusBar) fail(what string) { s.say(what, true) }

func (s *statusBar) say(what string, failed bool) {
	s.said, s.failed, s.stale = what, failed, time.Time{}
	s.showNote()
}

// age forgets what was done some time ago.
func (s *statusBar) age(now time.Time) {
	switch {
	case s.said == "" || s.failed:
	case s.stale.IsZero():
		s.stale = now.Add(toldFor)
	case now.After(s.stale):
		s.say("", false)
	}
}

// keep says something that is true of what is shown; "" for nothing. It outlives what was done.
func (s *statusBar) keep(what string) {
	if s.fixed != what {
		s.fixed, s.said = what, ""
		s.showNote()
	}
}

func (s *statusBar) freeze(on bool) {
	s.frozen = ""
	if on {
		s.frozen = word("status.frozen")
	}
	s.showNote()
}

// find tells what the filter found; "" for nothing.
func (s *statusBar) find(what string) {
	if s.found != what {
		s.found = what
		s.showNote()
	}
}

func (s *statusBar) showNote() {
	var list []string
	for _, text := range []string{s.frozen, s.found, s.fixed, s.said} {
		if text != "" {
			list = append(list, text)
		}
	}
	s.note.SetText(strings.Join(list, " · "))
	s.note.SetInk(ink.Text)
	if s.said != "" && s.failed {
		s.note.SetInk(ink.Error)
	}
}

// plural brings a number into the range that plural forms are asked for.
func plural(n int64) int { return int(min(n, 1000)) }
