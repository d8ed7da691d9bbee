package capture

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// FailedHandshake is a TLS handshake that did not come to a connection, or came to one that the client gave up at once
// because it does not trust the certificate.
type FailedHandshake struct {
	Time       time.Time
	Duration   time.Duration
	Client     string // address
	Address    string // that the client dialled
	ServerName string // that the client asked for (SNI, RFC 6066 §3), "" for none
	ALPN       string // the protocols that the client offered, "h2, http/1.1"
	Program    string // what the client is by the look of its hello, such as "Firefox"; "" where that tells nothing
	By         Party  // who ended the handshake: Client or Tunnel
	Alert      string // that ended it, by its name in RFC 8446 §6, "" where there was none or it is not known
	Reason     Reason
	Detail     string // what else there is to say, in words
	Fix        string // what to do about it, "" where there is nothing
	Count      int64  // how often it failed so, one soon after the other; set when it is read
}

// Reason is why a TLS handshake failed.
type Reason string

// The reasons.
const (
	OtherReason   Reason = ""               // FailedHandshake.Alert or FailedHandshake.Detail says what
	Distrusted    Reason = "distrusted"     // the client does not trust the CA
	OwnDistrusted Reason = "own-distrusted" // the client does not trust the certificate that the project brings
	Expired       Reason = "expired"        // the client takes the certificate for expired
	NameRefused   Reason = "name-refused"   // the CA may not sign the name that was asked for
	NoCertificate Reason = "no-certificate" // there is none for another reason
	Incompatible  Reason = "incompatible"   // no version, cipher suite or protocol in common
	NotTLS        Reason = "not-tls"        // what came is not TLS
	BrokenOff     Reason = "cut"            // the client closed the connection in the midst of it
	TimedOut      Reason = "timeout"        // the client was silent in the midst of it
)

// Clients try again at once, and browsers several times for one page: what fails alike within this time after the first
// is one row. So many kinds of failures are told apart at a time.
const (
	alikeTime  = time.Second
	alikeKinds = 64
)

// failures tells which handshakes failed alike.
type failures struct {
	count int64
	rows  map[failure]int64 // the newest row of each kind
}

// failure is what makes handshakes that failed alike.
type failure struct {
	host, address, name, program, alert, detail string
	by                                          Party
	reason                                      Reason
}

// maxText is how many bytes of each text of a handshake are held. A name has 255 at most (RFC 1035 §2.3.4), but a client
// may send more.
const maxText = 1 << 10

// Handshake records a TLS handshake that failed as one row, or counts it in the row of one that failed alike within the
// second before.
func (l *Log) Handshake(h FailedHandshake) {
	for _, s := range h.texts() {
		*s = strings.Clone((*s)[:min(len(*s), maxText)]) // what is told apart must not hold what it was cut from
	}
	host, _, _ := net.SplitHostPort(h.Client)
	kind := failure{host, h.Address, h.ServerName, h.Program, h.Alert, h.Detail, h.By, h.Reason}
	p := h.encode()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.failed.count++
	defer l.changed()
	wall := h.Time.UnixNano()
	if r := l.row(l.failed.rows[kind]); r != nil && wall-r.wall < int64(alikeTime) {
		r.number++
		return
	}
	r, id := l.add()
	*r = row{kind: Handshake, wall: wall, mono: l.elapsed(h.Time), number: 1, flags: Complete}
	r.ended = r.mono + int64(h.Duration)
	l.write(id, r, p)
	if l.failed.rows == nil || len(l.failed.rows) >= alikeKinds {
		l.failed.rows = make(map[failure]int64)
	}
	l.failed.rows[kind] = id
}

// encode returns h as the payload of its row. What people read of it is in there too, so that it is found.
func (h *FailedHandshake) encode() []byte {
	text := h.Explanation()
	return appendFields(make([]byte, 0, 512), append(h.texts(), &text), []int64{
		h.Time.UnixNano(), int64(h.Duration), int64(h.By),
	})
}

