package main

import (
	"bytes"
	"fmt"
	"image/png"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/systray"

	"culvert/assets"
	"culvert/ui/tray"
)

// statusIcon is the tray of the desktop. It uses the library below Fyne itself, because Fyne's own menu has no empty
// checkboxes and is made anew on each change, which closes it under the user's hand. Its methods are called on the main
// goroutine.
type statusIcon struct {
	clicked func(tray.Action) // from any goroutine
	entries []*entry
}

// entry is one entry of the menu as the desktop has it. item is nil for a separator.
type entry struct {
	item     *systray.MenuItem
	shown    tray.Item
	action   atomic.Pointer[tray.Action]
	children []*entry
}

// startStatusIcon registers the icon with the desktop. ready is called from another goroutine, once the icon can be
// shown. The app's name is what desktops print beside it.
func startStatusIcon(name string, clicked func(tray.Action), opened, ready func()) *statusIcon {
	s := &statusIcon{clicked: clicked}
	start, _ := systray.RunWithExternalLoop(func() {
		if runtime.GOOS == "linux" {
			systray.SetTitle(name) // some panels crash without one (fyne-io/fyne#3678)
		} else {
			systray.SetTooltip(name)
		}
		ready()
	}, nil)
	if runtime.GOOS != "darwin" { // there a click opens the menu
		systray.SetOnTapped(opened)
	}
	start()
	return s
}

// stop takes the icon away.
func (s *statusIcon) stop() { systray.Quit() }

// iconSize is in pixels: enough for a panel of a HiDPI desktop, which scales it down.
const iconSize = 64

// SetIcon shows one of the three icons.
func (s *statusIcon) SetIcon(i tray.Icon) {
	data, err := picture(i)
	if err != nil {
		fyne.LogError("tray icon", err)
		return
	}
	systray.SetIcon(data)
}

// picture renders an icon in the form that the desktop takes.
func picture(i tray.Icon) ([]byte, error) {
	svg, err := assets.FS.ReadFile("icons/" + i.File())
	if err != nil {
		return nil, err
	}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(fyne.NewStaticResource(i.File(), svg)))
	c.Resize(fyne.NewSquareSize(iconSize))
	var b bytes.Buffer
	if err := png.Encode(&b, c.Capture()); err != nil {
		return nil, fmt.Errorf("%s: %w", i.File(), err)
	}
	if runtime.GOOS == "windows" {
		return ico(b.Bytes()), nil
	}
	return b.Bytes(), nil
}

// ico puts a PNG of iconSize pixels into an .ico file (https://learn.microsoft.com/en-us/previous-versions/ms997538;
// PNG entries since Windows Vista).
func ico(image []byte) []byte {
	const header = 6 + 16
	n := len(image)
	return slices.Concat([]byte{
		0, 0, 1, 0, 1, 0, // reserved, type icon, one image
		iconSize, iconSize, 0, 0, 1, 0, 32, 0, // width, height, no palette, one plane, 32 bits
		byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), header, 0, 0, 0,
	}, image)
}

// SetMenu shows a menu. Where only texts, checks and actions differ from the one that is shown, its entries are changed
// in place, so an open menu stays open.
func (s *statusIcon) SetMenu(items []tray.Item) {
	if !sameShape(s.entries, items) {
		systray.ResetMenu()
		s.entries = s.build(nil, items)
		return
	}
	update(s.entries, items)
}

func sameShape(entries []*entry, items []tray.Item) bool {
	return slices.EqualFunc(entries, items, func(e *entry, item tray.Item) bool {
		return (e.item == nil) == (item.Label == "") && e.shown.Checkbox == item.Checkbox && sameShape(e.children, item.Children)
	})
}

// build adds entries to the menu, or to the submenu of parent.
func (s *statusIcon) build(parent *systray.MenuItem, items []tray.Item) (entries []*entry) {
	for _, item := range items {
		e := &entry{shown: item, item: add(parent, item)}
		entries = append(entries, e)
		if e.item == nil {
			continue
		}
		e.action.Store(&item.Action)
		if item.Disabled {
			e.item.Disable()
		}
		e.children = s.build(e.item, item.Children)
		go func() {
			for range e.item.ClickedCh { // it is closed when the entry is removed
				s.clicked(*e.action.Load())
			}
		}()
	}
	return entries
}

// add adds one entry; nil for a separator.
func add(parent *systray.MenuItem, item tray.Item) *systray.MenuItem {
	label := mnemonics(item.Label)
	switch {
	case item.Label == "" && parent != nil:
		parent.AddSeparator()
		return nil
	case item.Label == "":
		systray.AddSeparator()
		return nil
	case parent != nil && item.Checkbox:
		return parent.AddSubMenuItemCheckbox(label, "", item.Checked)
	case parent != nil:
		return parent.AddSubMenuItem(label, "")
	case item.Checkbox:
		return systray.AddMenuItemCheckbox(label, "", item.Checked)
	}
	return systray.AddMenuItem(label, "")
}

// update makes entries of the same shape show other items.
func update(entries []*entry, items []tray.Item) {
	for i, e := range entries {
		was, item := e.shown, items[i]
		e.shown = item
		if e.item == nil {
			continue
		}
		e.action.Store(&item.Action)
		if was.Label != item.Label {
			e.item.SetTitle(mnemonics(item.Label))
		}
		switch {
		case was.Checked == item.Checked:
		case item.Checked:
			e.item.Check()
		default:
			e.item.Uncheck()
		}
		switch {
		case was.Disabled == item.Disabled:
		case item.Disabled:
			e.item.Disable()
		default:
			e.item.Enable()
		}
		update(e.children, item.Children)
	}
}

// mnemonics doubles the character that marks an access key, which a project's name may hold: "_" in dbusmenu, "&" on
// Windows.
func mnemonics(label string) string {
	switch runtime.GOOS {
	case "windows":
		return strings.ReplaceAll(label, "&", "&&")
	case "darwin":
		return label
	}
	return strings.ReplaceAll(label, "_", "__")
}
