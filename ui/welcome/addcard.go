package welcome

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// addCard is the second step of the start page: a project out of an address, a file, a folder, or the demo.
type addCard struct {
	options *Options
	taken   map[string]bool // names of projects
	folder  string          // dropped, without a project file: the project gets its name
	busy    bool

	field   *look.Field
	add     *look.Button
	hint    *look.Text
	links   *fyne.Container
	lines   *fyne.Container
	report  *fyne.Container // what the last import brought, empty without one
	content fyne.CanvasObject
	resized func() // told that the card needs more room, or less
}

func newAddCard(o *Options, title string) *addCard {
	c := &addCard{options: o, resized: func() {}}
	c.field = look.NewMonoField(words.T("welcome.placeholder"))
	c.field.OnChanged = func(string) { c.typed() }
	c.field.OnSubmitted = func(string) { c.submit() }
	c.add = look.NewButton(words.T("welcome.add"), look.Primary, c.submit)
	c.hint = look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small, Min: 60})
	c.links = look.Row(4)
	if o.Pick != nil {
		c.links.Add(look.NewButton(words.T("welcome.pick"), look.Quiet, func() {
			o.Pick(func(path string) { c.drop([]string{path}) })
		}))
	}
	c.links.Add(look.NewText(words.T("welcome.drop"), look.Style{Ink: ink.Dim}))
	c.links.Add(look.NewButton(words.T("welcome.demo"), look.Quiet, c.demo))
	more := look.Row(4)
	if o.PickFile != nil {
		more.Add(look.NewButton(words.T("welcome.import"), look.Quiet, func() { o.PickFile(c.importFrom) }))
	}
	if o.Form != nil {
		if len(more.Objects) > 0 {
			more.Add(look.NewText(words.T("welcome.or"), look.Style{Ink: ink.Dim}))
		}
		more.Add(look.NewButton(words.T("welcome.form"), look.Quiet, o.Form))
	}
	c.lines = look.Column(8, look.NewText(title, look.Style{Bold: true}),
		look.Row(8, look.Grow(c.field), look.Column(0, c.add)), c.hint, c.links, more)
	c.report = look.Column(0)
	c.report.Hide()
	c.content = look.Column(18, look.NewCard(c.lines), c.report)
	c.typed()
	return c
}

func (c *addCard) show(s *state.State) {
	c.taken = make(map[string]bool, len(s.Projects))
	for i := range s.Projects {
		c.taken[s.Projects[i].Name] = true
	}
}

// read understands what is in the field.
func (c *addCard) read() (address, string) {
	a, cause := parseAddress(c.field.Text)
	if cause == "" {
		if name := projectName(filepath.Base(c.folder)); c.folder != "" && name != "" {
			a.name = name
		}
		a.name = free(a.name, func(s string) bool { return c.taken[s] })
	}
	return a, cause
}

// typed says what Add would do with the text as it is now. Mistakes are for submit: nobody is told off while typing.
func (c *addCard) typed() {
	c.field.SetProblem("")
	a, cause := c.read()
	switch {
	case cause == "":
		c.hint.SetText(words.T("welcome.becomes", "name", a.name, "to", ink.Safe(a.to)))
	case c.folder != "":
		c.hint.SetText(words.T("welcome.bare", "folder", ink.Safe(filepath.Base(c.folder))))
	default:
		c.hint.SetText(words.T("welcome.forms"))
	}
	c.lines.Refresh()
	c.resized()
}

func (c *addCard) submit() {
	if path := strings.TrimSpace(c.field.Text); filepath.IsAbs(path) { // pasted, instead of picked
		c.drop([]string{path})
		return
	}
	a, cause := c.read()
	if cause != "" {
		c.fail(words.T("welcome.mistake." + cause))
		return
	}
	c.work(func() ([]string, error) {
		name, err := c.options.Add.AddAddress(a.name, a.to)
		return []string{name}, err
	})
}

func (c *addCard) demo() {
	c.work(func() ([]string, error) {
		name, err := c.options.Add.Demo()
		return []string{name}, err
	})
}

// drop adds the project files among the paths and in the folders among them.
func (c *addCard) drop(paths []string) {
	if len(paths) == 0 || !c.begin() {
		return
	}
	c.options.Work(func() func() {
		f := find(paths)
		if len(f.files) == 0 {
			return func() { c.end(); c.nothing(f) }
		}
		names, err := c.options.Add.AddFiles(f.files)
		return func() { c.finish(names, err) }
	})
}

// importFrom makes projects of an nginx configuration, and tells what became of it.
func (c *addCard) importFrom(path string) {
	if !c.begin() {
		return
	}
	c.options.Work(func() func() {
		im, err := c.options.Add.Import(path)
		return func() {
			c.end()
			if err != nil {
				c.fail(ink.Safe(words.Sentence(err.Error())))
				return
			}
			c.field.SetText("")
			c.report.Objects = []fyne.CanvasObject{newReport(c.options, &im)}
			c.report.Show()
			c.lines.Refresh()
			c.resized()
		}
	})
}

// nothing says what was dropped instead of a project file.
func (c *addCard) nothing(f found) {
	if f.bare == "" && strings.EqualFold(filepath.Ext(f.others[0]), ".conf") {
		c.importFrom(f.others[0])
		return
	}
	if f.bare == "" {
		c.fail(words.T("welcome.strange", "file", ink.Safe(filepath.Base(f.others[0]))))
		return
	}
	c.folder = f.bare
	c.typed()
	if w := fyne.CurrentApp().Driver().CanvasForObject(c.field); w != nil {
		w.Focus(c.field)
	}
}

// work adds projects, one thing at a time.
func (c *addCard) work(add func() ([]string, error)) {
	if !c.begin() {
		return
	}
	c.options.Work(func() func() {
		names, err := add()
		return func() { c.finish(names, err) }
	})
}

func (c *addCard) begin() bool {
	if c.busy {
		return false
	}
	c.busy = true
	c.report.Hide()
	c.add.Disable()
	c.field.SetProblem("")
	return true
}

func (c *addCard) end() {
	c.busy = false
	c.add.Enable()
}

func (c *addCard) finish(names []string, err error) {
	c.end()
	if err != nil {
		c.fail(ink.Safe(words.Sentence(err.Error())))
		return
	}
	c.folder = ""
	c.field.SetText("")
	if len(names) > 0 && c.options.Done != nil {
		c.options.Done(names[0])
	}
}

func (c *addCard) fail(why string) {
	c.field.SetProblem(why)
	c.lines.Refresh()
	c.resized()
}