func (h *FailedHandshake) texts() []*string {
	return []*string{
		&h.Client, &h.Address, &h.ServerName, &h.ALPN, &h.Program, &h.Alert, (*string)(&h.Reason), &h.Detail, &h.Fix,
	}
}

// decodeHandshake is the reverse of encode.
func decodeHandshake(p []byte) (h FailedHandshake, ok bool) {
	var text string
	var n [3]int64
	if !readFields(p, append(h.texts(), &text), n[:]) {
		return h, false
	}
	h.Time, h.Duration, h.By = time.Unix(0, n[0]), time.Duration(n[1]), Party(n[2])
	return h, true
}

// FailedHandshake returns the handshake of a row of kind [Handshake]; false when id is no such row or is not held.
func (l *Log) FailedHandshake(id int64) (FailedHandshake, bool) {
	r, ok := l.Row(id)
	if !ok || r.Kind != Handshake {
		return FailedHandshake{}, false
	}
	p, err := l.Payload(nil, id, -1)
	if err != nil {
		return FailedHandshake{}, false
	}
	h, ok := decodeHandshake(p)
	h.Count = r.Number
	return h, ok
}

// Who returns what the client is: its program, a program with a library, or "the client".
func (h *FailedHandshake) Who() string {
	switch h.Program {
	case "":
		return "the client"
	case "OpenSSL", "GnuTLS":
		return "a program with " + h.Program
	}
	return h.Program
}

// Name returns what the certificate had to be for: the name that was asked for, or the address that was dialled.
func (h *FailedHandshake) Name() string {
	if h.ServerName != "" {
		return h.ServerName
	}
	host, _, err := net.SplitHostPort(h.Address)
	if err != nil {
		return h.Address
	}
	return host
}

// Explanation tells in one line what failed, and what to do about it.
func (h *FailedHandshake) Explanation() string {
	if h.Fix == "" {
		return h.What()
	}
	return h.What() + " (" + h.Fix + ")"
}

// What tells in one line what failed. It is [FailedHandshake.Explanation] without the fix.
func (h *FailedHandshake) What() string {
	who, name := h.Who(), h.Name()
	switch h.Reason {
	case Distrusted:
		if h.Alert == "" {
			return fmt.Sprintf("%s does not trust the CA: it saw the certificate for %s and closed the connection", who, name)
		}
		return fmt.Sprintf("%s does not trust the CA: it answered the certificate for %s with the alert %s", who, name, h.Alert)
	case OwnDistrusted:
		if h.Alert == "" {
			return fmt.Sprintf("%s does not trust the project's own certificate for %s: it saw it and closed the connection", who, name)
		}
		return fmt.Sprintf("%s does not trust the project's own certificate for %s: it answered with the alert %s", who, name, h.Alert)
	case Expired:
		return fmt.Sprintf("%s takes the certificate for %s for expired: it answered with the alert %s", who, name, h.Alert)
	case NameRefused:
		return h.Detail
	case NoCertificate:
		return fmt.Sprintf("there is no certificate for %s: %s", name, h.Detail)
	case Incompatible:
		return fmt.Sprintf("%s and Culvert have no way to encrypt in common: %s", who, h.Detail)
	case NotTLS:
		return fmt.Sprintf("what %s sent is not TLS: %s", who, h.Detail)
	case BrokenOff:
		return fmt.Sprintf("%s closed the connection in the midst of the TLS handshake for %s, without an alert", who, name)
	case TimedOut:
		return fmt.Sprintf("%s was silent in the midst of the TLS handshake for %s", who, name)
	}
	if h.By == Client && h.Alert != "" {
		return fmt.Sprintf("%s ended the TLS handshake for %s with the alert %s", who, name, h.Alert)
	}
	return fmt.Sprintf("the TLS handshake with %s for %s failed: %s", who, name, h.Detail)
}
