//go:build unix && !darwin

package desktop

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"culvert/cmd/internal/desktop/desktoptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// next returns the next thing that was told.
func next(t *testing.T, told <-chan bool) bool {
	t.Helper()
	select {
	case shown := <-told:
		return shown
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was told")
		return false
	}
}

func TestTrayHost(t *testing.T) {
	address := desktoptest.Bus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	told := make(chan bool, 16)
	h, err := WatchTray(t.Context(), func(shown bool) { told <- shown })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	if next(t, told) {
		t.Error("a bare bus is believed to show tray icons")
	}
	w := desktoptest.Watch(t, address)
	if !next(t, told) {
		t.Error("a panel came, and icons are believed to be hidden")
	}
	w.SetHost(t, false)
	if next(t, told) {
		t.Error("the watcher lost its host, and icons are believed to be shown")
	}
	w.SetHost(t, true)
	if !next(t, told) {
		t.Error("the host is back, and icons are believed to be hidden")
	}
	w.Close()
	if next(t, told) {
		t.Error("the panel is gone, and icons are believed to be shown")
	}
}

func TestWithoutABusNothingIsShown(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/bus")
	told := make(chan bool, 1)
	h, err := WatchTray(t.Context(), func(shown bool) { told <- shown })
	if err == nil {
		h.Close()
		t.Error("no error for a bus that is not there")
	}
	if next(t, told) {
		t.Error("icons are believed to be shown")
	}
}
