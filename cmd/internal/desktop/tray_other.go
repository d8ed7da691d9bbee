//go:build !unix || darwin

package desktop

import "context"

// TrayHost knows whether the desktop shows tray icons. This system always does.
type TrayHost struct{}

// WatchTray calls changed with true.
func WatchTray(_ context.Context, changed func(shown bool)) (*TrayHost, error) {
	changed(true)
	return &TrayHost{}, nil
}

// Close ends nothing.
func (*TrayHost) Close() {}
