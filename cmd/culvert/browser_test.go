//go:build unix

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/certs/trust/browsertest"
)

// browsers are those that people open the demo page in.
var browsers = []struct {
	browsertest.Browser
	store   string // as culvert trust --store calls it: the system's own store belongs to the machine that runs the tests
	refusal string // of a certificate that nobody vouches for
}{
	{browsertest.Chromium(), "chromium", "ERR_CERT_AUTHORITY_INVALID"},
	{browsertest.Firefox(), "firefox", "SEC_ERROR_UNKNOWN_ISSUER"},
}

const pageLine = `^demo\s+(https://localhost:\d+/)\s+→`

// browse starts a browser in the machine's home.
func (m machine) browse(b browsertest.Browser) *browsertest.Page {
	m.t.Helper()
	return b.NewPage(m.t, []string{"HOME=" + m.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"})
}

func TestBrowserRefusesTheDemoPageWithoutTrust(t *testing.T) {
	for _, b := range browsers {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			app, lines := m.run()
			err := m.browse(b.Browser).Open(address(t, lines, pageLine))
			if err == nil || !strings.Contains(err.Error(), b.refusal) {
				t.Errorf("it says %v, want %s", err, b.refusal)
			}
			app.end(syscall.SIGTERM)
		})
	}
}

func TestBrowserTalksThroughTheTunnelAfterTrustAlone(t *testing.T) {
	for _, b := range browsers {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			app, lines := m.run()
			localhost := address(t, lines, pageLine)
			m.must("trust", "--store", b.store)
			tail := m.start("tail", "demo", "--json", "--last", "-1", "--filter", "path:/ws is:frame")
			defer time.AfterFunc(2*time.Minute, func() { tail.Process.Kill() }).Stop() // so that no await is for ever
			page := m.browse(b.Browser)

			var visits []visit
			for _, host := range []string{"localhost", "127.0.0.1", "[::1]", "demo.localhost"} {
				v := talk(t, page, strings.Replace(localhost, "localhost", host, 1), "hello, 世界 🌍 from "+host)
				visits = append(visits, v)
				tail.await(`"dir":"sent","op":"text".*"text":"` + regexp.QuoteMeta(v.text) + `"`)
				tail.await(`"dir":"received","op":"text".*"text":"` + regexp.QuoteMeta(v.text) + `"`)
			}
			har := parseArchive(t, m.must("export", "demo", "--har", "-"))
			for _, v := range visits {
				v.check(t, har)
			}
			if code := app.end(syscall.SIGTERM); code != 0 {
				t.Errorf("exit %d: %s", code, app.err)
			}
		})
	}
}

// visit is what a user did on the demo page, and saw there.
type visit struct {
	url  string
	text string     // that the user sent; the 256 bytes went, too
	rows [][]string // of the page's list of messages: direction, time, socket, type, size, content
}

// allRows are the page's rows about messages, and not about sockets that opened.
const allRows = `[...document.querySelectorAll("#messages tr:is(.sent, .received)")].map(r => [...r.cells].map(c => c.textContent))`

// talk uses the demo page at url as a user does.
func talk(t *testing.T, page *browsertest.Page, url, text string) visit {
	t.Helper()
	if err := page.Open(url); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	page.Type("#echo-text", text)
	page.Click("#send-text")
	page.Click("#send-binary")
	page.Type("#chat-text", text)
	page.Click("#chat-form button")
	page.Await(allRows + `.filter(row => row[2] == "/ws").length == 4`) // two there and back
	page.Await(fmt.Sprintf(`document.querySelector("#said").textContent.includes(%q)`, text))
	page.Await(`document.querySelector("#price").textContent > "0"`)
	v := visit{url: url, text: text}
	page.Read(allRows, &v.rows)
	page.Click("#hide-ticker")
	page.Await(`![...document.querySelectorAll("#messages .received")].some(r => r.offsetHeight && r.cells[2].textContent == "/ticker")`)
	page.Await(`[...document.querySelectorAll("#messages .received")].some(r => r.offsetHeight && r.cells[2].textContent == "/ws")`)
	var proof []string
	page.Read(`[...document.querySelectorAll(".proof .good dd")].map(e => e.textContent)`, &proof)
	if want := []string{"https:// · encrypted", "wss:// · encrypted"}; !slices.Equal(proof, want) {
		t.Errorf("%s shows %q, want %q", url, proof, want)
	}
	return v
}

