package certs

import (
	"container/list"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"
)

// maxLeafs bounds the leafs that are kept. A developer has a handful of names; a client that asks for thousands
// (every *.localhost is permitted) costs minting time, never memory.
const maxLeafs = 256

// Minter answers TLS handshakes with leafs, each made when it is first asked for. Of several CAs the first one that
// permits the host signs it. It may be used by several goroutines at once.
type Minter struct {
	now func() time.Time

	mu     sync.Mutex
	cas    []*CA
	leafs  map[host]*list.Element // of *leaf
	recent *list.List             // of *leaf, the latest used first
}

// leaf is the certificate of one host. Its lock is held while it is made, so that however many handshakes
// ask at once, one makes it and the others wait for that one.
type leaf struct {
	host host
	ca   *CA
	mu   sync.Mutex
	cert *tls.Certificate // nil before the first one was made
}

// NewMinter returns a Minter that signs with the CAs. It reads the time from now, or from the system when now is nil.
func NewMinter(now func() time.Time, cas ...*CA) *Minter {
	if now == nil {
		now = time.Now
	}
	return &Minter{
		now:    now,
		cas:    slices.Clone(cas),
		leafs:  make(map[host]*list.Element),
		recent: list.New(),
	}
}

// Use replaces the CAs from the next handshake on. The leafs of a CA that is no longer among them are forgotten.
func (m *Minter) Use(cas ...*CA) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cas = slices.Clone(cas)
	for e := m.recent.Front(); e != nil; {
		next := e.Next()
		if !slices.Contains(m.cas, e.Value.(*leaf).ca) {
			m.forget(e)
		}
		e = next
	}
}

// GetCertificate returns the leaf for the name that the client asks for, or, without one, for the address that it
// dialled. It has the form of [tls.Config.GetCertificate]. A name that no CA may sign is a [*NameError].
func (m *Minter) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	h, err := wanted(hello)
	if err != nil {
		return nil, err
	}
	// Without its monotonic reading, a time counts the hours that a laptop slept.
	now := m.now().Round(0)

	l := m.leaf(h)
	if l == nil {
		return nil, refused(h)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cert == nil || l.due(now) {
		cert, err := l.ca.issue([]host{h}, leafLife, now)
		if err != nil {
			return nil, err
		}
		l.cert = cert
	}
	return l.cert, nil
}

// wanted is whom the client wants to talk to.
func wanted(hello *tls.ClientHelloInfo) (host, error) {
	if hello.ServerName != "" {
		return parseHost(hello.ServerName)
	}
	if hello.Conn != nil {
		if local, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			return addressHost(local.AddrPort().Addr()), nil
		}
	}
	return host{name: "localhost"}, nil // a unix socket or a pipe: nothing was dialled by address
}

// due reports whether a leaf has to be replaced before it is used: less than a third of its life is left, or the clock
// was set back to before it begins. One that ends with the CA is used up to the end; another would end no later.
func (l *leaf) due(now time.Time) bool {
	begin, end := l.cert.Leaf.NotBefore, l.cert.Leaf.NotAfter
	if now.Before(begin) || now.After(end) {
		return true
	}
	return end.Sub(now) < end.Sub(begin)/3 && end.Before(l.ca.cert.NotAfter)
}

// leaf returns the place of a host's leaf, and forgets the host that was asked for the longest time ago. It is nil if
// no CA may sign the host.
func (m *Minter) leaf(h host) *leaf {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.cas, func(ca *CA) bool { return permittedBy(ca.cert).permits(h) })
	if i < 0 {
		return nil
	}
	if e, ok := m.leafs[h]; ok {
		if l := e.Value.(*leaf); l.ca == m.cas[i] {
			m.recent.MoveToFront(e)
			return l
		}
		m.forget(e) // another CA comes before the one that signed it
	}
	if m.recent.Len() >= maxLeafs {
		m.forget(m.recent.Back())
	}
	l := &leaf{host: h, ca: m.cas[i]}
	m.leafs[h] = m.recent.PushFront(l)
	return l
}

func (m *Minter) forget(e *list.Element) {
	l := m.recent.Remove(e).(*leaf)
	delete(m.leafs, l.host)
}
