//go:build unix && !darwin

package desktop

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// dialTimeout bounds how long a display may take to accept a connection.
const dialTimeout = 2 * time.Second

// Display returns nil if a window can be shown: if a Wayland compositor or an X server accepts connections where the
// environment says it does. The error tells in words why not.
func Display(env func(string) string) error {
	wayland, x := env("WAYLAND_DISPLAY"), env("DISPLAY")
	if wayland == "" && x == "" {
		return errors.New("neither DISPLAY nor WAYLAND_DISPLAY is set")
	}
	var problems []string
	if wayland != "" {
		path := wayland
		if !filepath.IsAbs(path) {
			path = filepath.Join(env("XDG_RUNTIME_DIR"), path)
		}
		if accepts("unix", path) {
			return nil
		}
		problems = append(problems, fmt.Sprintf("no Wayland compositor answers at %s", path))
	}
	if x != "" {
		for _, a := range xAddresses(x) {
			if accepts(a.network, a.address) {
				return nil
			}
		}
		problems = append(problems, fmt.Sprintf("no X server answers for DISPLAY %q", x))
	}
	return errors.New(strings.Join(problems, ", "))
}

func accepts(network, address string) bool {
	c, err := net.DialTimeout(network, address, dialTimeout)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

type xAddress struct{ network, address string }

// xAddresses returns where the server of a DISPLAY such as ":0", "host:10.0" or "/path/to/socket:0" may listen
// (X(7), DISPLAY NAMES; xtrans).
func xAddresses(display string) []xAddress {
	colon := strings.LastIndexByte(display, ':')
	if colon < 0 {
		return nil
	}
	host, number := display[:colon], display[colon+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.ParseUint(number, 10, 15)
	if err != nil {
		return nil
	}
	socket := fmt.Sprintf("/tmp/.X11-unix/X%d", n)
	switch {
	case host == "" || host == "unix":
		return []xAddress{{"unix", "@" + socket}, {"unix", socket}}
	case strings.HasPrefix(host, "/"):
		return []xAddress{{"unix", display}, {"unix", host}}
	}
	return []xAddress{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.FormatUint(6000+n, 10))}}
}