// check compares the visit with what the tunnel recorded of it. Each direction has its order; which of a message and
// an answer to an earlier one was first, the page and the tunnel may see differently.
func (v visit) check(t *testing.T, har archive) {
	t.Helper()
	if e := har.entry(t, v.url); e.Response.Status != 200 {
		t.Errorf("%s: status %d", v.url, e.Response.Status)
	}
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	echo := har.entry(t, v.socket("/ws")).Messages
	for _, dir := range []string{"send", "receive"} {
		want := []message{{dir, 1, v.text}, {dir, 2, base64.StdEncoding.EncodeToString(bytes)}}
		if got := messages(echo, dir); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", v.socket("/ws"), got, want)
		}
	}
	for _, path := range []string{"/ws", "/chat", "/ticker"} {
		e := har.entry(t, v.socket(path))
		if e.Response.Status != 101 {
			t.Errorf("%s: status %d", v.socket(path), e.Response.Status)
		}
		for dir, arrow := range map[string]string{"send": "↑ sent", "receive": "↓ received"} {
			var got []string
			for _, m := range messages(e.Messages, dir) {
				got = append(got, m.shown(t))
			}
			want := v.shown(path, arrow)
			// What came after the user had looked is on record only.
			if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
				t.Errorf("%s: recorded %q, the page shows %q", v.socket(path), got, want)
			}
		}
	}
}

// socket is the address of the page's socket of a path.
func (v visit) socket(path string) string {
	return "wss" + strings.TrimSuffix(strings.TrimPrefix(v.url, "https"), "/") + path
}

// shown are the type, size and content of the messages of a socket that the page shows for a direction.
func (v visit) shown(path, arrow string) (list []string) {
	for _, r := range v.rows {
		if r[0] == arrow && r[2] == path {
			list = append(list, strings.Join(r[3:], " "))
		}
	}
	return list
}

// archive is what this test reads of a HAR.
type archive struct {
	Log struct{ Entries []archiveEntry }
}

type archiveEntry struct {
	Request  struct{ URL string }
	Response struct{ Status int }
	Messages []message `json:"_webSocketMessages"`
}

type message struct {
	Type   string
	Opcode int
	Data   string
}

func parseArchive(t *testing.T, text string) (har archive) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &har); err != nil {
		t.Fatal(err)
	}
	return har
}

// entry returns the only entry of a URL.
func (a archive) entry(t *testing.T, url string) archiveEntry {
	t.Helper()
	var found []archiveEntry
	for _, e := range a.Log.Entries {
		if e.Request.URL == url {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d entries for %s, want 1", len(found), url)
	}
	return found[0]
}

// messages are those of a direction.
func messages(all []message, dir string) []message {
	return slices.DeleteFunc(slices.Clone(all), func(m message) bool { return m.Type != dir })
}

// shown is the message's type, size and content, as the demo page shows them.
func (m message) shown(t *testing.T) string {
	t.Helper()
	if m.Opcode == 1 {
		return fmt.Sprintf("text %d B %s", len(m.Data), m.Data)
	}
	p, err := base64.StdEncoding.DecodeString(m.Data)
	if err != nil {
		t.Fatal(err)
	}
	head, more := p, ""
	if len(p) > 32 {
		head, more = p[:32], " …"
	}
	return fmt.Sprintf("binary %d B % x%s", len(p), head, more)
}
