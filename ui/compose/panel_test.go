package compose

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"culvert/ui/look"
	"culvert/ui/look/looktest"
	"culvert/ui/state"
	"culvert/ui/words"
)

func TestMain(m *testing.M) { looktest.Main(m) }

func newPanel(t *testing.T, w *wire) (*Panel, fyne.Window) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(look.NewTheme(look.Options{Appearance: look.Dark, Locale: words.Language()}))
	p := New(Options{Dialer: w, Work: w.work, Store: memory{}, Close: func() {}})
	window := test.NewTempWindow(t, p.Content())
	window.SetPadded(false)
	window.Resize(fyne.NewSize(1030, 300))
	p.Show(&state.State{Projects: []state.Project{
		{Name: "chat", Serving: true, Routes: []state.Route{{Path: "/ws"}, {Path: "/"}}},
		{Name: "off"},
		{Name: "other", Serving: true},
	}})
	return p, window
}

func TestSendingConnectsFirst(t *testing.T) {
	w := &wire{}
	p, window := newPanel(t, w)
	p.Select("chat")
	p.view.path.SetText("ws?room=1")
	p.Focus(window.Canvas())
	test.Type(p.view.editor, `{"a":1}`)
	window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(sendKey.Shortcut())
	w.run()
	if told := w.told(); told != `dial chat/ws?room=1 ; text {"a":1}` {
		t.Errorf("told %q", told)
	}
	if got := p.view.size.Text(); got != "7 B · 1 sent" {
		t.Errorf("says %q", got)
	}
	w.received([]byte("pong\x1b \n\u202e"), false)
	p.Tick(time.Now())
	if got := p.view.received.Text(); got != "1 received · pong\uFFFD \uFFFD" {
		t.Errorf("says %q", got)
	}
	test.Tap(p.view.connect)
	w.run()
	if told := w.told(); told != "close" || p.view.connect.Text() != "Connect" {
		t.Errorf("told %q", told)
	}
}

func TestAMistakeIsShownAndNotSent(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Select("chat")
	p.view.editor.SetText("{\n  \"a\": x\n}")
	p.view.editor.TypedShortcut(sendKey.Shortcut())
	w.run()
	if got, want := p.view.size.Text(), `Line 2, column 8: "x" does not belong here in JSON`; got != want || w.told() != "" {
		t.Errorf("says %q, want %q", got, want)
	}
}

func TestTheNotationChangesAndTheBytesDoNot(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Edit("chat", Draft{Path: "/ws", Opcode: 2, Payload: []byte("Hello")})
	for _, c := range []struct {
		notation notation
		want     string
	}{
		{base64Text, "SGVsbG8="}, {plain, "Hello"}, {hexDigits, "48 65 6c 6c 6f"},
	} {
		p.setNotation(c.notation)
		if got := p.view.editor.Text; got != c.want {
			t.Errorf("as %s it is %q, want %q", c.notation, got, c.want)
		}
	}
	p.view.editor.SetText("ff")
	p.setNotation(plain)
	if got := p.view.editor.Text; got != "ff" || p.view.size.Text() != "These bytes are not text" {
		t.Errorf("it is %q, and says %q", got, p.view.size.Text())
	}
	p.send()
	w.run()
	if told := w.told(); told != "dial chat/ws ; binary \xff" {
		t.Errorf("told %q", told)
	}
}

func TestALargeMessageStaysOutOfTheEditor(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	payload := strings.Repeat("x", editable+1)
	p.Edit("chat", Draft{Path: "/", Opcode: 1, Payload: []byte(payload)})
	if p.view.editor.Text != "" || p.view.editor.Visible() || !p.view.note.Visible() {
		t.Error("it is in the editor")
	}
	p.send()
	w.run()
	if told := w.told(); told != "dial chat/ ; text "+payload {
		t.Errorf("told %d bytes", len(told))
	}
	p.tooLarge("")
	if !p.view.editor.Visible() {
		t.Error("there is no editor after it was discarded")
	}
	clipboard := fyne.CurrentApp().Clipboard()
	clipboard.SetContent(payload)
	p.view.editor.SetText("small")
	p.view.editor.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if !p.view.note.Visible() || len(p.current.message.kept) == 0 {
		t.Error("it was pasted into the editor")
	}
}

func TestAMessageOfAnotherPathGoesThere(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Edit("chat", Draft{Path: "/ws", Opcode: 1, Payload: []byte("1")})
	p.send()
	w.run()
	p.Edit("chat", Draft{Path: "/chat", Opcode: 1, Payload: []byte("2")})
	p.send() // while the first connection is being closed
	w.run()
	p.historyMenu().Items[1].Action() // of /ws, over what is open
	p.send()
	w.run()
	if told := w.told(); told != "dial chat/ws ; text 1; close; dial chat/chat ; text 2; text 1" {
		t.Errorf("told %q", told)
	}
}

