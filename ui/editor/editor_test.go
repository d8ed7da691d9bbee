package editor

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnel/project"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// control returns the control of a key.
func controlOf[C control](t *testing.T, b *bench, key project.Key) C {
	t.Helper()
	f := b.form.field(key)
	if f == nil {
		t.Fatalf("the form has no field for %s", key)
	}
	c, ok := f.control.(C)
	if !ok {
		t.Fatalf("%s has a %T", key, f.control)
	}
	return c
}

// press taps the button with a text, wherever it is.
func (b *bench) press(t *testing.T, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(b.Content()) {
		if button, ok := o.(*look.Button); ok && button.Visible() && button.Text() == text {
			test.Tap(button)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// press with a key of the words.
func (b *bench) choose(t *testing.T, key string) { t.Helper(); b.press(t, words.T(key)) }

func (b *bench) onDisk() string { return b.files.texts["web-chat"] }

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

func TestTheFormChangesOnlyWhatTheUserChanges(t *testing.T) {
	for _, c := range []struct {
		name     string
		do       func(t *testing.T, b *bench)
		old, new string // parts of written
	}{
		{
			"a text", func(t *testing.T, b *bench) { b.line(t, "name").SetText("chat") },
			`"web-chat"     # see`, `"chat"     # see`,
		},
		{
			"a key that was not there", func(t *testing.T, b *bench) { b.line(t, "group").SetText(" im ") },
			"client\"\n", "client\"\ngroup       = \"im\"\n",
		},
		{
			"a key that is emptied", func(t *testing.T, b *bench) { b.line(t, "description").SetText("") },
			"description = \"IM web client\"\n", "",
		},
		{
			"a switch", func(t *testing.T, b *bench) {
				test.Tap(controlOf[*toggle](t, b, "redirect_http").swtch)
			},
			"]\n\nallow", "]\nredirect_http = true\n\nallow",
		},
		{
			"a number", func(t *testing.T, b *bench) { b.line(t, "max_connections").SetText("100") },
			"]\n\nallow", "]\nmax_connections = 100\n\nallow",
		},
		{
			"an item of a list", func(t *testing.T, b *bench) {
				controlOf[*list](t, b, "listen").inputs[0].SetText("127.0.0.1:9443")
			},
			`"127.0.0.1:8443",  # nginx`, `"127.0.0.1:9443",  # nginx`,
		},
		{
			"an item that is added by Enter", func(t *testing.T, b *bench) {
				c := controlOf[*list](t, b, "listen")
				c.inputs[0].TypedKey(key(fyne.KeyReturn))
				test.Type(c.inputs[1], "127.0.0.1:2")
			},
			"443\n", "443\n  \"127.0.0.1:2\",\n",
		},
		{
			"an item that is taken out by Backspace", func(t *testing.T, b *bench) {
				in := controlOf[*list](t, b, "listen").inputs[1]
				in.SetText("")
				in.TypedKey(key(fyne.KeyBackspace))
			},
			"  \"[::1]:8443\",\n", "",
		},
		{
			"a header", func(t *testing.T, b *bench) {
				c := controlOf[*table](t, b, "route[0].set_headers")
				c.rows[0].value.TypedKey(key(fyne.KeyReturn))
				c.rows[1].name.SetText("X-To")
				c.rows[1].value.SetText("me")
			},
			`"culvert" }`, `"culvert", "X-To" = "me" }`,
		},
		{
			"a key of the second route", func(t *testing.T, b *bench) { b.line(t, "route[1].path").SetText("/") },
			"# everything else\n[[route]]\n", "# everything else\n[[route]]\npath = \"/\"\n",
		},
		{
			"routes that are moved", func(t *testing.T, b *bench) { b.choose(t, "editor.moveDown") },
			written[strings.Index(written, "# sockets"):],
			"# everything else\n[[route]]\nto = [\"http://127.0.0.1:5173\"]\n\n# sockets\n[[route]]\npath = \"/ws\"\n" +
				"to   = [\"ws://127.0.0.1:8083\"]\nread_timeout = \"60s\"\nset_headers  = { \"X-From\" = \"culvert\" }\n",
		},
		{
			"a switch that is on without its key", func(t *testing.T, b *bench) {
				test.Tap(controlOf[*toggle](t, b, "route[0].auth").swtch)
			},
			"\"culvert\" }\n", "\"culvert\" }\nauth         = false\n",
		},
		{
			"a table that was not there: auth", func(t *testing.T, b *bench) {
				b.line(t, "auth.user").SetText("dev")
				b.line(t, "auth.password_env").SetText("CHAT_PASSWORD")
			},
			"# sockets\n", "[auth]\nuser = \"dev\"\npassword_env = \"CHAT_PASSWORD\"\n\n# sockets\n",
		},
		{
			"a table that was not there: certificate", func(t *testing.T, b *bench) {
				b.line(t, "certificate.file").SetText("node1.jks")
				b.line(t, "certificate.alias").SetText("node1")
			},
			"# sockets\n", "[certificate]\nfile = \"node1.jks\"\nalias = \"node1\"\n\n# sockets\n",
		},
		{
			"a table that was not there: cors", func(t *testing.T, b *bench) {
				controlOf[*list](t, b, "cors.origins").inputs[0].SetText("https://localhost:5173")
				test.Tap(controlOf[*toggle](t, b, "cors.credentials").swtch)
			},
			"# sockets\n", "[cors]\norigins = [\"https://localhost:5173\"]\ncredentials = true\n\n# sockets\n",
		},
		{
			"a route that leads to files now", func(t *testing.T, b *bench) {
				b.lead(t, 1, 1)
				b.line(t, "route[1].root").SetText("./dist")
				b.line(t, "route[1].fallback").SetText("index.html")
			},
			"to = [\"http://127.0.0.1:5173\"]\n", "root = \"./dist\"\nfallback = \"index.html\"\n",
		},
		{
			"a route that leads elsewhere now, which takes out what means nothing there", func(t *testing.T, b *bench) {
				b.lead(t, 0, 2)
				b.line(t, "route[0].redirect").SetText("/new")
			},
			"to   = [\"ws://127.0.0.1:8083\"]\nread_timeout = \"60s\"\nset_headers  = { \"X-From\" = \"culvert\" }\n", "redirect = \"/new\"\n",
		},
		{
			"a route that is added, after another change", func(t *testing.T, b *bench) {
				b.line(t, "route[1].path").SetText("/")
				b.choose(t, "editor.addRoute")
				b.line(t, "route[2].path").SetText("/api")
				controlOf[*list](t, b, "route[2].to").inputs[0].SetText("http://127.0.0.1:1")
			},
			"# everything else\n[[route]]\nto = [\"http://127.0.0.1:5173\"]\n",
			"# everything else\n[[route]]\npath = \"/\"\nto = [\"http://127.0.0.1:5173\"]\n\n" +
				"[[route]]\npath = \"/api\"\nto = [\"http://127.0.0.1:1\"]\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := edit(t, written, look.Dark)
			c.do(t, b)
			if b.save.Disabled() {
				t.Fatalf("cannot be saved:\n%s", b.text)
			}
			b.Save()
			if want := strings.Replace(written, c.old, c.new, 1); b.onDisk() != want {
				t.Errorf("got\n%s\nwant\n%s", b.onDisk(), want)
			}
			if len(b.left) != 1 {
				t.Errorf("left with %q", b.left)
			}
		})
	}
}

// lead chooses what a route leads to.
func (b *bench) lead(t *testing.T, route, kind int) {
	t.Helper()
	var found []*look.Chip
	for _, o := range test.LaidOutObjects(b.Content()) {
		if c, ok := o.(*look.Chip); ok {
			found = append(found, c)
		}
	}
	test.Tap(found[route*len(kinds)+kind])
}

func TestWhatARouteLeadsTo(t *testing.T) {
	visible := func(b *bench, keys ...project.Key) (list []project.Key) {
		for _, key := range keys {
			if b.form.field(key).row.Visible() {
				list = append(list, key)
			}
		}
		return list
	}
	all := []project.Key{"route[0].to", "route[0].root", "route[0].fallback", "route[0].redirect", "route[0].host", "route[0].strip_prefix"}
	t.Run("only its keys are shown", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		for kind, want := range [][]project.Key{
			{"route[0].to", "route[0].host", "route[0].strip_prefix"},
			{"route[0].root", "route[0].fallback", "route[0].strip_prefix"},
			{"route[0].redirect"},
		} {
			b.lead(t, 0, kind)
			if got := visible(b, all...); !slices.Equal(got, want) {
				t.Errorf("kind %d shows %q", kind, got)
			}
			heading := strings.Contains(test.RenderObjectToMarkup(b.Content()), "How they are forwarded")
			if heading != (kind == 0) {
				t.Errorf("kind %d has the heading of what is forwarded: %t", kind, heading)
			}
		}
	})
	t.Run("what was written comes back with its kind", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		b.lead(t, 0, 1)
		b.lead(t, 0, 0)
		if string(b.text) != written || b.Dirty() {
			t.Errorf("left is\n%s", b.text)
		}
	})
	t.Run("where it is missing is told where it can be written", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		for kind, key := range []project.Key{"route[1].to", "route[1].root", "route[1].redirect"} {
			if kind == 0 {
				continue // it is there
			}
			b.lead(t, 1, kind)
			if f := b.form.field(key); f.problem.Text() != "Required" || !f.problem.Visible() || !b.save.Disabled() {
				t.Errorf("%s says %q", key, f.problem.Text())
			}
		}
	})
	t.Run("a file that says two things is shown as it is", func(t *testing.T) {
		text := strings.Replace(written, "path = \"/ws\"\n", "path = \"/ws\"\nroot = \"./dist\"\n", 1)
		b := edit(t, text, look.Dark)
		if string(b.text) != text || b.Dirty() {
			t.Errorf("it was changed to\n%s", b.text)
		}
		if f := b.form.field("route[0].root"); !f.row.Visible() || !strings.Contains(f.problem.Text(), "either to or root") {
			t.Errorf("the folder says %q", f.problem.Text())
		}
		b.lead(t, 0, 0)
		if string(b.text) != written || b.save.Disabled() {
			t.Errorf("choosing the backends leaves\n%s", b.text)
		}
	})
}

