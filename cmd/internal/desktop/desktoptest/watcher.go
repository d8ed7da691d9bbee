package desktoptest

import (
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// Watcher is the part of a panel that icons register with
// (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/).
type Watcher struct {
	conn  *dbus.Conn
	props *prop.Properties

	mu    sync.Mutex
	items []string // bus names
}

// Watch puts a watcher with a host on the bus. It goes with Close, or with the test.
func Watch(t T, address string) *Watcher {
	t.Helper()
	w := &Watcher{conn: dial(t, address)}
	err := w.conn.ExportMethodTable(map[string]any{
		"RegisterStatusNotifierItem": w.register,
		"RegisterStatusNotifierHost": func(string) *dbus.Error { return nil },
	}, watcherPath, watcherName)
	if err != nil {
		t.Fatal(err)
	}
	w.props, err = prop.Export(w.conn, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true},
		"ProtocolVersion":                {Value: int32(0)},
		"RegisteredStatusNotifierItems":  {Value: []string{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := w.conn.RequestName(watcherName, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name of the watcher: %v, %v", reply, err)
	}
	return w
}

// register is called by an icon, with its object path or its bus name.
func (w *Watcher) register(sender dbus.Sender, service string) *dbus.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasPrefix(service, "/") {
		service = string(sender)
	}
	w.items = append(w.items, service)
	return nil
}

// SetHost says whether a panel shows what is registered.
func (w *Watcher) SetHost(t T, there bool) {
	t.Helper()
	w.props.SetMust(watcherName, "IsStatusNotifierHostRegistered", there)
	signal := "StatusNotifierHostRegistered"
	if !there {
		signal = "StatusNotifierHostUnregistered"
	}
	if err := w.conn.Emit(watcherPath, watcherName+"."+signal); err != nil {
		t.Fatal(err)
	}
}

// Items returns the bus names of the icons that have registered.
func (w *Watcher) Items() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.items...)
}

// Close takes the watcher off the bus, as a panel that is closed.
func (w *Watcher) Close() { _ = w.conn.Close() }

// Item waits for the first icon and returns it.
func (w *Watcher) Item(t T) *Item {
	t.Helper()
	Until(t, "an icon registers", func() bool { return len(w.Items()) > 0 })
	return &Item{conn: w.conn, name: w.Items()[0]}
}
