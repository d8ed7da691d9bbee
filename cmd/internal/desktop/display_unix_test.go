//go:build unix && !darwin

package desktop

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
)

func TestDisplay(t *testing.T) {
	screen := desktoptest.NewScreen(t)
	compositor := filepath.Join(t.TempDir(), "wayland-7")
	l, err := net.Listen("unix", compositor)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		name string
		env  map[string]string
		want string // part of the error, "" for none
	}{
		{"nothing is set", nil, "neither DISPLAY nor WAYLAND_DISPLAY is set"},
		{"a running X server", map[string]string{"DISPLAY": screen.Display}, ""},
		{"a running X server with its screen", map[string]string{"DISPLAY": screen.Display + ".0"}, ""},
		{"an X server that is not there", map[string]string{"DISPLAY": ":32000"}, `no X server answers for DISPLAY ":32000"`},
		{"a DISPLAY that is none", map[string]string{"DISPLAY": "screen"}, `no X server answers for DISPLAY "screen"`},
		{"a running compositor", map[string]string{"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": filepath.Dir(compositor)}, ""},
		{"a compositor by its path", map[string]string{"WAYLAND_DISPLAY": compositor}, ""},
		{"a compositor that is gone beside an X server", map[string]string{"WAYLAND_DISPLAY": "/none", "DISPLAY": screen.Display}, ""},
		{"a compositor that is gone", map[string]string{"WAYLAND_DISPLAY": "/none"}, "no Wayland compositor answers at /none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Display(func(name string) string { return c.env[name] })
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
