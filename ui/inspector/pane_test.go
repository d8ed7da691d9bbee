package inspector

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/frames"
	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/state"
)

// told is a desk that shows the story.
func told(t *testing.T, before int) (*desk, *sample) {
	s := story(t, before)
	d := newDesk(t, s.at, look.Dark)
	d.show(s)
	return d, s
}

// listed returns the ids in the list.
func (d *desk) listed() (ids []int64) {
	list := d.pane.view.list
	first, next := list.Range()
	for pos := first; pos < next; pos++ {
		ids = append(ids, list.ID(pos))
	}
	return ids
}

// query types a query and waits for what it finds.
func (d *desk) query(text string) {
	d.t.Helper()
	d.pane.filter.query.SetText(text)
	d.until("the search", func() bool { return !d.pane.view.list.Searching() })
}

// press presses a key of the inspector, as it is pressed in the table.
func (d *desk) press(k keys.Key) {
	if k.Modifier == 0 {
		d.pane.frames.table.OnKey(&fyne.KeyEvent{Name: k.Name})
		return
	}
	d.pane.frames.table.OnShortcut(k.Shortcut())
}

func TestPlaceholderUntilAProjectIsShown(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	if !d.pane.placeholder.Visible() || d.pane.body.Visible() {
		t.Error("no project is shown yet")
	}
	for _, s := range d.pane.Shortcuts() {
		s.Do() // does nothing
	}
	d.pane.Show(webChat(), newSample(t).log)
	if d.pane.placeholder.Visible() || !d.pane.body.Visible() {
		t.Error("a project is shown")
	}
	d.pane.Show(nil, nil)
	if !d.pane.placeholder.Visible() {
		t.Error("no project is shown any more")
	}
	d.tick()
}

