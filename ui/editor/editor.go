// Package editor is the page on which a project is edited: every key of its file in a form, and beside it the file as it
// will be. What the form does not change stays as its author wrote it.
package editor

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"culvert/tunnel/project"
	"culvert/ui/ink"
	"culvert/ui/keys"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// Files reads and writes project files. It is called on goroutines of Options.Work.
type Files interface {
	// Text returns the text of a project's file as it is on disk.
	Text(project string) ([]byte, error)
	// Save replaces was, the text that the edit began with. It fails, and writes nothing, where the file does not hold
	// that any more. For project "" it makes a project out of text.
	Save(project string, was, text []byte) error
}

// Options are what a Page needs of the window around it. Files and Work are needed; an action that is nil does nothing.
type Options struct {
	Files Files
	// Work runs task on a goroutine of its own, and what task returns on the main goroutine afterwards.
	Work func(task func() (done func()))
	// Done leaves the page, with the name of the project as it is now: "" if none was made.
	Done func(project string)
	// Reveal shows the file of a project in the desktop's file manager.
	Reveal func(project string)
	// Clipboard takes a text.
	Clipboard func(text string)
	// PickFolder and PickFile let the user choose one, and call done unless that was given up.
	PickFolder, PickFile func(done func(path string))
}

// Page is the edit page. Its methods are called on the main goroutine.
type Page struct {
	o       Options
	texts   *texts
	state   *state.State
	session int // counts the projects that were edited: what comes late from another is dropped

	name    string // of the project; "" for a new one
	file    string // its path, "" for a new one
	was     []byte // the text on disk when it was last read; nil for a new project
	start   []byte // what the form began with
	begun   bool
	saving  bool
	form    *form           // nil: nothing is edited, or the text is no TOML
	text    []byte          // as it would be saved
	right   bool            // text can be saved
	opened  map[string]bool // sections that the user folded or unfolded
	showing bool            // the text, where there is no room for both

	title, path  *look.Text
	reveal, save *look.Button
	head         *fyne.Container
	notice       *fyne.Container // asks or tells something above the form
	faults       *look.Paragraph // problems that belong to no field
	faultsBox    *fyne.Container
	scroll       *container.Scroll
	preview      *preview
	tabs         *look.Tabs
	body         *fyne.Container
	frame        *fyne.Container // all of it
	content      fyne.CanvasObject
}

// New returns a page on which nothing is edited yet.
func New(o Options) *Page {
	p := &Page{o: o, texts: newTexts()}
	p.title = look.NewText("", look.Style{Size: look.Heading, Bold: true})
	p.path = look.NewText("", look.Style{Size: look.Small, Mono: true, Ink: ink.Dim})
	p.reveal = look.NewButton(words.T("editor.reveal"), look.Plain, func() {
		if p.o.Reveal != nil {
			p.o.Reveal(p.name)
		}
	})
	p.save = look.NewButton(words.T("editor.save"), look.Primary, p.Save)
	leave := look.NewButton(words.T("editor.cancel"), look.Plain, p.cancel)
	p.notice = look.Column(0)
	p.faults = look.NewParagraph("", look.Style{Size: look.Small, Ink: ink.Error})
	p.scroll = container.NewVScroll(look.Column(0))
	p.preview = newPreview(words.T("editor.preview"), o.Clipboard)
	p.tabs = look.NewTabs(func(i int) {
		p.showing = i == 1
		p.body.Refresh()
	}, words.T("editor.form"), words.T("editor.file"))
	p.body = container.New(&beside{&p.showing}, p.tabs, p.scroll, look.Rule(), p.preview.content)

	p.head = look.Row(10, p.title, look.Grow(p.path), p.reveal, leave, p.save)
	p.faultsBox = look.Pad(8, 16, 0, 16, p.faults)
	top := look.Column(0, look.Pad(12, 16, 12, 16, p.head), look.Rule(), p.notice, p.faultsBox)
	p.frame = container.NewBorder(top, nil, nil, nil, p.body)
	p.content = look.Back(ink.Background, p.frame)
	p.clear()
	return p
}

// Content returns the page.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Shortcuts returns what is done by key on the page, for the window to list and to register.
func (p *Page) Shortcuts() []keys.Shortcut {
	return []keys.Shortcut{
		{Keys: []keys.Key{saveKey}, Word: words.T("editor.save"), Do: p.Save},
		{Keys: []keys.Key{keys.Alone(fyne.KeyEscape)}, Word: words.T("editor.cancel"), Do: p.cancel},
	}
}

var saveKey = keys.Ctrl(fyne.KeyS)

// shortcut does what a shortcut of the page does, and reports whether it is one.
func (p *Page) shortcut(s fyne.Shortcut) bool {
	if !saveKey.Matches(s) {
		return false
	}
	p.Save()
	return true
}

