package textview

// Describe is that of a document, whose rows EachRow tells.
func (v *View) Describe() (role, text, state string) { return "document", "", "" }

// EachRow tells of each row in view: its text, and where it lies in the view.
func (v *View) EachRow(f func(text, state string, top, height float32)) {
	if v.face == nil {
		return
	}
	line, row, y := v.top.line, v.top.row, v.page.top-v.top.px
	for line < v.count() && y < v.page.h {
		l := v.line(line)
		from, to := l.row(row)
		f(string(l.text[from:to]), "", float32(y)/v.page.scale, float32(v.page.pitch)/v.page.scale)
		y += v.page.pitch
		if row++; row >= v.rows(line) {
			line, row = line+1, 0
		}
	}
}