func TestFigures(t *testing.T) {
	d, s := told(t, 30)
	stats := s.log.Stats()
	for what, c := range map[string]struct{ got, want string }{
		"frames":   {d.pane.status.frames.Text(), count(stats.Sent.Frames+stats.Received.Frames) + " frames"},
		"sent":     {d.pane.status.sent.Text(), "↑ " + capture.SizeText(stats.Sent.Wire)},
		"received": {d.pane.status.received.Text(), "↓ " + capture.SizeText(stats.Received.Wire)},
		"evicted":  {d.pane.status.evicted.Text(), "0 evicted"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
	wants(t, "the right of the status bar", d.pane.status.right.Text(), "byte-exact · 2 open sockets")
	if got := heldOf(38<<20, 256<<20); got != "held 38 of 256 MiB" {
		t.Errorf("held: %q", got)
	}
	if got := heldOf(380<<10, 1<<30); got != "held 380.0 KiB of 1 GiB" {
		t.Errorf("held: %q", got)
	}
}

func TestWhatWasDoneIsToldForSomeSeconds(t *testing.T) {
	d, _ := told(t, 0)
	note := d.pane.status.note
	d.pane.header.address.OnTapped()
	d.tick()
	if note.Text() == "" {
		t.Fatal("nothing is told")
	}
	for range 8 {
		d.tick()
	}
	if note.Text() != "" {
		t.Errorf("it still says %q", note.Text())
	}
	d.pane.status.fail("no room")
	for range 8 {
		d.tick()
	}
	if note.Text() != "no room" {
		t.Errorf("it says %q of a failure", note.Text())
	}
}

func TestChipsAndQueryFilterTogether(t *testing.T) {
	d, s := told(t, 30)
	for i, query := range []string{
		frames.Sent: "dir:sent", frames.Received: "dir:received", frames.Text: "op:text", frames.Binary: "op:binary",
		frames.Control: "op:control", frames.Problems: "is:problem",
	} {
		if query == "" {
			continue
		}
		test.Tap(d.pane.filter.chips[i])
		d.until("the search", func() bool { return !d.pane.view.list.Searching() })
		got, want := d.listed(), s.all(query)
		if i != int(frames.Text) && !slices.Equal(got, want) {
			t.Errorf("chip %d: rows %v, want %v", i, got, want)
		}
		if !d.pane.filter.chips[i].Selected() || d.pane.filter.chips[0].Selected() {
			t.Errorf("chip %d is not shown as chosen", i)
		}
	}
	test.Tap(d.pane.filter.chips[frames.Received])
	d.query(`"room":42`)
	if got, want := d.listed(), s.all(`dir:received "\"room\":42"`); len(want) == 0 || len(got) > len(want)+5 {
		t.Errorf("rows %v, want %v", got, want)
	}
	d.query("join")
	if got := d.pane.status.note.Text(); got != "1 row matches" {
		t.Errorf("the status bar says %q", got)
	}
	d.pane.clearFilter()
	d.tick()
	if got := d.pane.status.note.Text(); got != "" {
		t.Errorf("the status bar says %q without a filter", got)
	}
}

func TestClearingTheFilterKeepsTheSelectedRow(t *testing.T) {
	d, s := told(t, 3000)
	id := s.find(`"join"`)
	d.query("join")
	if !slices.Contains(d.listed(), id) {
		t.Fatalf("row %d is not found", id)
	}
	d.choose(id)
	d.press(keys.Alone(fyne.KeyEscape))
	d.tick()
	if d.pane.filter.query.Text != "" || d.pane.frames.table.Selected() != id {
		t.Errorf("the query is %q, row %d is selected", d.pane.filter.query.Text, d.pane.frames.table.Selected())
	}
	if first, next := d.pane.view.list.Range(); next-first < 3000 {
		t.Errorf("%d rows are listed", next-first)
	}
}

func TestQueryThatIsNotOneIsToldInWords(t *testing.T) {
	d, _ := told(t, 0)
	f := d.pane.filter
	d.query("dir:sideways")
	if !f.noteRow.Visible() || !strings.Contains(f.note.Text(), "sideways") {
		t.Errorf("it says %q", f.note.Text())
	}
	if len(d.listed()) == 0 {
		t.Error("the list is to stay as it was")
	}
	d.query("/[/")
	wants(t, "the note", f.note.Text(), "looked for as text")
	d.query("")
	if f.noteRow.Visible() {
		t.Error("there is nothing to say any more")
	}
}

func TestFreezeStopsTheListNotTheRecording(t *testing.T) {
	d, s := told(t, 0)
	c := s.open(false)
	d.tick()
	before := len(d.listed())
	d.press(keys.Alone(fyne.KeySpace))
	c.message(frame.Sent, "while frozen", 1)
	d.tick()
	if n := len(d.listed()); n != before {
		t.Errorf("%d rows, want %d", n, before)
	}
	wants(t, "the status bar", d.pane.status.note.Text(), "frozen")
	test.Tap(d.pane.filter.freeze)
	d.tick()
	if n := len(d.listed()); n != before+1 {
		t.Errorf("%d rows, want %d", n, before+1)
	}
	if got := d.pane.status.note.Text(); got != "" {
		t.Errorf("the status bar says %q", got)
	}
}

func TestClear(t *testing.T) {
	d, s := told(t, 0)
	d.choose(s.find("join"))
	d.press(keys.Alone(fyne.KeyM))
	d.press(keys.Ctrl(fyne.KeyL))
	d.tick()
	if len(d.listed()) != 0 || d.pane.frames.table.Selected() != 0 || len(d.pane.frames.table.Marks()) != 0 {
		t.Errorf("%d rows, %d selected", len(d.listed()), d.pane.frames.table.Selected())
	}
	if e := d.pane.frames.empty; e.why != isWaiting || !e.content.Visible() {
		t.Error("nothing tells that there is nothing")
	}
}

func TestEmptyPagesSayWhatToDo(t *testing.T) {
	d := newDesk(t, newSample(t).at, look.Dark)
	e := d.pane.frames.empty
	s := newSample(t)
	d.pane.Show(webChat(), s.log)
	d.tick()
	wants(t, "the page", e.text.Text(), "No frames yet", "https://web-chat.localhost:8443")
	test.Tap(e.button)
	if len(d.opened) != 1 {
		t.Errorf("opened %q", d.opened)
	}
	off := webChat()
	off.Switched, off.Serving, off.URLs, off.Health = false, false, nil, state.Off
	d.pane.Show(off, s.log)
	wants(t, "the page", e.text.Text(), "web-chat is off")
	test.Tap(e.button)
	if !slices.Equal(d.switched, []bool{true}) {
		t.Errorf("switched %v", d.switched)
	}
	s.open(false).message(frame.Sent, "first", 1)
	d.tick()
	if e.content.Visible() {
		t.Error("there are rows")
	}
	d.query("nothing-like-it")
	wants(t, "the page", e.text.Text(), "Nothing matches")
	test.Tap(e.button)
	d.tick()
	if e.content.Visible() || d.pane.filter.query.Text != "" {
		t.Error("the filter is to be cleared")
	}
}

func TestMarksShowTheTimeBetween(t *testing.T) {
	d, s := told(t, 0)
	a, b := s.find("dir:in CONNECTED"), s.find("join")
	d.choose(a)
	d.press(keys.Alone(fyne.KeyM))
	d.choose(b)
	wants(t, "the status bar", d.pane.status.note.Text(), "+221ms")
	d.press(keys.Alone(fyne.KeyM))
	d.choose(s.find("op:ping"))
	wants(t, "the status bar", d.pane.status.note.Text(), "#"+count(a)+" → #"+count(b)+": +221ms")
}

func TestCopyForms(t *testing.T) {
	d, s := told(t, 0)
	d.choose(s.find("join"))
	for form, want := range map[frames.Form]string{
		frames.AsText: joined, frames.AsJSON: "\n  \"type\": \"join\"", frames.AsHex: "7b 22 74", frames.AsBase64: "eyJ0eXBl",
		frames.AsWebsocat: "websocat", frames.AsSend: "ws.send(",
	} {
		d.copied = nil
		d.pane.copy(form)
		if len(d.copied) != 1 || !strings.Contains(d.copied[0], want) {
			t.Errorf("form %d: %q, want %q", form, d.copied, want)
		}
	}
	d.copied = nil
	d.press(keys.Ctrl(fyne.KeyC))
	if len(d.copied) != 1 || strings.TrimSpace(d.copied[0]) != joined {
		t.Errorf("copied %q", d.copied)
	}
}

func TestComposeFromTheSelectedRow(t *testing.T) {
	d, s := told(t, 0)
	d.choose(s.find("hello"))
	d.press(keys.Ctrl(fyne.KeyReturn))
	if len(d.drafts) != 1 || d.drafts[0] == nil {
		t.Fatalf("drafts %v", d.drafts)
	}
	got := d.drafts[0]
	if got.Opcode != frame.Text || string(got.Payload) != `{"type":"say","text":"hello","reply_to":1881}` ||
		got.Path != "/ws" || got.Protocol != "v12.stomp" {
		t.Errorf("the draft is %+v", got)
	}
	d.choose(s.find("is:open"))
	d.press(keys.Ctrl(fyne.KeyReturn))
	if len(d.drafts) != 2 || d.drafts[1] != nil {
		t.Error("of a row that is no frame an empty draft is made")
	}
}

func TestExportsHoldWhatTheyName(t *testing.T) {
	d, s := told(t, 30)
	d.query("join")
	d.choose(s.find(`"join"`))
	rows := func(data []byte) int { return bytes.Count(data, []byte("\n")) }
	for name, c := range map[string]struct {
		scope scope
		form  int
		check func(data []byte) bool
	}{
		"all as HAR":         {allRows, 0, func(b []byte) bool { return json.Valid(b) && bytes.Contains(b, []byte("hello")) }},
		"filtered as NDJSON": {filteredRows, 1, func(b []byte) bool { return rows(b) == len(d.listed()) && bytes.Contains(b, []byte("join")) }},
		"selected as text":   {selectedRows, 2, func(b []byte) bool { return rows(b) == 1 && bytes.Contains(b, []byte("join")) }},
		"all as NDJSON":      {allRows, 1, func(b []byte) bool { return rows(b) == len(s.all("")) }},
	} {
		clear(d.saved)
		d.pane.export(c.scope, exportForms()[c.form])
		for file, f := range d.saved {
			if !f.closed || !c.check(f.data) {
				t.Errorf("%s: closed %v, %d rows, %.300s", name, f.closed, rows(f.data), f.data)
			}
			if !strings.HasPrefix(file, "web-chat-2025") || !strings.HasSuffix(file, exportForms()[c.form].suffix) {
				t.Errorf("%s is suggested as %s", name, file)
			}
		}
		if len(d.saved) != 1 {
			t.Errorf("%s: %d files", name, len(d.saved))
		}
		wants(t, "the status bar", d.pane.status.note.Text(), "written")
	}
}

func TestFileNamesAreMadeOfNothingButNameAndTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for project, want := range map[string]string{
		"web-chat": "web-chat-20260102-030405", "../../etc/passwd": "_.._etc_passwd-20260102-030405",
		"a\nb\u202e": "a_b_-20260102-030405", "-rf": "rf-20260102-030405",
	} {
		if got := fileName(project, at); got != want {
			t.Errorf("%q: %q, want %q", project, got, want)
		}
	}
}

func TestExportMenuOffersWhatThereIs(t *testing.T) {
	d, s := told(t, 0)
	labels := func() (list []string) {
		for _, i := range d.pane.exportMenu().Items {
			if !i.IsSeparator {
				list = append(list, i.Label)
			}
		}
		return list
	}
	if got := labels(); len(got) != 3 {
		t.Errorf("without a filter and a selection it offers %q", got)
	}
	d.query("join")
	d.choose(s.find("join"))
	if got := labels(); len(got) != 9 || got[0] != "Everything as HAR" || got[8] != "Selection as text" {
		t.Errorf("it offers %q", got)
	}
}

func TestProjectIsAsItWasLeft(t *testing.T) {
	d, s := told(t, 300)
	id := s.find("join")
	d.query("dir:in")
	d.choose(id)
	d.press(keys.Alone(fyne.KeyM))
	other := newSample(t)
	other.open(false).message(frame.Sent, "another project", 1)
	second := webChat()
	second.Name = "other"
	d.pane.Show(second, other.log)
	d.tick()
	if d.pane.filter.query.Text != "" || d.pane.frames.table.Selected() != 0 || len(d.pane.frames.table.Marks()) != 0 {
		t.Error("another project is looked at like the one before")
	}
	d.pane.tabs.Select(tabSockets)
	d.pane.Show(webChat(), s.log)
	d.tick()
	if d.pane.filter.query.Text != "dir:in" || d.pane.frames.table.Selected() != id ||
		!slices.Equal(d.pane.frames.table.Marks(), []int64{id}) || d.pane.tabs.Selected() != tabFrames {
		t.Errorf("query %q, row %d, marks %v, tab %d", d.pane.filter.query.Text, d.pane.frames.table.Selected(),
			d.pane.frames.table.Marks(), d.pane.tabs.Selected())
	}
	again := newSample(t)
	d.pane.Show(webChat(), again.log)
	d.tick()
	if d.pane.frames.table.Selected() != 0 || len(d.pane.frames.table.Marks()) != 0 {
		t.Error("rows of another capture are selected")
	}
}

func TestNewPaneBeginsWithTheLastTab(t *testing.T) {
	d, s := told(t, 0)
	d.pane.tabs.Select(tabRequests)
	again := New(d.options())
	t.Cleanup(again.Close)
	again.Show(webChat(), s.log)
	if got := again.tabs.Selected(); got != tabRequests || !again.pages[tabRequests].Visible() {
		t.Errorf("tab %d", got)
	}
	d.store[storeTab] = 17 // of another version
	third := New(d.options())
	t.Cleanup(third.Close)
	third.Show(webChat(), s.log)
	if got := third.tabs.Selected(); got != tabFrames {
		t.Errorf("tab %d", got)
	}
}

func TestFoldIsRemembered(t *testing.T) {
	d, s := told(t, 0)
	before := len(d.listed())
	d.press(keys.Alone(fyne.KeyH))
	d.until("the fold", func() bool { return !d.pane.view.list.Searching() && len(d.listed()) == before-1 })
	d.pane.Show(nil, nil)
	d.pane.Show(webChat(), s.log)
	d.until("the fold", func() bool { return len(d.listed()) == before-1 })
	if !d.pane.filter.fold.Selected() || d.store[storeFolded] != true {
		t.Error("the fold is not remembered")
	}
}

func TestSocketsAndRequestsLeadToTheFrames(t *testing.T) {
	d, s := told(t, 400)
	d.press(keys.Ctrl(fyne.Key2))
	if d.pane.tabs.Selected() != tabSockets {
		t.Fatal("the sockets are not shown")
	}
	d.pane.sockets.table.Select(3)
	d.pane.sockets.table.OnSelected(3)
	if !d.pane.sockets.text.Visible() {
		t.Error("the socket is not described")
	}
	if d.window.Canvas().Focused() != fyne.Focusable(d.pane.sockets.table) {
		t.Error("the sockets have not the focus")
	}
	d.press(keys.Ctrl(fyne.KeyC))
	if len(d.copied) != 1 || !strings.Contains(d.copied[0], "Request of the client") {
		t.Errorf("copied %q", d.copied)
	}
	d.pane.sockets.table.OnOpen(3)
	d.until("the search", func() bool { return !d.pane.view.list.Searching() })
	if got, want := d.listed(), s.all("conn:3"); !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	id := s.find("is:http")
	d.press(keys.Ctrl(fyne.Key3))
	d.pane.requests.table.Select(id)
	d.pane.requests.table.OnSelected(id)
	d.pane.requests.table.OnOpen(id)
	d.tick()
	if d.pane.tabs.Selected() != tabFrames || d.pane.frames.table.Selected() != id || d.pane.filter.query.Text != "" {
		t.Error("the request is not shown among the frames")
	}
	if got := d.pane.tabs; got.Selected() != tabFrames {
		t.Error("the frames are not shown")
	}
}

func TestRowMenuIsOfTheRow(t *testing.T) {
	d, s := told(t, 400)
	id := s.find("join")
	d.choose(id)
	d.pane.rowMenu(id, fyne.NewPos(100, 300))
	if d.window.Canvas().Overlays().Top() == nil {
		t.Fatal("no menu")
	}
	d.shoot("menu")
	d.window.Canvas().Overlays().Remove(d.window.Canvas().Overlays().Top())
	d.pane.rowMenu(s.find("is:http"), fyne.NewPos(100, 300))
	d.pane.rowMenu(1<<40, fyne.NewPos(100, 300)) // has gone
}

func TestKeysOfTheQueryField(t *testing.T) {
	d, _ := told(t, 0)
	f := d.pane.filter.query
	d.press(keys.Ctrl(fyne.KeyF))
	if d.window.Canvas().Focused() != fyne.Focusable(f) {
		t.Fatal("the query has not the focus")
	}
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.Key4, Modifier: fyne.KeyModifierShortcutDefault})
	if d.pane.tabs.Selected() != tabEndpoints {
		t.Error("a shortcut does nothing while the query has the focus")
	}
	d.press(keys.Ctrl(fyne.KeyF))
	f.SetText("one")
	f.TypedShortcut(&fyne.ShortcutSelectAll{})
	f.TypedShortcut(&fyne.ShortcutCut{Clipboard: fyne.CurrentApp().Clipboard()})
	if f.Text != "" || len(d.listed()) == 0 {
		t.Error("Ctrl+X cuts text while the query has the focus")
	}
	f.SetText("two")
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if f.Text != "" || d.window.Canvas().Focused() != fyne.Focusable(d.pane.frames.table) {
		t.Error("Esc clears the query and goes to the table")
	}
}