// Edit shows a project, once its file has been read. Unsaved changes of another are dropped: ask Dirty first.
func (p *Page) Edit(project *state.Project) {
	p.begin(project.Name, project.File, words.T("editor.title", "name", project.Name))
	session := p.session
	p.o.Work(func() func() {
		text, err := p.o.Files.Text(project.Name)
		return func() {
			if p.session == session {
				p.load(text, err)
			}
		}
	})
}

// Create shows a project that is to be made out of text, "" for one without any key.
func (p *Page) Create(text []byte) {
	p.begin("", "", words.T("editor.new"))
	text = bytes.Clone(text)
	if d, err := project.NewDraft(text); err == nil && d.Routes() == 0 {
		d.AddRoute()
		text = d.Text()
	}
	p.start = text
	p.build(text)
	if p.form != nil {
		focus(p.form.field("name").control.(*line).input)
	}
}

// Dirty reports whether there are changes that were not saved.
func (p *Page) Dirty() bool { return p.form != nil && !bytes.Equal(p.text, p.start) }

// savable reports whether there is something to save.
func (p *Page) savable() bool { return p.right && !p.saving && (p.name == "" || p.Dirty()) }

// begin makes room for another project.
func (p *Page) begin(name, file, title string) {
	p.clear()
	p.begun, p.name, p.file = true, name, file
	p.title.SetText(title)
	p.path.SetText(file)
	show(p.reveal, file != "" && p.o.Reveal != nil)
	p.head.Refresh()
}

// clear ends the edit.
func (p *Page) clear() {
	p.session++
	p.begun, p.saving, p.right = false, false, false
	p.name, p.file, p.form = "", "", nil
	p.was, p.start, p.text = nil, nil, nil
	p.opened = make(map[string]bool)
	p.ask(nil)
	p.fault("")
	p.save.Disable()
	p.preview.show(nil, nil, nil)
	p.scroll.Content = look.Column(0)
	p.scroll.ScrollToTop()
	p.scroll.Refresh()
}

// load shows a text that was read from disk.
func (p *Page) load(text []byte, err error) {
	if err != nil {
		p.ask(newNotice(ink.Error, words.Sentence(err.Error())))
		return
	}
	p.ask(nil)
	p.was, p.start = text, text
	p.build(text)
}

// build makes the form of a text.
func (p *Page) build(text []byte) {
	d, err := project.NewDraft(text)
	if err != nil {
		p.form, p.text = nil, text
		p.scroll.Content = look.Pad(16, 16, 16, 16,
			look.NewParagraph(words.T("editor.broken"), look.Style{Ink: ink.Dim}))
		p.scroll.Refresh()
		p.judge(err, nil)
		p.right = false
		p.save.Disable()
		return
	}
	p.form = newForm(p, text, d)
	p.scroll.Content = p.form.content
	p.scroll.Refresh()
	p.edited()
	p.relay()
}

// edited brings the text and what is said of it up to date with the form.
func (p *Page) edited() {
	if p.form == nil {
		return
	}
	d, faults := p.form.draft()
	p.text = d.Text()
	parsed, err := d.Check(p.file)
	if err == nil && p.taken(parsed.Name) {
		faults["name"] = p.texts.nameTaken
	}
	again := p.form.judge(d, problemsOf(err), faults)
	p.judge(err, d)
	p.right = err == nil && len(faults) == 0
	look.Enable(p.savable(), p.save)
	if again {
		p.relay()
	}
}

// judge shows the text with its problems, and in words those that belong to no field.
func (p *Page) judge(err error, d *project.Draft) {
	var lines []int
	var homeless []string
	for _, problem := range problemsOf(err) {
		lines = append(lines, problem.Line)
		if p.form == nil || !p.form.has(d.Key(problem)) {
			what := problemText(problem)
			if problem.Key != "" {
				what = problem.Key + ": " + what
			}
			homeless = append(homeless, words.T("editor.inLine", "line", problem.Line, "what", what))
		}
	}
	p.fault(strings.Join(homeless, "\n"))
	p.preview.show(p.text, p.start, lines)
}

// fault shows what is wrong above the form.
func (p *Page) fault(text string) {
	if say(p.faults, text) {
		show(p.faultsBox, text != "")
		p.frame.Refresh()
	}
}

// problemText says what is wrong, and what to do about it.
func problemText(p project.Problem) string {
	return words.T("editor.problem", "what", words.Sentence(p.What), "fix", words.Sentence(p.Fix))
}

func problemsOf(err error) project.Errors {
	var problems project.Errors
	errors.As(err, &problems)
	return problems
}

// taken reports whether another project has that name.
func (p *Page) taken(name string) bool {
	return p.state != nil && name != p.name && p.state.Find(name) != nil
}

