package browser

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"culvert/certs"
)

// Server is a server that a browser shall accept: where it is, and the certificate that it shows there.
type Server struct {
	Host string
	Port string
	Leaf *x509.Certificate
	own  bool // it does not come from the roots, and is that which was to be met
}

// Meet makes a handshake with the server of an https address, and returns what it shows there. A certificate that does
// not come from one of the roots, or is for another host, is an error, unless own is its SHA-256 in hex.
func Meet(ctx context.Context, address, own string, roots ...*certs.Root) (Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return Server{}, fmt.Errorf("address %q: not of the form https://host:port/", address)
	}
	// SECURITY: what is met here is accepted without further question by the browser.
	pool := x509.NewCertPool()
	for _, r := range roots {
		pool.AddCert(r.Certificate())
	}
	s := Server{Host: u.Hostname(), Port: cmp.Or(u.Port(), "443")}
	d := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: 10 * time.Second},
		Config: &tls.Config{ServerName: s.Host, InsecureSkipVerify: true, VerifyConnection: func(cs tls.ConnectionState) error {
			return s.recognise(cs.PeerCertificates, own, pool)
		}},
	}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(resolved(s.Host), s.Port))
	if err != nil {
		return Server{}, fmt.Errorf("address %s: no answer that the local CA vouches for: %w (open it without isolation)", address, err)
	}
	defer conn.Close()
	s.Leaf = conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
	s.own = isOwn(s.Leaf, own)
	return s, nil
}

// recognise checks what a server shows.
func (s Server) recognise(chain []*x509.Certificate, own string, roots *x509.CertPool) error {
	if isOwn(chain[0], own) {
		return nil
	}
	o := x509.VerifyOptions{DNSName: s.Host, Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(o)
	return err
}

// isOwn reports whether a certificate has that SHA-256, in hex.
func isOwn(leaf *x509.Certificate, own string) bool {
	sum := sha256.Sum256(leaf.Raw)
	return hex.EncodeToString(sum[:]) == own
}

// resolved is where a host is dialled. Names below localhost are this machine to every browser (RFC 6761 §6.3), but not
// to every resolver.
func resolved(host string) string {
	if strings.HasSuffix(host, ".localhost") {
		return "localhost"
	}
	return host
}

// pin is the hash of the leaf's key as Chromium takes it.
func (s Server) pin() string {
	sum := sha256.Sum256(s.Leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// override is the server's line in Firefox's cert_override.txt: host, port and the empty origin attributes, the object
// identifier of SHA-256, and the leaf's fingerprint (nsCertOverrideService.cpp).
func (s Server) override() string {
	sum := sha256.Sum256(s.Leaf.Raw)
	var pairs []string
	for _, b := range sum {
		pairs = append(pairs, strings.ToUpper(hex.EncodeToString([]byte{b})))
	}
	return fmt.Sprintf("%s:%s:\tOID.2.16.840.1.101.3.4.2.1\t%s\t\n", s.Host, s.Port, strings.Join(pairs, ":"))
}
