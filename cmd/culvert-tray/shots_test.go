package main

import (
	"context"
	"fmt"
	"image"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// turn is a message of the client, and what the backend answers.
type turn struct {
	sent    string
	answers []string
}

// conversation is what passes in the pictures.
var conversation = []turn{
	{`{"type":"hello","client":"web 4.2.0","heartbeat":10000}`, []string{`{"type":"welcome","session":"5f1c9a","server":"chat-2"}`}},
	{`{"type":"say","text":"` + strings.Repeat("longer text that compresses well, ", 20) + `"}`, []string{`{"type":"ack","seq":1880,"took_ms":11}`}},
	{`{"type":"subscribe","room":42}`, []string{
		`{"type":"join","room":42,"user":{"id":7,"name":"王小明","roles":["admin","host"]},"at":1763733801355}`,
		`{"type":"say","room":42,"text":"大家好 👋","seq":1881}`,
		`{"type":"members","room":42,"users":[{"id":7,"name":"王小明"},{"id":12,"name":"Zoë"},{"id":31,"name":"佐藤"}],"total":3}`,
	}},
	{`{"type":"say","text":"hello","reply_to":1881}`, []string{`{"type":"ack","seq":1882,"took_ms":2}`}},
	{`{"type":"upload","name":"图.png","size":16384}`, []string{"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00\x01\x02\xfe", 4000)}},
	{`{"type":"typing","room":42,"on":true}`, []string{`{"type":"say","room":42,"text":"欢迎！明天上午十点开会。","seq":1883}`}},
}

// chatServer holds its part of the conversation, and answers requests.
func chatServer(t testing.TB) *httptest.Server {
	t.Helper()
	u := websocket.Upgrader{
		CheckOrigin:  func(r *http.Request) bool { return !strings.Contains(r.Header.Get("Origin"), "5173") },
		Subprotocols: []string{"v12.stomp"}, EnableCompression: true,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for _, turn := range conversation {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
			for _, answer := range turn.answers {
				kind := websocket.TextMessage
				if answer[0] == 0x89 {
					kind = websocket.BinaryMessage
				}
				if !think(r.Context(), len(answer)) || conn.WriteMessage(kind, []byte(answer)) != nil {
					return
				}
			}
		}
		_ = conn.WriteControl(websocket.PingMessage, []byte{0, 0, 4, 0xd2}, time.Now().Add(time.Second))
		_ = conn.WriteMessage(websocket.TextMessage, []byte("broken \xff\xfe text"))
		_, _, _ = conn.ReadMessage()
	})
	mux.HandleFunc("/api/rooms", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"rooms":[{"id":42,"name":"大厅"}]}`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// shooting reports whether the pictures are kept, and worth some seconds.
func shooting() bool { return os.Getenv("CULVERT_SHOTS") != "" }

// think takes as long as people may take for so many letters, if that is worth it.
func think(ctx context.Context, letters int) bool {
	if !shooting() {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(letters*letters%1700) * time.Millisecond / 4):
		return true
	}
}

// feed is a server that sends prices until the test ends, more and fewer of them.
func feed(t testing.TB) *httptest.Server {
	t.Helper()
	u := websocket.Upgrader{}
	ctx, cancel := context.WithCancel(context.Background())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for i := 0; ctx.Err() == nil; i++ {
			for n := range int(6 + 5*math.Sin(float64(i)/7) + float64(i*i%5)) {
				if conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"tick","symbol":"EURUSD","bid":1.0%d}`, 800+n)) != nil {
					return
				}
			}
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(cancel)
	return s
}