// Show takes the state of the app, and looks whether the file was changed on disk.
func (p *Page) Show(s *state.State) {
	p.state = s
	if p.begun && p.name != "" && !p.saving {
		p.look()
	}
}

// look reads the file again.
func (p *Page) look() {
	session := p.session
	name := p.name
	p.o.Work(func() func() {
		text, err := p.o.Files.Text(name)
		return func() {
			if p.session == session && !p.saving && err == nil {
				p.found(text)
			}
		}
	})
}

// found takes what is on disk now: it is shown at once where nothing would be lost.
func (p *Page) found(text []byte) {
	switch {
	case bytes.Equal(text, p.was) && p.was != nil:
	case !p.Dirty():
		p.load(text, nil)
	case bytes.Equal(text, p.text):
		p.was, p.start = text, text
		p.ask(nil)
		p.edited()
	default:
		p.ask(newNotice(ink.Warning, words.T("editor.changed"),
			look.NewButton(words.T("editor.reload"), look.Plain, func() { p.load(text, nil) }),
			look.NewButton(words.T("editor.keep"), look.Plain, func() {
				p.was, p.start = text, text
				p.ask(nil)
				p.edited()
			})))
	}
}

// Save writes the text, if it is right, and leaves the page.
func (p *Page) Save() {
	if !p.savable() {
		return
	}
	p.saving = true
	p.save.Disable()
	session, name, was, text := p.session, p.name, p.was, p.text
	called := p.form.name()
	p.o.Work(func() func() {
		err := p.o.Files.Save(name, was, text)
		return func() {
			if p.session != session {
				return
			}
			p.saving = false
			if err == nil {
				p.leave(called)
				return
			}
			p.ask(newNotice(ink.Error, words.Sentence(err.Error())))
			p.edited()
			if name != "" {
				p.look()
			}
		}
	})
}

// cancel leaves the page, but asks first where something would be lost.
func (p *Page) cancel() {
	if !p.Dirty() {
		p.leave(p.name)
		return
	}
	p.ask(newNotice(ink.Warning, words.T("editor.unsaved"),
		look.NewButton(words.T("editor.discard"), look.Danger, func() { p.leave(p.name) }),
		look.NewButton(words.T("editor.goOn"), look.Plain, func() { p.ask(nil) })))
}

func (p *Page) leave(name string) {
	p.clear()
	if p.o.Done != nil {
		p.o.Done(name)
	}
}

// ask shows a notice above the form; nil takes it away.
func (p *Page) ask(notice fyne.CanvasObject) {
	p.notice.Objects = nil
	if notice != nil {
		p.notice.Add(notice)
	}
	p.frame.Refresh()
}

// newNotice returns a line with what can be done about it.
func newNotice(i ink.Ink, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	row := []fyne.CanvasObject{look.NewDot(i), look.Grow(look.Middle(look.NewParagraph(text, look.Style{})))}
	row = append(row, actions...)
	return look.Column(0, look.Back(ink.Panel, look.Pad(8, 16, 8, 16, look.Row(10, row...))), look.Rule())
}

// restructure changes the routes, makes the form anew, and goes to the route to.
func (p *Page) restructure(to int, do func(d *project.Draft)) {
	at := p.scroll.Offset
	d, _ := p.form.draft()
	do(d)
	p.build(d.Text())
	p.scroll.ScrollToOffset(at)
	if f := p.form.field(project.RouteKey(to, "path")); f != nil {
		focus(f.control.(*line).input)
	}
}

// relay lays the form out again: something in it has become higher or lower.
func (p *Page) relay() {
	if p.form != nil && p.form.content != nil {
		p.form.content.Refresh()
		p.scroll.Refresh()
	}
}

// bringIntoView scrolls to what has got the focus.
func (p *Page) bringIntoView(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	const room = 60
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(p.scroll).Y
	bottom := top + o.Size().Height
	switch {
	case top < 0:
		p.scroll.ScrollToOffset(p.scroll.Offset.AddXY(0, top-room))
	case bottom > p.scroll.Size().Height:
		p.scroll.ScrollToOffset(p.scroll.Offset.AddXY(0, bottom+room-p.scroll.Size().Height))
	}
}

// picker returns what lets the user choose a value of a key, nil for nothing.
func (p *Page) picker(key project.Key) func(done func(path string)) {
	switch key {
	case "route.root":
		return p.o.PickFolder
	case "certificate.file", "certificate.key":
		return p.o.PickFile
	}
	return nil
}

// relative returns a path as the project file has it: of what is beside the file and below, so that a team can share it.
func (p *Page) relative(path string) string {
	if rel, err := filepath.Rel(filepath.Dir(p.file), path); p.file != "" && err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// iconButton returns a small button of a row.
func (p *Page) iconButton(icon, tip string, tapped func()) fyne.CanvasObject {
	return look.NewIconButton(look.InkedIcon(icon, ink.Dim), tip, tapped)
}