func TestASwitchThatIsOnWithoutItsKey(t *testing.T) {
	text := strings.Replace(written, "path = \"/ws\"\n", "path = \"/ws\"\nauth = false\n", 1)
	b := edit(t, text, look.Dark)
	off, on := controlOf[*toggle](t, b, "route[0].auth").swtch, controlOf[*toggle](t, b, "route[1].auth").swtch
	if off.On() || !on.On() {
		t.Fatalf("the routes' switches are %t and %t", off.On(), on.On())
	}
	test.Tap(off)
	if string(b.text) != written {
		t.Errorf("switched on, the file is\n%s", b.text)
	}
	test.Tap(off)
	if string(b.text) != text {
		t.Errorf("and off again,\n%s", b.text)
	}
}

func TestAnAddressThatOtherMachinesReachIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		name, listen, allow, want string
	}{
		{"loopback", "127.0.0.1:8443", "", ""},
		{"all of loopback", "127.0.0.53:8443", "", ""},
		{"loopback by name", "localhost:8443", "", ""},
		{"loopback of IPv6", "[::1]:8443", "", ""},
		{"nothing yet", "", "", ""},
		{"half an address", "0.0.0", "", ""},
		{"all networks", "0.0.0.0:8443", "", "Other machines can reach 0.0.0.0:8443. Allow below still lets in this machine alone."},
		{"without a port", "0.0.0.0", "::1", "Other machines can reach 0.0.0.0. Allow below still lets in this machine alone."},
		{"all networks of IPv6", "[::]:8443", "10.0.0.0/8", "Other machines can reach [::]:8443. Allow lets in 10.0.0.0/8, but for what Deny takes out."},
		{"one network", "192.168.1.4:8443", "0.0.0.0/0", "Other machines can reach 192.168.1.4:8443. Allow lets in everyone, but for what Deny takes out."},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := edit(t, "name = 'a'\n\n[[route]]\nto = ['ws://127.0.0.1:1']\n", look.Dark)
			controlOf[*list](t, b, "allow").inputs[0].SetText(c.allow)
			controlOf[*list](t, b, "listen").inputs[0].SetText(c.listen)
			w := b.form.field("listen").warning
			if w.Text() != c.want || b.form.field("listen").warned.Visible() != (c.want != "") {
				t.Errorf("it says %q, want %q", w.Text(), c.want)
			}
		})
	}
	t.Run("which a route may open too", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		controlOf[*list](t, b, "listen").inputs[1].SetText("0.0.0.0:8443")
		controlOf[*list](t, b, "route[1].allow").inputs[0].SetText("192.168.1.0/24")
		if got := b.form.field("listen").warning.Text(); !strings.Contains(got, "lets in 192.168.1.0/24,") {
			t.Errorf("it says %q", got)
		}
	})
}

