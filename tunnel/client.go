package tunnel

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// client is a connection from a browser, or from whoever speaks like one.
type client struct {
	endpoint
	listener *listener
}

// addr is the client's address.
func (c *client) addr() netip.Addr {
	ap, err := netip.ParseAddrPort(c.wire.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// scheme is "https" or "http".
func (c *client) scheme() string {
	if c.tls != nil {
		return "https"
	}
	return "http"
}

// security describes the TLS connection for people, "" without one.
func (c *client) security() string {
	if c.tls == nil {
		return ""
	}
	s := c.tls.ConnectionState()
	parts := []string{tls.VersionName(s.Version) + " " + tls.CipherSuiteName(s.CipherSuite)}
	if s.NegotiatedProtocol != "" {
		parts = append(parts, s.NegotiatedProtocol)
	}
	if s.ServerName != "" {
		parts = append(parts, "SNI "+s.ServerName)
	}
	return strings.Join(parts, ", ")
}

// refuse answers a request that is not carried, in words and with further header lines, and closes the connection.
func (c *client) refuse(status int, why string, lines ...string) {
	body := "culvert: " + why + "\n"
	more := ""
	for _, line := range lines {
		more += line + "\r\n"
	}
	c.wire.SetDeadline(time.Now().Add(handshakeTimeout)) //nolint:errcheck // then there is none
	fmt.Fprintf(c.conn(), "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"+
		"X-Content-Type-Options: nosniff\r\n%sConnection: close\r\n\r\n%s", status, http.StatusText(status), len(body), more, body)
	c.close()
}

// close ends the connection in order. A socket that is closed with bytes unread sends a reset, which may overtake the
// answer: what the client still sends is read first, for a while.
func (c *client) close() {
	if c.tls != nil {
		c.tls.CloseWrite() //nolint:errcheck // may be gone
	}
	if c.wire.closeWrite() == nil {
		c.wire.SetReadDeadline(time.Now().Add(lingerTimeout)) //nolint:errcheck // likewise
		io.Copy(io.Discard, c.wire.Conn)                      //nolint:errcheck // nobody needs it
	}
	c.wire.Close() //nolint:errcheck // likewise
}

// replay is a client's stream with the bytes that were read of it put back.
type replay struct {
	net.Conn
	client *client
	read   []byte
}

func (r *replay) Read(p []byte) (int, error) {
	if len(r.read) > 0 {
		n := copy(p, r.read)
		r.read = r.read[n:]
		return n, nil
	}
	return r.Conn.Read(p)
}
