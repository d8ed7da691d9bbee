package tunnel

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

// listen returns the listeners of an address, opened if nobody has it yet. For port 0 it is the port that the project
// had before, if that is free, else any.
func (e *Engine) listen(name, addr string) ([]*listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if port != "0" {
		l, err := e.open(addr)
		if err != nil {
			return nil, explainListen(addr, err)
		}
		return []*listener{l}, nil
	}
	if e.config.Port != nil {
		if before := e.config.Port(name); before != 0 {
			if list, err := e.openBoth(host, before); err == nil {
				return list, nil
			}
		}
	}
	for range 10 { // a port that is free on one family may be taken on the other
		var list []*listener
		if list, err = e.openBoth(host, 0); err == nil {
			return list, nil
		}
		if !errors.Is(err, errnoInUse) {
			break
		}
	}
	return nil, explainListen(addr, err)
}

// openBoth opens a port of host, and with 127.0.0.1 that of ::1 too, for "localhost" is both to a browser. On a machine
// without IPv6 there is one.
func (e *Engine) openBoth(host string, port int) ([]*listener, error) {
	l, err := e.open(net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	if host != "127.0.0.1" {
		return []*listener{l}, nil
	}
	l6, err := e.open(net.JoinHostPort("::1", strconv.Itoa(l.port())))
	switch {
	case err == nil:
		return []*listener{l, l6}, nil
	case errors.Is(err, errnoInUse):
		e.unlisten([]*listener{l})
		return nil, err
	}
	return []*listener{l}, nil
}

// open opens an address, or shares it.
func (e *Engine) open(addr string) (*listener, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if l := e.listeners[addr]; l != nil {
		return l, nil
	}
	l, err := listen(addr, e.config.GetCertificate, e.config.Log)
	if err != nil {
		return nil, err
	}
	l.addr = l.net.Addr().String()
	e.listeners[l.addr] = l
	return l, nil
}

// unlisten closes those addresses that no service is left on.
func (e *Engine) unlisten(list []*listener) {
	for _, l := range list {
		idle := l.empty()
		e.mu.Lock()
		if idle {
			delete(e.listeners, l.addr)
		}
		e.mu.Unlock()
		if idle {
			l.close()
		}
	}
}

// errPortTaken is within the error of an address that another program listens on.
var errPortTaken = errors.New("the port is taken by another program")

// explainListen puts a failed listen in words.
func explainListen(addr string, err error) error {
	switch {
	case errors.Is(err, errnoInUse):
		return fmt.Errorf("listen on %s: %w (stop it, or choose another port)", addr, errPortTaken)
	case errors.Is(err, errnoForbidden):
		return fmt.Errorf("listen on %s: not permitted (choose a port from 1024 up)", addr)
	case errors.Is(err, errnoNotOurs):
		return fmt.Errorf("listen on %s: this machine does not have that address (correct listen in the project file)", addr)
	}
	return fmt.Errorf("listen on %s: %w", addr, err)
}