func TestFilesAndFoldersAreChosen(t *testing.T) {
	for _, c := range []struct{ key, picked, want string }{
		{"route[0].root", "/home/dev/web-chat/web/dist", "web/dist"},
		{"route[0].root", "/home/dev/web-chat", "."},
		{"certificate.file", "/etc/ssl/node1.jks", "/etc/ssl/node1.jks"},
		{"certificate.key", "/home/dev/web-chat/../key.pem", "/home/dev/key.pem"},
	} {
		b := edit(t, written, look.Dark)
		b.picked = filepath.Clean(c.picked)
		f := b.form.field(project.Key(c.key))
		for _, o := range f.control.object().(*fyne.Container).Objects {
			if button, ok := o.(*look.IconButton); ok {
				test.Tap(button)
			}
		}
		if got := b.line(t, c.key).Text; got != c.want {
			t.Errorf("%s: chosen is %q, want %q", c.picked, got, c.want)
		}
	}
}

func TestAChangeThatIsTakenBackIsNone(t *testing.T) {
	b := edit(t, written, look.Dark)
	s := controlOf[*toggle](t, b, "redirect_http").swtch
	test.Tap(s)
	b.line(t, "description").SetText("")
	c := controlOf[*list](t, b, "listen")
	c.add(1)
	if b.save.Disabled() || !b.Dirty() {
		t.Fatal("changes cannot be saved")
	}
	test.Tap(s)
	b.line(t, "description").SetText("IM web client")
	c.remove(1)
	if string(b.text) != written || !b.save.Disabled() || b.Dirty() {
		t.Errorf("left is\n%s", b.text)
	}
}

