package doctor

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"culvert/ui/ink"
	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// Page shows what is wrong with the project that is looked at. What was found in a project is kept while others are
// looked at. Its methods are called on the main goroutine.
type Page struct {
	o       Options
	project string // "": none
	reports map[string]*report

	says         *look.State
	when         *look.Text
	again        *look.Button
	failed, calm *look.Paragraph // why something was not done
	list, column *fyne.Container
	content      *look.Reader
}

// New returns a page that shows no project.
func New(o Options) *Page {
	p := &Page{o: o.whole(), reports: make(map[string]*report)}
	p.says = look.NewState(ink.Faint, "")
	p.when = look.NewText("", look.Style{Ink: ink.Dim, Size: look.Small})
	p.again = look.NewButton(words.T("doctor.again"), look.Plain, p.Examine)
	p.failed = look.NewParagraph("", look.Style{Ink: ink.Error})
	p.calm = look.NewParagraph("", look.Style{Ink: ink.Dim})
	p.list = look.Column(10)
	p.column = look.Column(12, look.Row(12, p.says, look.Grow(p.when), p.again), p.failed, p.calm, p.list)
	p.content = look.NewReader(look.Pad(12, 16, 16, 16, p.column))
	p.refresh()
	return p
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// First is what the keyboard goes to when the page is opened.
func (p *Page) First() fyne.Focusable { return p.content }

// Show makes a project the one that is looked at; nil for none.
func (p *Page) Show(project *state.Project) {
	name := ""
	if project != nil {
		name = project.Name
	}
	if name != p.project {
		p.project = name
		p.content.ScrollToTop()
		p.refresh()
	}
}

// Open examines the project, unless that was done a moment ago. What was found before is shown meanwhile.
func (p *Page) Open() {
	if p.project != "" && p.report().stale(p.o.Now()) {
		p.Examine()
	}
}

// Troubles returns how many things were found wrong with a project.
func (p *Page) Troubles(project string) int64 {
	if r := p.reports[project]; r != nil {
		return r.troubles()
	}
	return 0
}

// Examine examines the project.
func (p *Page) Examine() {
	p.work(words.T("doctor.examining"), nil)
}

// do does what a fix stands for, and examines the project again.
func (p *Page) do(f state.Fix) {
	if f.Action == state.DoEdit {
		p.o.Edit(p.project)
		return
	}
	doing := words.T("doctor.doing")
	if f.Action == state.DoTrust || f.Action == state.DoHosts || f.Action == state.DoRenew {
		doing = words.T("doctor.asking")
	}
	p.work(doing, func(project string) error { return p.o.Doctor.Do(p.o.Context, project, f) })
}

// report is that of the project that is looked at.
func (p *Page) report() *report {
	if p.reports[p.project] == nil {
		p.reports[p.project] = &report{}
	}
	return p.reports[p.project]
}

// work does something for the project, if it is not nil, and examines it then. One thing at a time is done for a
// project.
func (p *Page) work(what string, first func(project string) error) {
	r, project := p.report(), p.project
	if project == "" || r.doing != "" {
		return
	}
	r.doing = what
	r.fail(nil)
	p.refresh()
	p.o.Work(func() func() {
		var err error
		if first != nil {
			err = first(project)
		}
		var findings []state.Finding
		if err == nil {
			findings, err = p.o.Doctor.Examine(p.o.Context, project)
		}
		at := p.o.Now()
		return func() {
			r.doing = ""
			r.fail(err)
			if err == nil {
				r.findings, r.at = sorted(findings), at
			}
			p.refresh()
		}
	})
}

// sorted returns findings, the worst first.
func sorted(findings []state.Finding) []state.Finding {
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(a, b state.Finding) int { return rank(a.Severity) - rank(b.Severity) })
	return findings
}

func (p *Page) refresh() {
	r := p.report()
	p.say(r)
	look.Enable(r.doing == "", p.again)
	p.failed.SetText(r.failed)
	p.failed.Hidden = r.failed == "" || r.calm
	p.calm.SetText(r.failed)
	p.calm.Hidden = !r.calm
	p.list.RemoveAll()
	if len(r.findings) == 0 && !r.at.IsZero() {
		p.list.Add(look.NewParagraph(words.T("doctor.nothing"), look.Style{Ink: ink.Dim}))
	}
	for _, f := range r.findings {
		p.list.Add(p.card(f, r.doing != ""))
	}
	p.column.Refresh()
}

// say sums the report up.
func (p *Page) say(r *report) {
	p.when.SetText("")
	if !r.at.IsZero() {
		p.when.SetText(words.T("doctor.when", "time", r.at.Local().Format(time.TimeOnly)))
	}
	switch {
	case r.doing != "":
		p.says.Set(ink.Faint, r.doing)
	case r.at.IsZero():
		p.says.Set(ink.Faint, words.T("doctor.unexamined"))
	case len(r.findings) == 0:
		p.says.Set(ink.Accent, words.T("doctor.well"))
	default:
		dot, _ := looks(r.worst())
		p.says.Set(dot, words.N("doctor.found", len(r.findings)))
	}
}
