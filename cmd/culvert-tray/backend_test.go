package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"culvert/tunnel/control"
)

// message is one as a backend got it.
type message struct {
	path string
	kind int // websocket.TextMessage or BinaryMessage
	data string
}

// backend is a developer's server: it sends every message back.
type backend struct {
	*httptest.Server
	got chan message
}

func newBackend(t testing.TB) *backend {
	t.Helper()
	b := &backend{got: make(chan message, 1000)}
	u := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, EnableCompression: true}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for {
			kind, data, err := conn.ReadMessage()
			if err != nil {
				return
			}
			b.got <- message{r.URL.Path, kind, string(data)}
			if err := conn.WriteMessage(kind, data); err != nil {
				return
			}
		}
	}))
	t.Cleanup(b.Close)
	return b
}

// address is the ws:// address of the backend.
func (b *backend) address() string { return "ws" + strings.TrimPrefix(b.URL, "http") }

// receive waits for the next message.
func (b *backend) receive(t testing.TB) message {
	t.Helper()
	select {
	case m := <-b.got:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("the backend received nothing")
		return message{}
	}
}

// knowsTheStart makes a user of one who has never seen Culvert: the start page is behind them.
func (m *machine) knowsTheStart() {
	m.Helper()
	m.write("c/config/settings.json", `{"window.started":true}`)
}

// write makes a file in the home folder.
func (m *machine) write(name, text string) (path string) {
	m.Helper()
	path = filepath.Join(m.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		m.Fatal(err)
	}
	return path
}

// open starts the app with one project, chat, which leads to the backend and is shown.
func (m *machine) open(b *backend) (*process, control.Project) {
	m.Helper()
	m.knowsTheStart()
	p := m.start()
	m.see("CA not trusted")
	if _, err := m.control.Add(m.Context(), control.AddRequest{Name: "chat", To: b.address()}); err != nil {
		m.Fatal(err)
	}
	chat, err := m.control.On(m.Context(), "chat")
	if err != nil {
		m.Fatal(err)
	}
	if err := m.control.Remove(m.Context(), "demo"); err != nil {
		m.Fatal(err)
	}
	m.find("link", chat.URLs[0][len("https"):])
	m.screen.Window(m, title)
	return p, chat
}

// client connects to the project, and sends texts that come back.
func (m *machine) client(p control.Project, path string, texts ...string) *websocket.Conn {
	m.Helper()
	conn, err := m.dial(p.URLs[0], path)
	if err != nil {
		m.Fatal(err)
	}
	m.Cleanup(func() { _ = conn.Close() })
	for _, text := range texts {
		m.echo(conn, text)
	}
	return conn
}