func TestProblemsStandAtTheirFieldAndKeepFromSaving(t *testing.T) {
	for _, c := range []struct {
		name, key, text, want string
	}{
		{"a value that is wrong", "name", "web chat", `"web chat" has other characters than letters, digits, _ . and - (write name = "web-chat")`},
		{"a value that is missing", "name", "", "Required"},
		{"a value of the second route", "route[1].path", "/ws", `"/ws" is the path of the route in line 13 too`},
		{"no number", "max_connections", "many", "Enter a whole number."},
		{"a name that another project has", "name", "taken", "Another project has this name."},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := edit(t, written, look.Dark)
			b.Show(&state.State{Projects: []state.Project{{Name: "taken"}, {Name: "web-chat"}}})
			b.line(t, c.key).SetText(c.text)
			f := b.form.field(project.Key(c.key))
			if got := f.problem.Text(); !strings.HasPrefix(got, c.want) || !f.problem.Visible() {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !b.save.Disabled() {
				t.Error("can be saved")
			}
			b.Save()
			if b.onDisk() != written {
				t.Error("was saved")
			}
			b.line(t, c.key).SetText(map[bool]string{true: "5", false: "/x"}[c.key == "max_connections"])
			if c.key == "name" {
				b.line(t, c.key).SetText("fine")
			}
			if f.problem.Visible() || b.save.Disabled() {
				t.Errorf("corrected, but %q", f.problem.Text())
			}
		})
	}
}

