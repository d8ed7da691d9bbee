package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// returning is a client that comes back when its socket breaks.
type returning struct {
	dialer websocket.Dialer
	url    string
}

// dial tries until it has a socket.
func (r *returning) dial(ctx context.Context) (*websocket.Conn, error) {
	for {
		c, _, err := r.dialer.DialContext(ctx, r.url, nil)
		if err == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// echo sends a message n times and reads it back; n < 0: until the socket breaks.
func echo(c *websocket.Conn, text string, n int) error {
	for i := 0; i != n; i++ {
		if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return err
		}
		if _, got, err := c.ReadMessage(); err != nil {
			return err
		} else if string(got) != text {
			return fmt.Errorf("got %q, want %q", got, text)
		}
	}
	return nil
}

// use talks until the socket breaks, which is said on talking once it works, then comes back and talks again.
func (r *returning) use(ctx context.Context, text string, talking chan<- struct{}) error {
	c, err := r.dial(ctx)
	if err != nil {
		return err
	}
	err = echo(c, text, 20)
	talking <- struct{}{}
	if err == nil {
		err = echo(c, text, -1)
	}
	c.Close()
	if strings.HasPrefix(err.Error(), "got ") {
		return err
	}
	if c, err = r.dial(ctx); err != nil {
		return err
	}
	defer c.Close()
	return echo(c, text, 20)
}

func TestClientsComeBackAfterAKillUnderLoad(t *testing.T) {
	m := newMachine(t)
	app, lines := m.run()
	url := address(t, lines, echoLine)
	m.must("add", "--name", "chat", "--to", "ws://127.0.0.1:9")
	pem, err := os.ReadFile(filepath.Join(m.home, "c", "data", "ca", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)

	const clients = 32
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	talking := make(chan struct{}, clients)
	for i := range clients {
		r := returning{websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: roots}}, url}
		group.Go(func() error { return r.use(ctx, fmt.Sprintf("client %d", i), talking) })
	}
	for range clients {
		select {
		case <-talking:
		case <-ctx.Done():
			t.Fatal(group.Wait())
		}
	}
	m.must("on", "chat")
	app.end(os.Kill)

	app, lines = m.run()
	if again := address(t, lines, echoLine); again != url {
		t.Errorf("the address was %s and is %s", url, again)
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if out := m.must("list"); !regexp.MustCompile(`(?m)^chat +on `).MatchString(out) {
		t.Errorf("what was switched on before the kill is lost:\n%s", out)
	}
	rows := m.must("tail", "demo", "--last", "-1", "--follow=false", "--filter", "is:open path:/ws")
	if n := strings.Count(rows, "\n"); n < clients {
		t.Errorf("%d connections are on record, want at least %d", n, clients)
	}
	if code := app.end(os.Interrupt); code != 0 {
		t.Errorf("exit %d: %s", code, app.err)
	}
}