func TestEveryShortcutHasItsWords(t *testing.T) {
	d, _ := told(t, 0)
	seen := map[keys.Key]bool{}
	for _, s := range d.pane.Shortcuts() {
		if strings.Contains(s.Word, "inspector.") {
			t.Errorf("%v has no words", s.Keys)
		}
		for _, k := range s.Keys {
			if seen[k] {
				t.Errorf("%v is there twice", k)
			}
			seen[k] = true
			if k.Modifier != 0 && !k.Matches(k.Shortcut()) {
				t.Errorf("%v does not match itself", k)
			}
		}
	}
	if !seen[keys.CtrlShift(fyne.KeyC)] || !seen[keys.Alone(fyne.KeyEscape)] || !seen[keys.Ctrl(fyne.KeyEnter)] {
		t.Errorf("keys %v", seen)
	}
}

func TestMessageUnderWayIsBroughtUpToDate(t *testing.T) {
	s := newSample(t)
	d := newDesk(t, s.at, look.Dark)
	d.pane.Show(webChat(), s.log)
	c := s.open(false)
	c.put(frame.Received, frame.Header{Opcode: frame.Text}, []byte("begin "))
	d.tick()
	d.choose(s.find("begin"))
	wants(t, "the summary", d.pane.frames.detail.summary.Text(), "6 B on the wire")
	c.put(frame.Received, frame.Header{Opcode: frame.Continuation, Fin: true}, []byte("end"))
	d.tick()
	wants(t, "the summary", d.pane.frames.detail.summary.Text(), "9 B on the wire")
}