func TestProblemsOfNoFieldAreToldWithTheirLine(t *testing.T) {
	b := edit(t, "colour = 1\n"+written, look.Dark)
	if got := b.faults.Text(); !strings.HasPrefix(got, "Line 1: colour: unknown key (") || !b.faultsBox.Visible() {
		t.Errorf("got %q", got)
	}
}

func TestAProblemOfATableStandsAtItsHeading(t *testing.T) {
	b := edit(t, "name = 'a'\nauth = 'dev'\n", look.Dark)
	for _, key := range []project.Key{"auth", "route"} {
		if w := b.form.tables[key]; !w.Visible() || !strings.HasPrefix(w.Text(), "is ") {
			t.Errorf("%s: %q", key, w.Text())
		}
	}
	if b.faults.Visible() {
		t.Errorf("told twice: %q", b.faults.Text())
	}
}

func TestAFileThatChangesOnDisk(t *testing.T) {
	later := strings.Replace(written, "IM web", "Web", 1)
	t.Run("is shown at once where nothing was changed", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		b.files.texts["web-chat"] = later
		b.Show(&state.State{})
		if got := b.line(t, "description").Text; got != "Web client" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("may be loaded, which drops the changes", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		b.line(t, "name").SetText("mine")
		b.files.texts["web-chat"] = later
		b.Show(&state.State{})
		if got := b.line(t, "name").Text; got != "mine" {
			t.Fatalf("lost %q", got)
		}
		b.choose(t, "editor.reload")
		if string(b.text) != later || b.Dirty() {
			t.Errorf("got\n%s", b.text)
		}
	})
	t.Run("may be written over", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		b.line(t, "name").SetText("mine")
		b.files.texts["web-chat"] = later
		b.Save()
		if b.onDisk() != later {
			t.Fatal("written over without a question")
		}
		b.choose(t, "editor.keep")
		b.Save()
		if want := strings.Replace(written, `"web-chat"`, `"mine"`, 1); b.onDisk() != want {
			t.Errorf("got\n%s", b.onDisk())
		}
	})
	t.Run("and is no TOML any more, then is again", func(t *testing.T) {
		b := edit(t, written, look.Dark)
		b.files.texts["web-chat"] = "name = \n"
		b.Show(&state.State{})
		if b.form != nil || !b.save.Disabled() || !strings.HasPrefix(b.faults.Text(), "Line 1: ") {
			t.Errorf("got %q", b.faults.Text())
		}
		b.files.texts["web-chat"] = later
		b.Show(&state.State{})
		if b.form == nil || b.faults.Visible() {
			t.Errorf("got %q", b.faults.Text())
		}
	})
}

func TestASaveThatFailsSaysWhyAndKeepsTheChanges(t *testing.T) {
	b := edit(t, written, look.Dark)
	b.line(t, "name").SetText("mine")
	b.files.err = errors.New("the disk is full")
	b.Save()
	found := slices.ContainsFunc(test.LaidOutObjects(b.Content()), func(o fyne.CanvasObject) bool {
		p, ok := o.(*look.Paragraph)
		return ok && p.Text() == "the disk is full"
	})
	if !found || !b.Dirty() || b.save.Disabled() || b.left != nil {
		t.Errorf("told %t, left %q", found, b.left)
	}
}