// scene is an app in use: four projects of two groups, the CA trusted by one store, and traffic. Two of the three backends
// of one project have a socket that is open.
func (m *machine) scene(appearance string) (*process, control.Project) {
	m.Helper()
	m.trust()
	m.write("c/config/settings.json", `{"window.started":true,"window.preferences":{"appearance":"`+appearance+`"}}`)
	nodes, prices := []*httptest.Server{chatServer(m), chatServer(m), chatServer(m)}, feed(m)
	sockets := make([]string, len(nodes))
	for i, node := range nodes {
		sockets[i] = fmt.Sprintf("%q", "ws"+strings.TrimPrefix(node.URL, "http"))
	}
	file := func(name, group, rest string) string {
		return m.write("src/"+name+"/culvert.toml", fmt.Sprintf("name = %q\ngroup = %q\n%s", name, group, rest))
	}
	files := []string{
		file("web-chat", "im", fmt.Sprintf(`description = "The chat of the shop"
listen = ["127.0.0.1:0"]

# The rooms.
[[route]]
path = "/ws"
to = [%s]   # chat-1 to chat-3

[[route]]
path = "/"
to = [%q]
`, strings.Join(sockets, ", "), nodes[0].URL)),
		file("im-admin", "im", "[[route]]\npath = \"/\"\nto = [\"ws://127.0.0.1:1\"]\n"),
		file("ticker", "trading", fmt.Sprintf("[[route]]\npath = \"/\"\nto = [\"ws%s\"]\n", strings.TrimPrefix(prices.URL, "http"))),
		file("orders", "trading", "[[route]]\npath = \"/\"\nto = [\"ws://127.0.0.1:8096\"]\n"),
	}
	p := m.start()
	m.screen.Window(m, title)
	m.until("the app shows its window", func() bool { return len(m.nodes()) > 0 })
	if _, err := m.control.Add(m.Context(), control.AddRequest{Files: files}); err != nil {
		m.Fatal(err)
	}
	for _, name := range []string{"web-chat", "im-admin", "ticker"} {
		if _, err := m.control.On(m.Context(), name); err != nil {
			m.Fatal(err)
		}
	}
	if _, err := m.control.Off(m.Context(), "demo"); err != nil {
		m.Fatal(err)
	}
	m.choose("web-chat")
	web := m.project("web-chat", on)
	for range 2 {
		conn, err := m.dial(web.URLs[0], "/ws")
		if err != nil {
			m.Fatal(err)
		}
		m.Cleanup(func() { conn.Close() }) // and no sooner
	}
	m.talk(web)
	if conn, err := m.dial(m.project("ticker", on).URLs[0], "/"); err != nil {
		m.Fatal(err)
	} else {
		go drain(conn)
	}
	if _, err := m.dial(m.project("im-admin", on).URLs[0], "/"); err == nil {
		m.Error("a backend that is not there accepts")
	}
	return p, web
}

// talk holds the client's part of the conversation.
func (m *machine) talk(p control.Project) {
	m.Helper()
	client := m.https()
	resp, err := client.Get(p.URLs[0] + "/api/rooms")
	if err != nil {
		m.Fatal(err)
	}
	_ = resp.Body.Close()
	d := m.dialer()
	d.Subprotocols, d.EnableCompression = []string{"v12.stomp"}, true
	url := "wss" + p.URLs[0][len("https"):] + "/ws"
	conn, _, err := d.DialContext(m.Context(), url, nil)
	if err != nil {
		m.Fatal(err)
	}
	for _, turn := range conversation {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(turn.sent)); err != nil {
			m.Fatal(err)
		}
		for range turn.answers {
			if _, _, err := conn.ReadMessage(); err != nil {
				m.Fatal(err)
			}
		}
	}
	_, _, err = conn.ReadMessage()
	if err == nil {
		_ = conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1007, "byte 7"))
	}
	_ = conn.Close()
	if _, _, err := d.DialContext(m.Context(), url, http.Header{"Origin": {"https://localhost:5173"}}); err == nil {
		m.Error("an origin that is refused gets in")
	}
}

