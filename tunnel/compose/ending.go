package compose

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// maxQuoted is how many bytes of what a server said go into an error.
const maxQuoted = 200

// Refused is the error of a handshake that was answered with something else than a WebSocket.
type Refused struct {
	status int
	phrase string
	body   string
}

// Status is the HTTP status of the answer.
func (r *Refused) Status() int { return r.status }

// Body is the beginning of the answer's body, as it came: not fit to be shown unescaped.
func (r *Refused) Body() string { return r.body }

func (r *Refused) Error() string {
	text := fmt.Sprintf("the server answered %d %s", r.status, r.phrase)
	if r.status == http.StatusSwitchingProtocols {
		text = "the server switched protocols, but not to a WebSocket"
	}
	if r.body == "" {
		return text
	}
	return fmt.Sprintf("%s: %q", text, r.body)
}

// Closed is the error of a session that its peer ended.
type Closed struct {
	code   int
	reason string
}

// Code is the close code (RFC 6455 §7.4.1): 1005 for a Close frame without one, 1006 for an end without a Close frame.
func (c *Closed) Code() int { return c.code }

// Reason is the text in the Close frame, as it came: not fit to be shown unescaped.
func (c *Closed) Reason() string { return c.reason }

func (c *Closed) Error() string {
	switch {
	case c.code == websocket.CloseAbnormalClosure:
		return "the connection ended without a Close frame"
	case c.code == websocket.CloseNoStatusReceived:
		return "closed by the other end, without a code"
	case c.reason == "":
		return fmt.Sprintf("closed by the other end: %d", c.code)
	default:
		return fmt.Sprintf("closed by the other end: %d %q", c.code, c.reason)
	}
}

// dialError says in words why a session did not open.
func dialError(target string, resp *http.Response, err error) error {
	var unverified *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.Is(err, websocket.ErrBadHandshake) && resp != nil:
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 1024))
		_, phrase, _ := strings.Cut(resp.Status, " ")
		if strings.Trim(phrase, " -'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			phrase = http.StatusText(resp.StatusCode)
		}
		return &Refused{resp.StatusCode, phrase, cut(strings.TrimSpace(string(body)), maxQuoted)}
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("connecting was broken off: %w", err)
	case errors.As(err, &unverified):
		return fmt.Errorf("the certificate of %s is not trusted: %w", target, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%s did not answer in time: %w", target, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s closed the connection without an answer: %w", target, err)
	default:
		return fmt.Errorf("connecting to %s: %w", target, err)
	}
}

// sendError says in words why a message did not leave.
func sendError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the other end does not read: %w", err)
	case errors.Is(err, net.ErrClosed), errors.Is(err, websocket.ErrCloseSent):
		return fmt.Errorf("the connection is closed: %w", err)
	default:
		return fmt.Errorf("sending: %w", err)
	}
}

// endError says in words why a session ended that was not closed here.
func endError(err error) error {
	var frame *websocket.CloseError
	switch {
	case errors.As(err, &frame):
		return &Closed{frame.Code, frame.Text}
	case errors.Is(err, net.ErrClosed): // by a Send that failed
		return fmt.Errorf("the connection broke while a message was sent: %w", err)
	default:
		return fmt.Errorf("the connection broke: %w", err)
	}
}

// cut returns at most n bytes of s, without a torn character at the end.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
