package tunnel

import (
	"context"
	"fmt"
	"sync"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// service is a project that is on.
type service struct {
	project *project.Project
	log     *capture.Log
	mover   mover
	routes  []*route // as they are tried
	access  *access
	auth    *basicAuth // nil asks nobody
	cors    *cors      // nil leaves it to the backends
	uneven  bool       // the routes differ in whom they let in
	on443   bool       // one of its addresses has the port of https
	paths   *endpoints
	// certificate is the one that the project brings, nil for the local CA's.
	certificate *certificate
	ctx         context.Context
	cancel      context.CancelFunc
	health      *health
	work        sync.WaitGroup // requests and relays under way

	mu      sync.Mutex
	off     bool
	opening int // connections whose handshake is under way
	relays  map[*relay]struct{}
}

// newService returns a service that asks for what auth says, deals in that rhythm with backends that fail, and whose
// changed is called when one goes down or comes up.
func newService(p *project.Project, auth *basicAuth, log *capture.Log, m mover, r rhythm, changed func()) *service {
	s := &service{project: p, log: log, mover: m, relays: map[*relay]struct{}{}}
	s.access, s.auth, s.cors = accessOf(p, nil), auth, newCORS(p)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.health = newHealth(s.ctx, r, changed)
	for i := range p.Routes {
		rt := newRoute(&p.Routes[i], s.health)
		rt.access = accessOf(p, rt.Route)
		s.routes = append(s.routes, rt)
	}
	sortRoutes(s.routes)
	s.uneven = s.differ()
	s.paths = newEndpoints(s.routes)
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
	s.health.close()
	for _, r := range s.routes {
		for _, u := range r.pool.upstreams {
			u.transport.CloseIdleConnections()
		}
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
	r.tally.opened()
	r.ended = func() {
		r.upstream.release()
		r.tally.closed()
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

func (s *service) switchedOff() string {
	return fmt.Sprintf("project %s is being switched off", s.project.Name)
}
