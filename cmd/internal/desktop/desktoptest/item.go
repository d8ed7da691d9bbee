package desktoptest

import (
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Item is a tray icon as a panel sees it.
type Item struct {
	conn *dbus.Conn
	name string
}

const (
	itemPath  = "/StatusNotifierItem"
	itemIface = "org.kde.StatusNotifierItem"
	menuIface = "com.canonical.dbusmenu"
)

// Property returns one of the icon's properties, such as "Title".
func (i *Item) Property(t T, name string) any {
	t.Helper()
	v, err := i.conn.Object(i.name, itemPath).GetProperty(itemIface + "." + name)
	if err != nil {
		t.Fatalf("%s of the tray icon: %v", name, err)
	}
	return v.Value()
}

// Icon returns the pixels that are shown: ARGB, in network byte order.
func (i *Item) Icon(t T) string {
	t.Helper()
	var pixmaps []struct {
		W, H int32
		Pix  []byte
	}
	v, err := i.conn.Object(i.name, itemPath).GetProperty(itemIface + ".IconPixmap")
	if err != nil {
		t.Fatalf("the icon's pixels: %v", err)
	}
	if err := v.Store(&pixmaps); err != nil || len(pixmaps) == 0 {
		t.Fatalf("the icon's pixels: %v, %v", pixmaps, err)
	}
	return string(pixmaps[0].Pix)
}

// Activate is a click on the icon.
func (i *Item) Activate(t T) {
	t.Helper()
	if err := i.conn.Object(i.name, itemPath).Call(itemIface+".Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.Fatalf("click on the icon: %v", err)
	}
}

// Entry is one entry of the icon's menu.
type Entry struct {
	ID       int32
	Label    string // without the marks of access keys; "" for a separator
	Checkbox bool
	Checked  bool
	Disabled bool
	Children []Entry
}

// layout is an entry on the wire: (ia{sv}av).
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// Menu reads the menu (https://github.com/AyatanaIndicators/libdbusmenu, dbus-menu.xml).
func (i *Item) Menu(t T) []Entry {
	t.Helper()
	path, ok := i.Property(t, "Menu").(dbus.ObjectPath)
	if !ok {
		t.Fatal("the tray icon has no menu")
	}
	var revision uint32
	var root layout
	call := i.conn.Object(i.name, path).Call(menuIface+".GetLayout", 0, int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		t.Fatalf("the menu: %v", err)
	}
	return entry(t, root).Children
}

func entry(t T, l layout) Entry {
	t.Helper()
	e := Entry{ID: l.ID}
	label, _ := l.Properties["label"].Value().(string)
	e.Label = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(label, "__", "\x00"), "_", ""), "\x00", "_")
	kind, _ := l.Properties["toggle-type"].Value().(string)
	state, _ := l.Properties["toggle-state"].Value().(int32)
	e.Checkbox, e.Checked = kind == "checkmark", kind == "checkmark" && state == 1
	if enabled, ok := l.Properties["enabled"].Value().(bool); ok {
		e.Disabled = !enabled
	}
	for _, v := range l.Children {
		var child layout
		if err := v.Store(&child); err != nil {
			t.Fatalf("an entry of the menu: %v", err)
		}
		e.Children = append(e.Children, entry(t, child))
	}
	return e
}

// Find returns the entry whose label begins with a text, at any depth.
func Find(menu []Entry, label string) (Entry, bool) {
	for _, e := range menu {
		if strings.HasPrefix(e.Label, label) {
			return e, true
		}
		if child, ok := Find(e.Children, label); ok {
			return child, true
		}
	}
	return Entry{}, false
}

// Wait waits until the menu has an entry whose label begins with a text and that is as wanted; nil wants nothing.
func (i *Item) Wait(t T, label string, want func(Entry) bool) (found Entry) {
	t.Helper()
	Until(t, fmt.Sprintf("an entry %q of the menu is as wanted", label), func() bool {
		var ok bool
		found, ok = Find(i.Menu(t), label)
		return ok && (want == nil || want(found))
	})
	return found
}

// Click clicks the entry whose label begins with a text, which it waits for.
func (i *Item) Click(t T, label string) {
	t.Helper()
	e := i.Wait(t, label, nil)
	path, _ := i.Property(t, "Menu").(dbus.ObjectPath)
	call := i.conn.Object(i.name, path).Call(menuIface+".Event", 0, e.ID, "clicked", dbus.MakeVariant(int32(0)), uint32(0))
	if call.Err != nil {
		t.Fatalf("click on %q: %v", label, call.Err)
	}
}
