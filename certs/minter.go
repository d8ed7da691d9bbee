package certs

import (
	"container/list"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// maxLeafs bounds the leafs that are kept. A developer has a handful of names; a client that asks for thousands
// (every *.localhost is permitted) costs minting time, never memory.
const maxLeafs = 256

// Minter answers TLS handshakes with leafs of a CA, each made when it is first asked for.
// It may be used by several goroutines at once.
type Minter struct {
	ca    *CA
	now   func() time.Time
	names permitted

	mu     sync.Mutex
	leafs  map[host]*list.Element // of *leaf
	recent *list.List             // of *leaf, the latest used first
}

// leaf is the certificate of one host. Its lock is held while it is made, so that however many handshakes
// ask at once, one makes it and the others wait for that one.
type leaf struct {
	host host
	mu   sync.Mutex
	cert *tls.Certificate // nil before the first one was made
}

// NewMinter returns a Minter that signs with the CA. It reads the time from now, or from the system when now is nil.
func NewMinter(ca *CA, now func() time.Time) *Minter {
	if now == nil {
		now = time.Now
	}
	return &Minter{
		ca:     ca,
		now:    now,
		names:  permittedBy(ca.cert),
		leafs:  make(map[host]*list.Element),
		recent: list.New(),
	}
}

// GetCertificate returns the leaf for the name that the client asks for, or, without one, for the address that it
// dialled. It has the form of [tls.Config.GetCertificate]. A name that the CA may not sign is a [*NameError].
func (m *Minter) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	h, err := m.host(hello)
	if err != nil {
		return nil, err
	}
	// Without its monotonic reading, a time counts the hours that a laptop slept.
	now := m.now().Round(0)

	l := m.leaf(h)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cert == nil || m.due(l.cert, now) {
		cert, err := m.ca.issue(h, now)
		if err != nil {
			return nil, err
		}
		l.cert = cert
	}
	return l.cert, nil
}

// host is whom the client wants to talk to.
func (m *Minter) host(hello *tls.ClientHelloInfo) (host, error) {
	if hello.ServerName != "" {
		return m.names.parseHost(hello.ServerName)
	}
	if hello.Conn != nil {
		if local, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			return m.names.addressHost(local.AddrPort().Addr())
		}
	}
	return host{name: "localhost"}, nil // a unix socket or a pipe: nothing was dialled by address
}

// due reports whether a leaf has to be replaced before it is used: less than a third of its life is left, or the clock
// was set back to before it begins. One that ends with the CA is used up to the end; another would end no later.
func (m *Minter) due(cert *tls.Certificate, now time.Time) bool {
	begin, end := cert.Leaf.NotBefore, cert.Leaf.NotAfter
	if now.Before(begin) || now.After(end) {
		return true
	}
	return end.Sub(now) < end.Sub(begin)/3 && end.Before(m.ca.cert.NotAfter)
}

// leaf returns the place of a host's leaf, and forgets the host that was asked for the longest time ago.
func (m *Minter) leaf(h host) *leaf {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.leafs[h]; ok {
		m.recent.MoveToFront(e)
		return e.Value.(*leaf)
	}
	if m.recent.Len() >= maxLeafs {
		oldest := m.recent.Remove(m.recent.Back()).(*leaf)
		delete(m.leafs, oldest.host)
	}
	l := &leaf{host: h}
	m.leafs[h] = m.recent.PushFront(l)
	return l
}
