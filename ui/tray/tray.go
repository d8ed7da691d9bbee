package tray

import (
	"reflect"

	"culvert/ui/state"
)

// Icon is one of the three icons.
type Icon uint8

// The icons.
const (
	IconOff       Icon = iota // nothing is served: the hollow arch
	IconOn                    // something is: the filled one
	IconAttention             // something needs the user: with a dot
)

// IconOf returns the icon for what is shown.
func IconOf(s *state.State) Icon {
	switch {
	case s.Attention():
		return IconAttention
	case s.Serving():
		return IconOn
	}
	return IconOff
}

// File returns the icon's name in the folder icons of the assets.
func (i Icon) File() string {
	switch i {
	case IconOn:
		return "tray-on.svg"
	case IconAttention:
		return "tray-attention.svg"
	default:
		return "tray-off.svg"
	}
}

// Host is the desktop's side of the tray.
type Host interface {
	SetIcon(i Icon)
	// SetMenu replaces the menu. A click on an item is told to the owner of the host.
	SetMenu(items []Item)
}

// Tray keeps a host up to date.
type Tray struct {
	host  Host
	shown bool
	icon  Icon
	menu  []Item
}

// New returns a tray that shows nothing yet.
func New(h Host) *Tray { return &Tray{host: h} }

// Show brings the host up to date. What has not changed is left alone.
func (t *Tray) Show(s *state.State) {
	icon, menu := IconOf(s), Menu(s)
	if !t.shown || icon != t.icon {
		t.host.SetIcon(icon)
	}
	if !t.shown || !reflect.DeepEqual(menu, t.menu) {
		t.host.SetMenu(menu)
	}
	t.shown, t.icon, t.menu = true, icon, menu
}