func TestEachProjectHasADeskOfItsOwn(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Select("chat")
	p.view.editor.SetText("1")
	p.send()
	w.run()
	w.told()
	p.Select("other")
	if p.view.editor.Text != "" || p.view.connect.Text() != "Connect" {
		t.Errorf("the other project's editor holds %q", p.view.editor.Text)
	}
	p.Select("off")
	if !p.view.send.Disabled() || !p.view.connect.Disabled() {
		t.Error("one can send in a project that is off")
	}
	p.Select("chat")
	if p.view.editor.Text != "1" || p.view.connect.Text() != "Disconnect" {
		t.Errorf("the editor holds %q", p.view.editor.Text)
	}
	p.Show(&state.State{})
	w.run()
	if told := w.told(); told != "close" {
		t.Errorf("told %q", told)
	}
}

func TestTheHistoryIsAKeyAway(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Select("chat")
	for _, text := range []string{"1", "2", "3"} {
		p.view.editor.SetText(text)
		p.send()
	}
	w.run()
	for _, want := range []string{"2", "1", "1"} {
		p.view.editor.TypedShortcut(olderKey.Shortcut())
		if got := p.view.editor.Text; got != want {
			t.Errorf("shows %q, want %q", got, want)
		}
	}
	if n := len(p.historyMenu().Items); n != 5 {
		t.Errorf("the menu has %d items", n)
	}
	p.historyMenu().Items[0].Action()
	if got := p.view.editor.Text; got != "3" {
		t.Errorf("shows %q", got)
	}
	p.historyMenu().Items[4].Action()
	if p.historyMenu() != nil {
		t.Error("the history was not cleared")
	}
}

func TestTickAtRestAllocatesNothing(t *testing.T) {
	w := &wire{}
	p, _ := newPanel(t, w)
	p.Select("chat")
	p.connect()
	w.run()
	now := time.Now()
	p.Tick(now)
	if n := testing.AllocsPerRun(50, func() { now = now.Add(time.Second); p.Tick(now) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// refusal and closing are errors as the engine has them.
type (
	refusal struct{ error }
	closed  struct {
		error
		code int
	}
)

func (refusal) Status() int   { return 404 }
func (refusal) Body() string  { return "no\x1b such path" }
func (c closed) Code() int    { return c.code }
func (closed) Reason() string { return "bad" }

func TestTheEndOfAConnectionIsSaidInWords(t *testing.T) {
	for want, err := range map[string]error{
		"": nil,
		"The server answered 404 instead of a WebSocket · \"no\uFFFD such path\"": refusal{errors.New("")},
		`Closed by the other end: 1007 · "bad"`:                                   closed{errors.New(""), 1007},
		"Closed by the other end, without a code":                                 closed{errors.New(""), 1005},
		"The connection ended without a Close frame":                              closed{errors.New(""), 1006},
		"connecting to wss://localhost:1/: refused":                               errors.New("connecting to wss://localhost:1/: refused"),
	} {
		if got := errorText(err); got != want {
			t.Errorf("says %q, want %q", got, want)
		}
	}
}

// TestPictures keeps pictures of what there is to look at.
func TestPictures(t *testing.T) {
	looktest.Need(t)
	for name, appearance := range map[string]look.Appearance{"dark": look.Dark, "light": look.Light} {
		w := &wire{}
		p, window := newPanel(t, w)
		fyne.CurrentApp().Settings().SetTheme(look.NewTheme(look.Options{Appearance: appearance, Locale: words.Language()}))
		snap := func(what string) {
			looktest.Keep(t, window, "compose-"+what+"-"+name)
		}
		p.Select("chat")
		snap("empty")
		p.view.path.SetText("/ws")
		p.view.editor.SetText("{\"type\":\"say\",\"room\":42,\"text\":\"大家好\"}")
		p.rewrite(spread)
		p.send()
		w.run()
		w.received([]byte(`{"type":"ack","seq":1882,"took_ms":2}`), false)
		p.Tick(time.Now())
		snap("connected")
		w.endErr = closed{errors.New(""), 1007}
		close(w.done)
		p.Tick(time.Now().Add(time.Hour))
		p.view.editor.SetText("{\"type\":")
		snap("closed")
		p.Edit("chat", Draft{Opcode: 2, Payload: []byte(strings.Repeat("\x00\xff", editable))})
		snap("large")
	}
}
