package welcome

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"culvert/ui/look"
	"culvert/ui/state"
	"culvert/ui/words"
)

// pageWidth is the width of the column in the middle of a page, in Fyne units.
const pageWidth = 620

// Page is the start page, or the page to add one more project. Its methods are called on the main goroutine.
type Page struct {
	trust   *trustCard // nil where the page is only for adding
	add     *addCard
	column  *fyne.Container
	content fyne.CanvasObject
}

// New returns the start page: trust, then a project.
func New(o Options) *Page {
	p := &Page{trust: newTrustCard(&o), add: newAddCard(&o, words.T("welcome.step2"))}
	arch := canvas.NewImageFromResource(look.Icon("arch"))
	arch.FillMode = canvas.ImageFillContain
	p.fill(look.Column(18,
		look.Fixed(0, 52, arch),
		look.Pad(8, 0, 0, 0, look.NewText(words.T("welcome.headline"),
			look.Style{Size: look.Title, Bold: true, Align: fyne.TextAlignCenter})),
		p.trust.content, p.add.content))
	p.trust.resized = p.column.Refresh
	return p
}

// NewAdd returns the page to add a project.
func NewAdd(o Options) *Page {
	p := &Page{add: newAddCard(&o, words.T("welcome.addTitle"))}
	p.fill(p.add.content)
	return p
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Show shows what has changed.
func (p *Page) Show(s *state.State) {
	p.add.show(s)
	if p.trust != nil {
		p.trust.authority.show(s.Trust)
	}
}

// Drop adds what was dropped onto the window: project files, and folders with project files in them.
func (p *Page) Drop(paths []string) { p.add.drop(paths) }

// Focus gives the keyboard to the field for the address. Fyne itself knows the canvas of an object only once it has been
// drawn there.
func (p *Page) Focus(c fyne.Canvas) { c.Focus(p.add.field) }

// fill puts a column into the middle of the page, which scrolls where it is too low.
func (p *Page) fill(o fyne.CanvasObject) {
	p.column = container.New(&column{}, o)
	p.content = container.NewVScroll(p.column)
	p.add.resized = p.column.Refresh
}

type column struct{}

const columnPad = 16

func (column) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(320, os[0].MinSize().Height+2*columnPad)
}

func (column) Layout(os []fyne.CanvasObject, s fyne.Size) {
	width := min(pageWidth, s.Width-2*columnPad)
	os[0].Resize(fyne.NewSize(width, os[0].MinSize().Height))
	height := os[0].MinSize().Height // paragraphs in it know their width now
	os[0].Resize(fyne.NewSize(width, height))
	os[0].Move(fyne.NewPos((s.Width-width)/2, max(columnPad, (s.Height-height)/2)))
}
