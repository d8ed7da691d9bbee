package tunnel

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// upstream is one of those that a route's requests go to.
type upstream struct {
	url       *url.URL
	network   string   // "tcp" or "unix"
	addrs     []string // to be tried in turn
	secure    *tls.Config
	loopback  bool
	timeout   time.Duration // to connect, TLS included; 0 is none
	httpURL   *url.URL      // scheme and host for net/http's transport
	transport *http.Transport
	node      *node // shared by the routes that lead to one address
}

// startIt is what to do about an upstream where nobody is.
const startIt = " (start the backend, or correct the route's upstream)"

// newUpstream prepares dialling u. On a loopback host both address families are tried, since a server that listens on
// "localhost" may have either (Vite and Node take ::1 alone).
func newUpstream(u *url.URL, timeout time.Duration) *upstream {
	up := &upstream{url: u, network: "tcp", timeout: timeout}
	if u.Scheme == "unix" {
		up.network, up.addrs, up.loopback = "unix", []string{u.Path}, true
		return up
	}
	host, port := u.Hostname(), u.Port()
	secure := u.Scheme == "wss" || u.Scheme == "https"
	if port == "" {
		port = "80"
		if secure {
			port = "443"
		}
	}
	up.loopback = isLoopback(host)
	up.addrs = []string{net.JoinHostPort(host, port)}
	if up.loopback {
		up.addrs = loopbackAddrs(host, port)
	}
	if secure {
		up.secure = &tls.Config{
			ServerName: host,
			NextProtos: []string{"http/1.1"},
			// SECURITY: nobody stands between two processes of one machine, and a development server's own certificate
			// is rarely one that anybody trusts. Anywhere else the system's roots decide.
			InsecureSkipVerify: up.loopback,
		}
	}
	return up
}

// isLoopback reports whether a host name or address can only mean this machine (RFC 6761 §6.3).
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// loopbackAddrs are the addresses at which a server on this machine may be meant, the named one first.
func loopbackAddrs(host, port string) []string {
	v4, v6 := net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)
	switch ip, err := netip.ParseAddr(host); {
	case err != nil, host == "127.0.0.1":
		return []string{v4, v6}
	case host == "::1":
		return []string{v6, v4}
	default: // 127.0.0.2 and its like are meant to the letter
		return []string{net.JoinHostPort(ip.String(), port)}
	}
}

// dial connects to the first address that accepts, and does the TLS handshake if the upstream is TLS. How it went is
// noted, unless the caller gave up.
func (u *upstream) dial(ctx context.Context) (*endpoint, error) {
	end, err := u.shake(ctx)
	u.note(ctx, err)
	return end, err
}

// note keeps how a dial went, unless nobody waited for it any more.
func (u *upstream) note(ctx context.Context, err error) {
	if err == nil || ctx.Err() == nil {
		u.node.note(err)
	}
}

// shake is dial without keeping how it went.
func (u *upstream) shake(ctx context.Context) (*endpoint, error) {
	if u.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, u.timeout)
		defer cancel()
	}
	c, err := u.connect(ctx)
	if err != nil {
		return nil, err
	}
	end := &endpoint{wire: &wire{Conn: c}}
	if u.secure == nil {
		return end, nil
	}
	end.tls = tls.Client(end.wire, u.secure)
	if err := end.tls.HandshakeContext(ctx); err != nil {
		c.Close()
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, lateError(fmt.Sprintf("TLS with %s: no answer within connect_timeout %s", c.RemoteAddr(), u.timeout))
		}
		return nil, fmt.Errorf("TLS with %s: %w", c.RemoteAddr(), err)
	}
	return end, nil
}

// connect dials the addresses in turn.
func (u *upstream) connect(ctx context.Context) (net.Conn, error) {
	var first error
	for _, addr := range u.addrs {
		c, err := (&net.Dialer{}).DialContext(ctx, u.network, addr)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, u.explain(ctx, first)
}

// explain puts a failed dial in words.
func (u *upstream) explain(ctx context.Context, err error) error {
	where := strings.Join(u.addrs, " or ")
	var dns *net.DNSError
	switch {
	case errors.Is(err, errnoRefused):
		return fmt.Errorf("nothing listens on %s: connection refused"+startIt, where)
	case errors.Is(err, errnoNoSuchEntry) && u.network == "unix":
		return fmt.Errorf("no socket at %s"+startIt, where)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return lateError(fmt.Sprintf("%s did not answer within connect_timeout %s", where, u.timeout))
	case errors.As(err, &dns):
		return fmt.Errorf("the upstream's host %s is not known: %s", u.url.Hostname(), dns.Err)
	}
	return fmt.Errorf("cannot connect to %s: %w", where, err)
}

// lateError is the error of what took too long. It is a [net.Error].
type lateError string

func (e lateError) Error() string { return string(e) }
func (lateError) Timeout() bool   { return true }
func (lateError) Temporary() bool { return true }
