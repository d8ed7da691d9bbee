package tunnel

import (
	"crypto/tls"
	"errors"
	"net"
	"strconv"
)

// The alerts that this package acts on (RFC 8446 §6, RFC 7301 §3.2).
const (
	alertCloseNotify           = 0
	alertHandshakeFailure      = 40
	alertBadCertificate        = 42
	alertCertificateExpired    = 45
	alertCertificateUnknown    = 46
	alertUnknownCA             = 48
	alertProtocolVersion       = 70
	alertInsufficientSecurity  = 71
	alertUserCanceled          = 90
	alertUnrecognizedName      = 112
	alertNoApplicationProtocol = 120
)

// alertName returns an alert by its name in RFC 8446 §6.
func alertName(alert uint8) string {
	names := map[uint8]string{
		alertCloseNotify: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
		alertHandshakeFailure: "handshake_failure", alertBadCertificate: "bad_certificate", 43: "unsupported_certificate",
		44: "certificate_revoked", alertCertificateExpired: "certificate_expired",
		alertCertificateUnknown: "certificate_unknown", 47: "illegal_parameter", alertUnknownCA: "unknown_ca",
		49: "access_denied", 50: "decode_error", 51: "decrypt_error", alertProtocolVersion: "protocol_version",
		alertInsufficientSecurity: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
		alertUserCanceled: "user_canceled", 109: "missing_extension", 110: "unsupported_extension",
		alertUnrecognizedName: "unrecognized_name", 113: "bad_certificate_status_response", 115: "unknown_psk_identity",
		116: "certificate_required", alertNoApplicationProtocol: "no_application_protocol",
	}
	if name, ok := names[alert]; ok {
		return name
	}
	return "alert " + strconv.Itoa(int(alert))
}

// alertOf returns the alert of the peer's that err tells of. crypto/tls has no exported type for it: its text tells.
func alertOf(err error) (alert uint8, ok bool) {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" || remote.Err == nil {
		return 0, false
	}
	for alert := range 256 {
		if remote.Err.Error() == tls.AlertError(alert).Error() {
			return uint8(alert), true
		}
	}
	return 0, false
}

// alertRecord is the size of an alert that is not encrypted, with the header of its record (RFC 8446 §5.1, §6).
const alertRecord = 7

// tail is the end of a stream of TLS records: whoever ends a handshake with an alert sends nothing more.
type tail [alertRecord]byte

func (t *tail) add(p []byte) {
	if n := len(p); n < len(t) {
		copy(t[:], t[n:])
		copy(t[len(t)-n:], p)
		return
	}
	copy(t[:], p[len(p)-len(t):])
}

// alert returns the alert that the stream ends with, if it is not encrypted.
func (t *tail) alert() (alert uint8, ok bool) {
	const recordTypeAlert, warning, fatal = 21, 1, 2
	ok = t[0] == recordTypeAlert && t[1] == 3 && t[3] == 0 && t[4] == 2 && (t[5] == warning || t[5] == fatal)
	return t[6], ok
}