func TestLeavingAsksWhereSomethingWouldBeLost(t *testing.T) {
	b := edit(t, written, look.Dark)
	in := b.line(t, "name")
	in.SetText("mine")
	in.TypedKey(key(fyne.KeyEscape))
	if b.left != nil {
		t.Fatal("left without a question")
	}
	b.choose(t, "editor.goOn")
	b.choose(t, "editor.cancel")
	b.choose(t, "editor.discard")
	if !slices.Equal(b.left, []string{"web-chat"}) || b.onDisk() != written {
		t.Errorf("left %q with\n%s", b.left, b.onDisk())
	}
	b = edit(t, written, look.Dark)
	b.choose(t, "editor.cancel")
	if len(b.left) != 1 {
		t.Error("asked though nothing would be lost")
	}
}

func TestANewProjectIsMadeOfTheForm(t *testing.T) {
	b := edit(t, written, look.Dark)
	b.Create(nil)
	if b.Dirty() || !b.save.Disabled() {
		t.Error("an empty form can be saved")
	}
	b.line(t, "name").SetText("mine")
	controlOf[*list](t, b, "route[0].to").inputs[0].SetText("ws://127.0.0.1:8083")
	b.Save()
	if got, want := b.files.texts[""], "name = \"mine\"\n\n[[route]]\nto = [\"ws://127.0.0.1:8083\"]\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !slices.Equal(b.left, []string{"mine"}) {
		t.Errorf("left with %q", b.left)
	}
}

func TestKeysOfThePageWorkInsideOfAField(t *testing.T) {
	b := edit(t, written, look.Dark)
	in := b.line(t, "name")
	in.SetText("mine")
	in.TypedShortcut(&fyne.ShortcutSelectAll{})
	if in.SelectedText() != "mine" {
		t.Errorf("selected %q", in.SelectedText())
	}
	in.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyS, Modifier: fyne.KeyModifierShortcutDefault})
	if len(b.left) != 1 || !strings.Contains(b.onDisk(), `"mine"`) {
		t.Error("Ctrl+S did not save")
	}
}

func TestTabGoesThroughTheFormAndScrolls(t *testing.T) {
	b := edit(t, written, look.Dark)
	b.window.Canvas().Focus(b.line(t, "name"))
	last := b.line(t, "route[1].path")
	for range 60 {
		if b.window.Canvas().Focused() == fyne.Focusable(last) {
			break
		}
		b.window.Canvas().FocusNext()
	}
	if b.window.Canvas().Focused() != fyne.Focusable(last) {
		t.Fatal("Tab does not reach the second route")
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(last).Y
	if b.scroll.Offset.Y == 0 || at < 50 || at+last.Size().Height > 800 {
		t.Errorf("the field is at %v, scrolled by %v", at, b.scroll.Offset.Y)
	}
}

func TestTheWheelScrollsTheFormWhereverThePointerIs(t *testing.T) {
	b := edit(t, written, look.Dark)
	in := b.line(t, "description")
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(in).AddXY(20, 10)
	test.Scroll(b.window.Canvas(), at, 0, -100)
	if b.scroll.Offset.Y == 0 {
		t.Error("over an input it does nothing")
	}
}

func TestAnAnswerThatComesTooLateIsDropped(t *testing.T) {
	b := edit(t, written, look.Dark)
	var later []func()
	b.o.Work = func(task func() func()) { later = append(later, task()) }
	b.Edit(&state.Project{Name: "web-chat", File: "a"})
	b.files.texts["b"] = "name = 'b'\n"
	b.Edit(&state.Project{Name: "b", File: "b"})
	later[1]()
	later[0]()
	if got := b.line(t, "name").Text; got != "b" {
		t.Errorf("shows %q", got)
	}
}

// BenchmarkKeystroke is the work of the main goroutine for a letter that is typed.
func BenchmarkKeystroke(b *testing.B) {
	p := edit(b, written, look.Dark)
	in := p.line(b, "description")
	for i := range b.N {
		in.SetText(strings.Repeat("x", i%20))
	}
}
