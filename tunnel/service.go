package tunnel

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// service is a project that is on.
type service struct {
	project *project.Project
	log     *capture.Log
	mover   mover
	routes  []*route // longest path first
	// certificate is the one that the project brings, nil for the local CA's.
	certificate *certificate
	ctx         context.Context
	cancel      context.CancelFunc
	work        sync.WaitGroup // requests and relays under way

	mu      sync.Mutex
	off     bool
	opening int // connections whose handshake is under way
	relays  map[*relay]struct{}
}

// newService returns a service whose changed is called when its backends go down or come up.
func newService(p *project.Project, log *capture.Log, m mover, changed func()) *service {
	s := &service{project: p, log: log, mover: m, relays: map[*relay]struct{}{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	backends := reaches{}
	for i := range p.Routes {
		r := newRoute(&p.Routes[i])
		r.upstream.reach = backends.of(r.upstream, changed)
		s.routes = append(s.routes, r)
	}
	slices.SortStableFunc(s.routes, func(a, b *route) int { return len(b.Path) - len(a.Path) })
	return s
}

// close ends all that is under way, in order, and waits for it.
func (s *service) close() {
	s.mu.Lock()
	s.off = true
	relays := s.relays
	s.relays = nil
	s.mu.Unlock()
	s.cancel()
	for r := range relays {
		s.mover.stop(r)
	}
	s.work.Wait()
	for _, r := range s.routes {
		r.transport.CloseIdleConnections()
	}
}

// onOff arranges for f to be called when the service is switched off. The function that it returns ends that, and waits
// for f if it was called.
func (s *service) onOff(f func()) (end func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(s.ctx, func() {
		defer close(done)
		f()
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// enter counts a request as under way, unless the service is off.
func (s *service) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off {
		return false
	}
	s.work.Add(1)
	return true
}

func (s *service) leave() { s.work.Done() }

// connections is how many relays there are.
func (s *service) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.relays)
}

// admit counts a connection as being opened, unless max_connections is reached.
func (s *service) admit() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit := s.project.MaxConnections; limit > 0 && s.opening+len(s.relays) >= limit {
		return false
	}
	s.opening++
	return true
}

// dismiss uncounts a connection that did not open.
func (s *service) dismiss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opening--
}

// begin gives the relay of a connection that was admitted to the mover, unless the service is off.
func (s *service) begin(r *relay) {
	s.mu.Lock()
	s.opening--
	off := s.off
	if !off {
		s.relays[r] = struct{}{}
		s.work.Add(1)
	}
	s.mu.Unlock()
	r.ended = func() {
		if off {
			return
		}
		s.mu.Lock()
		delete(s.relays, r)
		s.mu.Unlock()
		s.work.Done()
	}
	if off {
		r.drop()
		return
	}
	s.mover.start(r)
}

// route returns the route with the longest path that p begins with, or nil.
func (s *service) route(p string) *route {
	for _, r := range s.routes {
		if strings.HasPrefix(p, r.Path) {
			return r
		}
	}
	return nil
}

// denied says why a client may not connect, "" if it may.
func (s *service) denied(c *client) string {
	addr := c.addr()
	in := func(list []netip.Prefix) bool {
		return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(addr) })
	}
	if in(s.project.Allow) && !in(s.project.Deny) {
		return ""
	}
	return fmt.Sprintf("project %s does not let %s in (see allow and deny in its project file)", s.project.Name, addr)
}

func (s *service) switchedOff() string {
	return fmt.Sprintf("project %s is being switched off", s.project.Name)
}

// noRoute says which paths there are.
func (s *service) noRoute(p string) string {
	var paths []string
	for _, r := range s.routes {
		paths = append(paths, r.Path)
	}
	return fmt.Sprintf("project %s has no route for %.80q; it has %s (add a [[route]] to the project file)",
		s.project.Name, p, strings.Join(paths, ", "))
}
