package tunnel

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"testing"
)

func TestAlertsInTheClearAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		pieces []string
		alert  uint8
		ok     bool
	}{
		"alone":                   {[]string{"\x15\x03\x03\x00\x02\x02\x30"}, alertUnknownCA, true},
		"in pieces":               {[]string{"\x15", "\x03\x03\x00\x02", "\x02\x30"}, alertUnknownCA, true},
		"behind something":        {[]string{"hello", "\x16\x03\x01\x15\x03\x03\x00\x02\x01\x5a"}, alertUserCanceled, true},
		"before something":        {[]string{"\x15\x03\x03\x00\x02\x02\x30", "x"}, 0, false},
		"encrypted":               {[]string{"\x15\x03\x03\x00\x1a\x00\x00"}, 0, false},
		"of a level there is not": {[]string{"\x15\x03\x03\x00\x02\x03\x30"}, 0, false},
		"nothing":                 {nil, 0, false},
	} {
		var end tail
		for _, p := range c.pieces {
			end.add([]byte(p))
		}
		if alert, ok := end.alert(); ok != c.ok || ok && alert != c.alert {
			t.Errorf("%s: %d, %v", name, alert, ok)
		}
	}
}

func TestAlertsOfThePeerAreToldByTheirText(t *testing.T) {
	for alert := range 256 {
		err := fmt.Errorf("handshake: %w", &net.OpError{Op: "remote error", Err: tls.AlertError(alert)})
		if got, ok := alertOf(err); !ok || int(got) != alert {
			t.Errorf("alert %d is taken for %d, %v", alert, got, ok)
		}
	}
	for _, err := range []error{io.EOF, &net.OpError{Op: "local error", Err: tls.AlertError(48)}, &net.OpError{Op: "remote error"}} {
		if alert, ok := alertOf(err); ok {
			t.Errorf("%v is the alert %d", err, alert)
		}
	}
}

func FuzzAlertAtTheEndOfAStream(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x01x"), []byte("\x15\x03\x03\x00\x02\x02\x30"))
	f.Add([]byte("\x15\x03\x03"), []byte("\x00\x02\x01\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var pieces, whole tail
		pieces.add(a)
		pieces.add(b)
		whole.add(append(a[:len(a):len(a)], b...))
		alert, ok := pieces.alert()
		if other, too := whole.alert(); pieces != whole || alert != other || ok != too {
			t.Errorf("in pieces %x: %d, %v; as a whole %x: %d, %v", pieces, alert, ok, whole, other, too)
		}
	})
}
