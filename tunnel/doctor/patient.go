package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// Machine is what the checks are told of the machine, and by what they look at it. The zero value looks at this one.
type Machine struct {
	// Authorities are the CAs that sign for the tunnels; none where there is no CA.
	Authorities []Authority
	// Stores looks at the trust stores of the machine. nil knows of none.
	Stores func(context.Context) []Store
	// Resolver finds the addresses of names. nil is the system's.
	Resolver Resolver
	// Listen tries to listen on an address, "IP:port", and stops at once. nil does so.
	Listen func(ctx context.Context, addr string) error
	// Home is the user's home folder, in which browsers keep their profiles; "" looks at none.
	Home string
	// LoadCertificate reads the certificate that a project brings, as the tunnel does. nil reads none.
	LoadCertificate func(c project.Certificate, password string) (*tls.Certificate, error)
	// Roots are the CAs that this system trusts. nil are the system's.
	Roots *x509.CertPool
	// Getenv returns a variable of the environment. nil is [os.Getenv].
	Getenv func(string) string
	// Now is the clock. nil is [time.Now].
	Now func() time.Time

	idle bool // all that is examined bring certificates of their own, so that nobody needs the CAs; set by Examine
}

// Authority is a CA that signs for the tunnels.
type Authority struct {
	Name                string            // for people
	Root                *x509.Certificate // nil where it is not known
	NotBefore, NotAfter time.Time
	Permits             func(host string) bool // whether its name constraints let it sign for a name or an address
	Signs               []string               // what it may sign, for people: "localhost", "127.0.0.0/8"
}

// Store is a trust store as it was found.
type Store struct {
	Name   string // by which the action trust knows it
	State  StoreState
	Reason string // why it is not trusted, "" where the state says it all
	Fix    string // what the user can do, "" without anything: words, or "run: COMMAND"
}

// StoreState is what a trust store was found in.
type StoreState uint8

// The states of a store.
const (
	StoreAbsent     StoreState = iota // there is none
	StoreTrusts                       // it trusts the CA
	StoreDistrusts                    // it does not
	StoreUnreadable                   // that could not be found out, or cannot be changed
)

// Resolver finds the addresses of a name, as [net.Resolver] does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Patient is a project that is examined. It is good for one examination.
type Patient struct {
	Name    string
	Project *project.Project // nil where its file cannot be read: Reason says why
	Capture *capture.Log     // what its tunnel recorded; nil: nothing
	Running bool             // an app runs, which serves the project if it is on
	On      bool             // it is switched on
	Served  bool             // its addresses are open
	Listen  []string         // the addresses that are open, with their real ports
	Reason  string           // why it is not served although it is on

	machine  *Machine // set by Examine
	recorded lazy[*record]
	probed   lazy[[]*probe]
	fetched  lazy[[]page]
	brought  lazy[loaded]
}

// lazy is what several checks use, and the first of them finds out.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(find func() T) T {
	l.once.Do(func() { l.value = find() })
	return l.value
}

func (m *Machine) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

func (m *Machine) getenv(name string) string {
	if m.Getenv != nil {
		return m.Getenv(name)
	}
	return os.Getenv(name)
}

func (m *Machine) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if m.Resolver != nil {
		return m.Resolver.LookupNetIP(ctx, "ip", host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

func (m *Machine) listen(ctx context.Context, addr string) error {
	if m.Listen != nil {
		return m.Listen(ctx, addr)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return l.Close()
}
