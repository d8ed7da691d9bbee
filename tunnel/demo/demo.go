// Package demo is the built-in backend of the demo project: a plain ws:// server with three endpoints and the page
// that talks to them, so that a newcomer sees frames before having a project.
//
//	/        the page, from package assets
//	/ws      echo: every message comes back as it was; /ws?deflate offers permessage-deflate (RFC 7692)
//	/chat    what one client says goes to all
//	/ticker  a JSON message a second
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"culvert/assets"

	"github.com/gorilla/websocket"
)

// MaxMessage is the largest message that the backend takes, in bytes. A larger one is answered with close code 1009.
const MaxMessage = 16 << 20

// writeTimeout is how long one message may take to leave: a client that does not read is given up after it.
const writeTimeout = 10 * time.Second

// Backend is a running demo backend. Its methods may be called from any goroutine.
type Backend struct {
	addr   string
	ctx    context.Context // ends with the backend; every socket watches it
	cancel context.CancelFunc
	server *http.Server
	room   room
	tick   time.Duration
	plain  websocket.Upgrader
	packed websocket.Upgrader // offers permessage-deflate

	sockets sync.WaitGroup // hijacked connections, which http.Server does not wait for
	done    chan struct{}  // closed when all goroutines have ended
}

// Start listens on a free port of 127.0.0.1 and serves until ctx ends or Close is called.
func Start(ctx context.Context) (*Backend, error) {
	return start(ctx, time.Second)
}

func start(ctx context.Context, tick time.Duration) (*Backend, error) {
	page, err := fs.Sub(assets.FS, "demo")
	if err != nil {
		return nil, fmt.Errorf("demo page: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo backend: %w (is the loopback interface up?)", err)
	}
	b := &Backend{addr: l.Addr().String(), tick: tick, done: make(chan struct{})}
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.packed.EnableCompression = true

	mux := http.NewServeMux()
	mux.Handle("GET /", headers(http.FileServerFS(page)))
	mux.HandleFunc("GET /ws", b.socket(b.echo))
	mux.HandleFunc("GET /chat", b.socket(b.chat))
	mux.HandleFunc("GET /ticker", b.socket(b.ticker))
	b.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	go b.serve(l)
	return b, nil
}

// Addr returns the address that the backend listens on, as 127.0.0.1:port.
func (b *Backend) Addr() string { return b.addr }

// Close ends the backend: every socket gets a Close frame 1001. It returns when all goroutines have ended.
func (b *Backend) Close() {
	b.cancel()
	<-b.done
}

// serve owns the server and every socket's goroutine, and waits for them.
func (b *Backend) serve(l net.Listener) {
	defer close(b.done)
	served := make(chan error, 1)
	go func() { served <- b.server.Serve(l) }()
	select {
	case <-b.ctx.Done():
	case err := <-served:
		if !errors.Is(err, http.ErrServerClosed) {
			b.cancel()
		}
		served <- err
	}
	// Shutdown, not Close: it waits for handlers, so no socket is added after it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), writeTimeout)
	defer cancel()
	if b.server.Shutdown(ctx) != nil {
		_ = b.server.Close()
	}
	<-served
	b.sockets.Wait()
}

// headers keeps the page to what it brings itself, and fresh after an update of the program.
func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// SECURITY: the page shows text that others sent; nothing but its own files may run or be loaded.
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
				"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		h.ServeHTTP(w, r)
	})
}

// socket upgrades a request and runs handle on the connection. When the backend ends, the connection gets a Close
// frame and ends, which handle sees as a read error.
func (b *Backend) socket(handle func(*websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b.sockets.Add(1)
		defer b.sockets.Done()
		upgrader := &b.plain
		if r.URL.Query().Has("deflate") {
			upgrader = &b.packed
		}
		c, err := upgrader.Upgrade(w, r, nil) // on an error it has answered
		if err != nil {
			return
		}
		defer c.Close()
		c.SetReadLimit(MaxMessage)
		stop := context.AfterFunc(b.ctx, func() { leave(c, websocket.CloseGoingAway, "the demo backend stops") })
		defer stop()
		handle(c)
	}
}

// leave sends a Close frame and ends the connection. It may run beside any reader and writer.
func leave(c *websocket.Conn, code int, reason string) {
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	_ = c.Close()
}

func (b *Backend) echo(c *websocket.Conn) {
	for {
		kind, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		_ = c.SetWriteDeadline(time.Now().Add(writeTimeout))
		if c.WriteMessage(kind, data) != nil {
			return
		}
	}
}