// drain reads what comes.
func drain(conn *websocket.Conn) {
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// picture keeps a page for people to look at. A page that has not been drawn is one colour.
func (m *machine) picture(name string) {
	m.Helper()
	img := m.still(name)
	if size := img.Bounds().Size(); size != image.Pt(1280, 800) {
		m.Errorf("%s: the screen has %v", name, size)
	}
	colours := make(map[[3]uint32]bool)
	for y := 0; y < 800; y += 3 {
		for x := 0; x < 1280; x += 3 {
			r, g, b, _ := img.At(x, y).RGBA()
			colours[[3]uint32{r, g, b}] = true
		}
	}
	if len(colours) < 20 {
		m.Errorf("%s: only %d colours: the page is not drawn", name, len(colours))
	}
}

// still takes pictures until the page, which has nothing in it that moves but the caret, is the same in two of them:
// what is told in the outline is drawn a moment later.
func (m *machine) still(name string) image.Image {
	m.Helper()
	before := m.screen.Shot(m, name)
	for range 10 {
		img := m.screen.Shot(m, name)
		if changed(before, img) < 100 {
			return img
		}
		before = img
	}
	return before
}

// changed counts the pixels of the page, at the right of the sidebar, that differ.
func changed(a, b image.Image) (n int) {
	for y := range 770 {
		for x := 260; x < 1280; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

// A page of the window: how one gets there, and what it shows.
type page struct{ name, key, shows string }

func TestPictures(t *testing.T) {
	for _, look := range []struct {
		suffix, appearance, locale string
		start                      string
		pages                      []page
	}{
		{"dark", "dark", "en_US.UTF-8", "try the demo", []page{
			{"sockets", "ctrl+2", "Subprotocol"},
			{"requests", "ctrl+3", "/api/rooms"},
			{"endpoints", "ctrl+4", "Listens on"},
			{"doctor", "ctrl+5", "refuses pages of the Origin"},
			{"shortcuts", "F1", "Go to the projects"},
			{"settings", "ctrl+comma", "Start at login"},
			{"trust", "ctrl+t", "Trusted by 1 of"},
			{"add", "ctrl+n", "Add a project"},
		}},
		{"light", "light", "en_US.UTF-8", "try the demo", []page{
			{"sockets", "ctrl+2", "Subprotocol"}, {"settings", "ctrl+comma", "Start at login"}, {"trust", "ctrl+t", "Trusted by 1 of"},
		}},
		{"zh", "dark", "zh_CN.UTF-8", "试用演示", []page{
			{"sockets", "ctrl+2", "子协议"},
			{"requests", "ctrl+3", "/api/rooms"},
			{"endpoints", "ctrl+4", "监听"},
			{"doctor", "ctrl+5", "检查时间"},
			{"shortcuts", "F1", "项目"},
			{"settings", "ctrl+comma", "登录"},
			{"trust", "ctrl+t", "个证书库已信任"},
			{"add", "ctrl+n", "项目"},
		}},
	} {
		t.Run(look.suffix, func(t *testing.T) {
			m := newMachine(t)
			m.env = []string{"LC_ALL=" + look.locale}
			desktoptest.Watch(t, m.bus)
			m.write("c/config/settings.json", `{"window.preferences":{"appearance":"`+look.appearance+`"}}`)
			app := m.start()
			m.screen.Window(t, title)
			m.find("text", "Chromium") // the stores are known
			m.picture("start-" + look.suffix)
			m.endSession(app)
			if err := os.RemoveAll(filepath.Join(m.home, "c")); err != nil {
				t.Fatal(err)
			}

			m.scene(look.appearance)
			m.press(m.find("row", "王小明"))
			m.until("the message is shown", func() bool { return len(m.having("row", `"name"`)) > 0 })
			if shooting() {
				m.see("00:00:19") // for the lines of the traffic
			}
			m.picture("inspector-" + look.suffix)
			m.screen.Key(t, "ctrl+Return")
			m.until("the message can be edited", func() bool { return len(m.having("field", "王小明")) > 0 })
			m.picture("compose-" + look.suffix)
			for _, p := range look.pages {
				m.screen.Key(t, p.key)
				m.see(p.shows)
				if p.name == "sockets" || p.name == "requests" {
					m.screen.Key(t, "Home", "Home")
					if p.name == "sockets" {
						m.screen.Key(t, "Down", "Down") // to the one that had the conversation
					}
					m.until("a row is selected", func() bool { return m.selected() != "" })
				}
				m.picture(p.name + "-" + look.suffix)
			}
			m.screen.Key(t, "Escape", "ctrl+1") // where Edit is the header's alone
			edit := map[string]string{"zh_CN.UTF-8": "编辑"}[look.locale]
			if edit == "" {
				edit = "Edit"
			}
			m.click("button", edit)
			m.see("# The rooms.")
			m.picture("editor-" + look.suffix)
		})
	}
}
