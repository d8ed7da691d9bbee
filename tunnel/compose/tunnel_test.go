package compose

import (
	"context"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"culvert/certs"
	"culvert/tunnel"
	"culvert/tunnel/capture"
	"culvert/tunnel/demo"
	"culvert/tunnel/project"
)

// TestASessionIsOnRecord goes the whole way: a session to a project's own name, over TLS by the local CA, to a backend.
func TestASessionIsOnRecord(t *testing.T) {
	backend, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.Close)
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := tunnel.New(tunnel.Config{
		GetCertificate: certs.NewMinter(time.Now, ca).GetCertificate, CaptureBudget: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	p, err := project.Parse("culvert.toml", fmt.Appendf(nil, "name = %q\n[[route]]\nto = [%q]\n", "web-chat", "ws://"+backend.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.On(p); err != nil {
		t.Fatal(err)
	}
	listen := engine.Status()[0].Listen[0]

	roots := x509.NewCertPool()
	roots.AddCert(ca.Certificate())
	back := make(chan string, 1)
	s := dial(t, Target{
		URL: "wss://web-chat.localhost/ws", Addr: listen, RootCAs: roots,
		Received: func(m Message) { back <- string(m.Data) },
	})
	if err := s.Send(Text, []byte("on record")); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, back, "the echo"); got != "on record" {
		t.Errorf("got %q", got)
	}
	log, ok := engine.Capture("web-chat")
	if !ok {
		t.Fatal("the project has no record")
	}
	waitForPayloads(t, log, "on record", 2)
}

// waitForPayloads waits until the record has n frames of that payload.
func waitForPayloads(t *testing.T, log *capture.Log, payload string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for seen := 0; ; {
		seen = 0
		first, next := log.Range()
		for id := first; id < next; id++ {
			if data, err := log.Payload(nil, id, 100); err == nil && string(data) == payload {
				seen++
			}
		}
		if seen == n {
			return
		}
		if err := log.Wait(ctx, next-1); err != nil {
			t.Fatalf("%d frames are on record, want %d: %v", seen, n, err)
		}
	}
}
