package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Node is one thing that the window shows, as text, and where: for tests, and for programs that read the screen to
// people. Fyne offers no accessibility on Linux.
type Node struct {
	Role       string // "text", "button", "switch", "field", "row", "item" of a menu, "focus" and so on
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
		nodes = append(nodes, placed(n, o))
	}
	if pixels, ok := o.(rows); ok {
		nodes = each(nodes, o, pixels)
	}
	for _, part := range parts(o) {
		nodes = outline(nodes, part)
	}
	return nodes
}

// placed returns a node with the place of an object.
func placed(n Node, o fyne.CanvasObject) Node {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	n.X, n.Y, n.W, n.H = at.X, at.Y, o.Size().Width, o.Size().Height
	return n
}

// rows is a widget that draws its rows into one picture.
type rows interface {
	EachRow(func(text, state string, top, height float32))
}

func each(nodes []Node, o fyne.CanvasObject, pixels rows) []Node {
	whole := placed(Node{Role: "row"}, o)
	pixels.EachRow(func(text, state string, top, height float32) {
		n := whole
		n.Text, n.State, n.Y, n.H = text, state, whole.Y+top, height
		nodes = append(nodes, n)
	})
	return nodes
}

// parts returns what an object is made of, where that is worth looking at.
func parts(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *widget.PopUpMenu:
		return o.Items
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
	case entry:
		text, _ := exported[string](o, "Text")
		return Node{Role: "field", Text: text}, true
	case *fyne.Container:
		return Node{}, false
	case fyne.Accessible:
		return Node{Role: string(o.AccessibilityRole()), Text: o.AccessibilityLabel()}, true
	}
	if item, ok := exported[*fyne.MenuItem](o, "Item"); ok && !item.IsSeparator {
		return Node{Role: "item", Text: item.Label, State: disabled(item)}, true
	}
	return Node{}, false
}

// entry is a widget.Entry, or what extends one.
type entry interface {
	fyne.CanvasObject
	SelectedText() string
}

func disabled(item *fyne.MenuItem) string {
	if item.Disabled {
		return "disabled"
	}
	return ""
}

// exported returns a field of an object whose type is not known here: Fyne does not export those of the entries of a
// menu and of an overlay.
func exported[T any](o fyne.CanvasObject, field string) (value T, ok bool) {
	v := reflect.ValueOf(o)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return value, false
	}
	f := v.Elem().FieldByName(field)
	if !f.IsValid() || !f.CanInterface() {
		return value, false
	}
	value, ok = f.Interface().(T)
	return value, ok
}

// Outline returns what the window shows; nothing while it is hidden. The last node is what has the focus, if anything
// has. It is called on the main goroutine.
func (w *Window) Outline() []Node {
	if !w.visible {
		return []Node{}
	}
	c := w.window.Canvas()
	nodes := outline([]Node{}, w.window.Content())
	for _, o := range c.Overlays().List() {
		if content, ok := exported[fyne.CanvasObject](o, "Content"); ok {
			o = content
		}
		nodes = outline(nodes, o)
	}
	if o, ok := c.Focused().(fyne.CanvasObject); ok {
		n, _ := describe(o)
		n.Role = "focus"
		nodes = append(nodes, placed(n, o))
	}
	return nodes
}
