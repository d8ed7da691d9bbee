//go:build unix && !darwin

package desktop

import (
	"context"
	"fmt"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The names of the StatusNotifierItem specification
// (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/).
const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	hostThere   = watcher + ".IsStatusNotifierHostRegistered"
)

// TrayHost knows whether the desktop shows tray icons. Fyne and the library below it do not tell: without a host an
// icon is silently nowhere.
type TrayHost struct {
	conn    *dbus.Conn
	signals chan *dbus.Signal
	watched sync.WaitGroup
}

// WatchTray calls changed with whether the desktop shows tray icons: once before it returns, and from a goroutine of
// its own whenever that changes, until Close. The error says why nothing is known; changed was called with false then.
func WatchTray(ctx context.Context, changed func(shown bool)) (*TrayHost, error) {
	h := &TrayHost{signals: make(chan *dbus.Signal, 16)}
	if err := h.connect(ctx); err != nil {
		changed(false)
		h.Close()
		return nil, fmt.Errorf("D-Bus session bus: %w", err)
	}
	shown := h.shown()
	changed(shown)
	h.watched.Go(func() {
		for range h.signals {
			if now := h.shown(); now != shown {
				shown = now
				changed(shown)
			}
		}
	})
	return h, nil
}

func (h *TrayHost) connect(ctx context.Context) (err error) {
	if h.conn, err = dbus.ConnectSessionBus(dbus.WithContext(ctx)); err != nil {
		return err
	}
	if err := h.conn.AddMatchSignal(
		dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher),
	); err != nil {
		return err
	}
	if err := h.conn.AddMatchSignal(dbus.WithMatchObjectPath(watcherPath), dbus.WithMatchInterface(watcher)); err != nil {
		return err
	}
	h.conn.Signal(h.signals)
	return nil
}

// shown asks the bus. A watcher that does not know the property is believed to have a host.
func (h *TrayHost) shown() bool {
	var there bool
	if err := h.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&there); err != nil || !there {
		return false
	}
	v, err := h.conn.Object(watcher, watcherPath).GetProperty(hostThere)
	if err != nil {
		return true
	}
	registered, ok := v.Value().(bool)
	return registered || !ok
}

// Close ends the watching. A nil TrayHost has nothing to end.
func (h *TrayHost) Close() {
	if h == nil {
		return
	}
	if h.conn != nil {
		_ = h.conn.Close() // closes the channel of signals
	}
	h.watched.Wait()
}
