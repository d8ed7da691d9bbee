package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Node is one thing that the window shows, as text, and where: for tests, and for programs that read the screen to
// people. Fyne offers no accessibility on Linux.
type Node struct {
	Role       string // "text", "button", "switch", "field" and so on
	Text       string
	State      string // "on", "off", "selected", "disabled", "problem: …"; "" where there is nothing to say
	X, Y, W, H float32
}

// outline appends what is visible of an object and of all within it, in the order in which it is drawn.
func outline(nodes []Node, o fyne.CanvasObject) []Node {
	if o == nil || !o.Visible() {
		return nodes
	}
	if n, ok := describe(o); ok {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		size := o.Size()
		n.X, n.Y, n.W, n.H = at.X, at.Y, size.Width, size.Height
		nodes = append(nodes, n)
	}
	for _, part := range parts(o) {
		nodes = outline(nodes, part)
	}
	return nodes
}

// parts returns what an object is made of, where that is worth looking at.
func parts(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case interface{ Parts() []fyne.CanvasObject }:
		return o.Parts()
	}
	return nil
}

// describe says what one object shows.
func describe(o fyne.CanvasObject) (Node, bool) {
	switch o := o.(type) {
	case interface {
		Describe() (role, text, state string)
	}:
		role, text, state := o.Describe()
		return Node{Role: role, Text: text, State: state}, true
	case *canvas.Text:
		return Node{Role: "text", Text: o.Text}, o.Text != ""
	case *widget.Label:
		return Node{Role: "text", Text: o.Text}, o.Text != ""
	case *widget.Entry:
		return Node{Role: "field", Text: o.Text}, true
	case fyne.Accessible:
		return Node{Role: "button", Text: o.AccessibilityLabel()}, true
	}
	return Node{}, false
}

// Outline returns what the window shows; nothing while it is hidden. It is called on the main goroutine.
func (w *Window) Outline() []Node {
	if !w.visible {
		return []Node{}
	}
	nodes := outline([]Node{}, w.window.Content())
	for _, o := range w.window.Canvas().Overlays().List() {
		nodes = outline(nodes, o)
	}
	return nodes
}
