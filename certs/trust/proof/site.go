package proof

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// site is the server of one try. Every page that it is asked for is there: who asks has accepted its certificate.
type site struct {
	address string // 127.0.0.1:port
	asked   atomic.Bool
	met     atomic.Bool // a handshake was begun

	server  *http.Server
	done    chan struct{}
	decided func() // called once, when the client has asked or sent an alert

	mu    sync.Mutex
	alarm string // the last alert of a client
}

func newSite(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), decided func()) (*site, error) {
	s := &site{done: make(chan struct{}), decided: sync.OnceFunc(decided)}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			s.met.Store(true)
			return certificate(hello)
		},
	})
	if err != nil {
		return nil, err
	}
	s.address = listener.Addr().String()
	s.server = &http.Server{
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(s, "", 0),
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			s.asked.Store(true)
			s.decided()
		}),
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(listener)
	}()
	return s, nil
}

// url is the site's address for the name localhost.
func (s *site) url() string {
	_, port, _ := net.SplitHostPort(s.address)
	return "https://localhost:" + port + "/"
}

func (s *site) close() {
	s.server.Close()
	<-s.done
}

// Write takes the server's log, in which refused handshakes are.
func (s *site) Write(line []byte) (int, error) {
	if _, alert, ok := strings.Cut(strings.TrimSpace(string(line)), "remote error: tls: "); ok {
		s.mu.Lock()
		s.alarm = alert
		s.mu.Unlock()
		s.decided()
	}
	return len(line), nil
}

func (s *site) alert() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alarm
}
