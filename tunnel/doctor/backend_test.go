package doctor

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// free is an address where nothing listens.
func free(t *testing.T, network string) string {
	t.Helper()
	l := listenOn(t, network)
	addr := l.Addr().String()
	l.Close()
	return addr
}

func listenOn(t *testing.T, network string) net.Listener {
	t.Helper()
	addr := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"}[network]
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// only serves over one loopback family alone.
func only(t *testing.T, network string, h http.HandlerFunc) (addr string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = listenOn(t, network)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestABackendThatIsNotThere(t *testing.T) {
	w := newWard(t)
	addr := free(t, "tcp4")
	w.serve(t, route("/ws", "ws://"+addr)+route("/api", "ws://"+addr))
	wantOne(t, w.find(t, "backend-absent"), Error, "where the route /ws leads: ws://"+addr, addr+": connection refused", "start the backend")

	w = newWard(t)
	socket := t.TempDir() + "/none.sock"
	w.serve(t, route("/ws", "unix:"+socket))
	wantOne(t, w.find(t, "backend-absent"), Error, "unix:", socket+": no such file", "start the backend")

	w = newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo)))
	wantNone(t, w.find(t, "backend-absent"))
}

func TestABackendOnTheOtherLoopbackFamily(t *testing.T) {
	six := only(t, "tcp6", echo)
	w := newWard(t)
	w.serve(t, route("/ws", "ws://127.0.0.1:"+port(six)))
	wantNone(t, w.find(t, "backend-absent")) // the tunnel tries both
	wantOne(t, w.find(t, "backend-other-loopback-family"), Note, "listens on "+six+", and the route names 127.0.0.1",
		"connection refused", `to = ["ws://`+six+`"]`)
	w.serve(t, route("/ws", "ws://localhost:"+port(six)))
	wantNone(t, w.find(t, "backend-other-loopback-family")) // no literal was meant
	w.serve(t, route("/ws", "ws://"+six))
	wantNone(t, w.find(t, "backend-other-loopback-family"))

	four := only(t, "tcp4", echo)
	w.serve(t, route("/ws", "ws://127.0.0.2:"+port(four)))
	wantOne(t, w.find(t, "backend-absent"), Error, "ws://127.0.0.2", "yet "+four+" takes connections", `to = ["ws://`+four+`"]`)
}

func TestABackendThatSpeaksTLSOrDoesNot(t *testing.T) {
	tls := httptest.NewTLSServer(http.HandlerFunc(echo))
	defer tls.Close()
	secure, plain := tls.Listener.Addr().String(), backend(t, echo)
	for name, tc := range map[string]struct {
		to    string
		check string // "" finds nothing
		fix   string
	}{
		"TLS where plain was expected":        {"ws://" + secure, "backend-speaks-tls", `to = ["wss://` + secure + `"]`},
		"TLS pages where plain were expected": {"http://" + secure, "backend-speaks-tls", `to = ["https://` + secure + `"]`},
		"plain where TLS was expected":        {"wss://" + plain, "backend-speaks-plain", `to = ["ws://` + plain + `"]`},
		"plain pages where TLS was expected":  {"https://" + plain, "backend-speaks-plain", `to = ["http://` + plain + `"]`},
		"TLS as expected":                     {"wss://" + secure, "", ""},
		"plain as expected":                   {"ws://" + plain, "", ""},
		"plain pages as expected":             {"http://" + plain, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", tc.to))
			for _, check := range []string{"backend-speaks-tls", "backend-speaks-plain", "backend-absent", "backend-certificate"} {
				found := w.find(t, check)
				if check != tc.check {
					wantNone(t, found)
					continue
				}
				wantOne(t, found, Error, "", "TLS handshake", tc.fix)
			}
		})
	}
}

func TestABackendThatSpeaksNoHTTP(t *testing.T) {
	l := listenOn(t, "tcp4")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "220 mail.example ESMTP\r\n")
			c.Close()
		}
	}()
	defer func() { l.Close(); <-done }()
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+l.Addr().String()))
	wantOne(t, w.find(t, "backend-not-websocket"), Error, "answers no HTTP", l.Addr().String()+" takes the connection", "restart")
	wantNone(t, w.find(t, "backend-speaks-tls"))
}

func TestADistantBackendsCertificateIsLookedAt(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(echo))
	defer s.Close()
	p := parse(t, route("/ws", "wss://backend.example:"+port(s.Listener.Addr().String())))
	b := &probe{route: &p.Routes[0], to: p.Routes[0].To[0], addr: s.Listener.Addr().String(), target: "/ws", socket: true}
	b.ask(t.Context(), &Patient{Project: p, machine: &Machine{}}, nil)
	if b.badCert == nil || b.speaks != silence {
		t.Fatalf("the probe is %+v", b)
	}
	patient := &Patient{Name: "app", Project: p}
	patient.probed.get(func() []*probe { return []*probe{b} })
	wantOne(t, findIn(t, "backend-certificate", &Machine{}, patient), Error, "is not trusted", "x509", "ws://")
	wantNone(t, findIn(t, "backend-not-websocket", &Machine{}, patient))
}

func TestABackendsClockThatDiffers(t *testing.T) {
	at := func(d time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(d).UTC().Format(http.TimeFormat))
			w.WriteHeader(404)
		}
	}
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, at(-3*time.Hour))))
	wantOne(t, w.find(t, "clock-wrong"), Warning, "differ by 180 min", "its answer is of", "set the clock")
	w.serve(t, route("/ws", "ws://"+backend(t, at(0))))
	wantNone(t, w.find(t, "clock-wrong"))
}
