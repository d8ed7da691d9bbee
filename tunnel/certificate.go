package tunnel

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"culvert/tunnel/project"
)

// certificate is the certificate that a project brings, as its files have it. A change of them is noticed at the next
// handshake. What cannot be read then, as while somebody copies it, leaves the last good one in its place, and is tried
// again at every handshake: a right that was missing changes no time of a file.
type certificate struct {
	files   []string
	load    func() (*tls.Certificate, error)
	changed func()

	mu    sync.Mutex
	known []fs.FileInfo // the files, as they were before current was read; nil where they are to be read again

	current atomic.Pointer[tls.Certificate]
	trouble atomic.Pointer[string] // why what the files have now cannot be used, nil if it can
}

// newCertificate reads the certificate that a project brings; nil, if it brings none.
func (e *Engine) newCertificate(of *project.Certificate) (*certificate, error) {
	if of == nil {
		return nil, nil
	}
	if e.config.LoadCertificate == nil {
		return nil, errors.New("this program reads no certificates (leave [certificate] out of the project file)")
	}
	c := &certificate{
		files: []string{of.File},
		load: func() (*tls.Certificate, error) {
			password := ""
			if of.PasswordEnv != "" {
				password = e.config.Getenv(of.PasswordEnv)
			}
			return e.config.LoadCertificate(*of, password)
		},
		changed: e.config.Changed,
	}
	if of.Key != "" {
		c.files = append(c.files, of.Key)
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// get returns the certificate for a handshake, read anew if its files have changed.
func (c *certificate) get() *tls.Certificate {
	if c.refresh() {
		c.changed()
	}
	return c.current.Load()
}

// refresh looks at the files. It reports whether the certificate, or what is wrong with its files, has become another.
func (c *certificate) refresh() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known != nil && same(c.known, c.stat()) {
		return false
	}
	before, shown := c.trouble.Load(), c.current.Load().Leaf
	if err := c.read(); err != nil {
		why := err.Error()
		c.known = nil
		c.trouble.Store(&why)
		return before == nil || *before != why
	}
	c.trouble.Store(nil)
	return before != nil || !shown.Equal(c.current.Load().Leaf)
}

// read reads the files.
func (c *certificate) read() error {
	now := c.stat() // before: what is written meanwhile is noticed at the next handshake
	cert, err := c.load()
	if err != nil {
		return err
	}
	c.known = now
	c.current.Store(cert)
	return nil
}

// stat returns how the files are, nil if that cannot be told of one of them.
func (c *certificate) stat() (list []fs.FileInfo) {
	for _, file := range c.files {
		info, err := os.Stat(file)
		if err != nil {
			return nil
		}
		list = append(list, info)
	}
	return list
}

// same reports whether files are still those that were seen, and as they were. One that was put in the place of another
// is another, whatever its time.
func same(seen, now []fs.FileInfo) bool {
	if len(seen) != len(now) {
		return false
	}
	for i, then := range seen {
		if !then.ModTime().Equal(now[i].ModTime()) || then.Size() != now[i].Size() || !os.SameFile(then, now[i]) {
			return false
		}
	}
	return true
}

// certificateFor returns the certificate of a handshake: that which the project brings that it is for, else the local
// CA's.
func (l *listener) certificateFor(
	hello *tls.ClientHelloInfo, local func(*tls.ClientHelloInfo) (*tls.Certificate, error),
) (*tls.Certificate, error) {
	g := hello.Conn.(*wire).greeting
	name := hello.ServerName
	if name == "" {
		name = hello.Conn.LocalAddr().String() // what was dialled
	}
	if own := l.own(name); own != nil {
		g.own = true
		return own.get(), nil
	}
	return g.certificate(local, hello)
}

// own returns the certificate that the project of a host brings, nil if it brings none.
func (l *listener) own(host string) *certificate {
	if s := l.service(host); s != nil {
		return s.certificate
	}
	return nil
}

// A client that resumes a session is shown no certificate (RFC 8446 §2.2). So that it sees a new one, a ticket says which
// certificate it was made under, and counts only while that is shown.

// wrapSession makes a session's ticket.
func (l *listener) wrapSession(cs tls.ConnectionState, s *tls.SessionState) ([]byte, error) {
	s.Extra = append(s.Extra, l.sessionMark(cs.ServerName))
	return l.tls.EncryptTicket(cs, s)
}

// unwrapSession reads a session's ticket. Without a session the handshake is a full one.
func (l *listener) unwrapSession(ticket []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
	s, err := l.tls.DecryptTicket(ticket, cs)
	if s == nil || err != nil || len(s.Extra) == 0 {
		return nil, err
	}
	if mark := s.Extra[len(s.Extra)-1]; string(mark) != string(l.sessionMark(cs.ServerName)) {
		return nil, nil
	}
	return s, nil
}

// sessionMark tells the certificates apart that a name is shown; the local CA's are all alike. Without a name it is not
// known here which project was meant.
func (l *listener) sessionMark(name string) []byte {
	if name == "" {
		return []byte("?")
	}
	own := l.own(name)
	if own == nil {
		return []byte("local")
	}
	return fingerprint(own.get().Leaf)
}

func fingerprint(cert *x509.Certificate) []byte {
	sum := sha256.Sum256(cert.Raw)
	return sum[:]
}

// Certificate returns the certificate that a project which is on brings, as its files have it now, nil if the local CA's are shown.
func (e *Engine) Certificate(name string) *x509.Certificate {
	e.mu.Lock()
	run := e.projects[name]
	e.mu.Unlock()
	if run == nil || run.service == nil || run.service.certificate == nil {
		return nil
	}
	return run.service.certificate.get().Leaf
}

// status fills in what there is to tell of the certificate.
func (c *certificate) status(s *Status) {
	if c == nil {
		return
	}
	s.Certificate = hex.EncodeToString(fingerprint(c.current.Load().Leaf))
	if trouble := c.trouble.Load(); trouble != nil {
		s.Trouble = *trouble
	}
}
