package sidebar

import "fyne.io/fyne/v2"

// Parts returns the rows in view.
func (l *list) Parts() []fyne.CanvasObject { return l.shown }

// Describe is a project's name, how it does where that is not well, and its address; selected, if it is.
func (v *projectView) Describe() (role, text, state string) {
	text = v.project.Name
	if health := v.pane.words.health[v.project.Health]; health != "" {
		text += " · " + health
	}
	for _, more := range []string{v.address, v.degraded, v.exposed} {
		if more != "" {
			text += " · " + more
		}
	}
	if v.marked {
		state = "selected"
	}
	return "project", text, state
}

// Describe is the group's name, and how many of it are on.
func (v *headingView) Describe() (role, text, state string) {
	return "group", v.AccessibilityLabel(), ""
}

// Parts returns the question and its answers.
func (v *confirmView) Parts() []fyne.CanvasObject { return []fyne.CanvasObject{v.content} }

// Describe is what is said of the CA.
func (p *trustPill) Describe() (role, text, state string) { return "button", p.word.Text(), "" }
