package tunnel

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"culvert/tunnel/capture"
)

// greeting is a connection over TLS up to the first byte of its first request: what there is to tell if it does not come
// so far. It belongs to the goroutine that serves the connection.
type greeting struct {
	began       time.Time
	hello       *tls.ClientHelloInfo // nil before it came whole
	refusal     error                // why there is no certificate
	own         bool                 // the certificate is one that a project brings
	shaken      bool                 // hands are
	heard, said tail                 // what came and what was sent, so far
}

// certificate gets the certificate for a hello.
func (g *greeting) certificate(
	get func(*tls.ClientHelloInfo) (*tls.Certificate, error), hello *tls.ClientHelloInfo,
) (*tls.Certificate, error) {
	cert, err := get(hello)
	if err != nil {
		g.refusal = err
		return nil, nil // crypto/tls makes this the alert unrecognized_name (RFC 6066 §3)
	}
	return cert, nil
}

// failure tells why the client made no request: err ended the connection. ok is false where nothing failed: browsers
// open connections that they never use.
//
// A client may complete the handshake before it has judged the certificate, as Firefox does over TLS 1.2: its alert then
// comes where the request was to be. Programs on OpenSSL send theirs in the clear where TLS 1.3 wants it encrypted, which
// crypto/tls takes for damage.
func (g *greeting) failure(err error) (h capture.FailedHandshake, ok bool) {
	client := programOf(g.hello)
	h = capture.FailedHandshake{Time: g.began, Duration: time.Since(g.began), Program: client.name, By: capture.Client}
	if g.hello != nil {
		h.ServerName, h.ALPN = g.hello.ServerName, strings.Join(g.hello.SupportedProtos, ", ")
	}
	alert, alerted := alertOf(err)
	if !alerted {
		alert, alerted = g.heard.alert()
	}
	timeout, _ := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, net.ErrClosed): // the address is closed
		return h, false
	case alerted && alert != alertCloseNotify && alert != alertUserCanceled:
		g.told(&h, alert, client)
	case g.shaken && !(client.after && ended(err)):
		return h, false
	case g.refusal != nil:
		g.refused(&h)
	case ended(err) || alerted:
		return h, g.dropped(&h, client)
	case timeout != nil && timeout.Timeout():
		h.Reason = capture.TimedOut
	default:
		g.failed(&h, err)
	}
	return h, true
}

// told explains an alert of the client's (RFC 8446 §6.2).
func (g *greeting) told(h *capture.FailedHandshake, alert uint8, client program) {
	h.Alert = alertName(alert)
	switch alert {
	case alertBadCertificate, alertCertificateUnknown, alertUnknownCA:
		g.distrusted(h, client)
	case alertCertificateExpired:
		h.Reason, h.Fix = capture.Expired, "set the clock of this machine right"
	case alertProtocolVersion, alertHandshakeFailure, alertInsufficientSecurity, alertNoApplicationProtocol:
		h.Reason, h.Detail = capture.Incompatible, "it answered with the alert "+h.Alert
	}
}

// trustOwn is how a client is made to trust a certificate that a project brings.
const trustOwn = "have it trust the CA that signed the certificate, or leave [certificate] out of the project file"

// distrusted explains that the client does not trust the certificate.
func (g *greeting) distrusted(h *capture.FailedHandshake, client program) {
	if g.own {
		h.Reason, h.Fix = capture.OwnDistrusted, trustOwn
		return
	}
	h.Reason, h.Fix = capture.Distrusted, trust(client)
}

// trust returns how a client is made to trust the CA.
func trust(client program) string {
	if client.alone {
		return "start it with: culvert exec -- COMMAND"
	}
	return "run: culvert trust"
}

// refused explains why there is no certificate. A name that may not be signed is an error that wraps the alert for it.
func (g *greeting) refused(h *capture.FailedHandshake) {
	h.By, h.Alert, h.Reason, h.Detail = capture.Tunnel, alertName(alertUnrecognizedName), capture.NoCertificate, g.refusal.Error()
	if alert, ok := errors.AsType[tls.AlertError](g.refusal); ok && alert == alertUnrecognizedName {
		h.Reason = capture.NameRefused
	}
}

// dropped explains a connection that the client closed without an alert; false where that is nothing of note.
func (g *greeting) dropped(h *capture.FailedHandshake, client program) bool {
	switch {
	case client.ahead:
		return false
	case client.midway || client.after && g.shaken:
		g.distrusted(h, client)
	case g.own:
		h.Reason, h.Fix = capture.BrokenOff, "if it does not trust the certificate that the project brings, "+trustOwn
	default:
		h.Reason, h.Fix = capture.BrokenOff, "if it does not trust the CA, "+trust(client)
	}
	return true
}

// failed explains a handshake that was ended on this side.
func (g *greeting) failed(h *capture.FailedHandshake, err error) {
	h.By, h.Detail = capture.Tunnel, strings.TrimPrefix(err.Error(), "tls: ")
	alert, ok := g.said.alert()
	if ok {
		h.Alert = alertName(alert)
	}
	_, stray := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case stray || g.hello == nil:
		h.Reason = capture.NotTLS
	case ok && alert == alertProtocolVersion:
		h.Reason, h.Detail = capture.Incompatible, "it offers "+versions(g.hello)+" at most"
		h.Fix = "update it, or let it use TLS 1.2 or later"
	case ok && (alert == alertHandshakeFailure || alert == alertInsufficientSecurity || alert == alertNoApplicationProtocol):
		h.Reason = capture.Incompatible
	}
}

// versions returns the latest version that a client offers.
func versions(hello *tls.ClientHelloInfo) string {
	var latest uint16
	for _, v := range hello.SupportedVersions {
		if v <= tls.VersionTLS13 { // others mean nothing (RFC 8701)
			latest = max(latest, v)
		}
	}
	return tls.VersionName(latest)
}

// ended reports whether a client closed its connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errnoReset) || errors.Is(err, errnoBrokenPipe)
}

// fail records that a client made no request on w, in the captures of the projects that it concerns: that whose name it
// asked for, or all that the address has.
func (l *listener) fail(w *wire, err error) {
	if w.greeting == nil {
		return
	}
	h, ok := w.greeting.failure(err)
	if !ok {
		return
	}
	h.Client, h.Address = w.RemoteAddr().String(), w.LocalAddr().String()
	for _, s := range l.concerned(h.Name()) {
		s.log.Handshake(h)
	}
}