func TestTickAllocatesNothingWhileNothingHappens(t *testing.T) {
	d, s := told(t, 300)
	d.choose(s.find("join"))
	d.tick()
	d.tick()
	if n := testing.AllocsPerRun(100, func() { d.pane.Tick(d.now) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	// Figures are looked at a few times a second, of a project that is off so that no clock goes on.
	off := webChat()
	off.Serving = false
	d.pane.Show(off, s.log)
	if n := testing.AllocsPerRun(100, func() { d.now = d.now.Add(slow); d.pane.Tick(d.now) }); n > 2 {
		t.Errorf("%v allocations where figures are looked at", n)
	}
}

func BenchmarkTick(b *testing.B) {
	s := newSample(b)
	d := newDesk(b, s.at, look.Dark)
	d.pane.Show(webChat(), s.log)
	c := s.open(false)
	b.ReportAllocs()
	for b.Loop() {
		c.message(frame.Received, joined, 1)
		d.now = d.now.Add(33 * time.Millisecond)
		d.pane.Tick(d.now)
	}
}

func TestTheDoctorIsToldWhenItsPageIsOpened(t *testing.T) {
	d, _ := told(t, 0)
	if len(d.doctor.opened) > 0 || d.doctor.of != "web-chat" {
		t.Fatalf("opened for %q at once, it is about %q", d.doctor.opened, d.doctor.of)
	}
	d.doctor.troubles = 2
	d.tick()
	d.press(keys.Ctrl(fyne.Key5))
	if _, title, _ := d.pane.tabs.Describe(); title != "Doctor 2" {
		t.Errorf("the tab says %q of two troubles", title)
	}
	if d.window.Canvas().Focused() != fyne.Focusable(d.doctor.page) {
		t.Error("the keyboard is elsewhere")
	}
	other := webChat()
	other.Name = "ticker"
	d.pane.Show(other, newSample(t).log)
	if got := strings.Join(d.doctor.opened, " "); got != "web-chat ticker" {
		t.Errorf("opened for %q", got)
	}
	d.pane.tabs.Select(tabFrames)
	d.press(keys.Alone(fyne.KeyF5))
	if d.doctor.examined != 1 || d.pane.tabs.Selected() != tabDoctor {
		t.Errorf("examined %d times, tab %d is shown", d.doctor.examined, d.pane.tabs.Selected())
	}
	d.pane.Show(nil, nil)
	if d.doctor.of != "" {
		t.Errorf("it is still about %q", d.doctor.of)
	}
}
