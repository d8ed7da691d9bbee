package doctor

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAPageOnHTTPSWhosePlainSocketArrived(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo)))
	(browser{plain: true, origin: "http://localhost:3000"}).opens(t, w, "/ws")
	(browser{}).opens(t, w, "/ws")
	wantNone(t, w.find(t, "mixed-content"))
	(browser{plain: true, origin: "https://localhost:3000", agent: "Firefox/153.0"}).opens(t, w, "/ws?token=secret")
	host := "localhost:" + port(w.patient(t).Listen[0])
	wantOne(t, w.find(t, "mixed-content"), Warning, "opens ws://"+host+"/ws, without TLS",
		"Origin https://localhost:3000, by Firefox/153.0; once", "write wss://"+host+"/ws in the page")
	(browser{origin: "https://localhost:3000"}).opens(t, w, "/ws") // mended
	wantNone(t, w.find(t, "mixed-content"))
}

// pages serves texts by path, as HTML or as scripts.
func pages(texts map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text, ok := texts[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
		}
		fmt.Fprint(w, text)
	}
}

func TestAPlainAddressInAPageOrItsScripts(t *testing.T) {
	for name, tc := range map[string]struct {
		texts    map[string]string
		severity Severity // "" finds nothing
		evidence string
	}{
		"in the page": {
			map[string]string{"/": "<html>\n<script>\nconst s = new WebSocket('ws://chat.test:8083/ws')\n</script>"},
			Error, "/, line 3: const s = new WebSocket('ws://chat.test:8083/ws')",
		},
		"on loopback, which two of three browsers let pass": {
			map[string]string{"/": "<script>new WebSocket(`ws://localhost:8083/`)</script>"}, Warning, "/, line 1: ",
		},
		"in a script": {
			map[string]string{"/": `<script type="module" src="js/app.js"></script>`, "/js/app.js": "let a\nlet url = \"ws://\" + host\nopen(url)"},
			Warning, `/js/app.js, line 2: let url = "ws://" + host`,
		},
		"one of two": {
			map[string]string{"/": "<script>new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host)</script>"}, "", "",
		},
		"upgraded by the page's policy": {
			map[string]string{"/": `<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests">
				<script>new WebSocket("ws://x.test")</script>`},
			"", "",
		},
		"in words": {map[string]string{"/": "<p>It says ws:// and means wss.</p>"}, "", ""},
		"in a script of another site": {
			map[string]string{"/": `<script src="https://cdn.example/a.js"></script>`, "/a.js": `new WebSocket("ws://x.test")`}, "", "",
		},
		"with TLS": {map[string]string{"/": "<script>new WebSocket('wss://chat.test/ws')</script>"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", "ws://"+backend(t, echo))+route("/", "http://"+backend(t, pages(tc.texts))))
			found := w.find(t, "mixed-content")
			if tc.severity == "" {
				wantNone(t, found)
				return
			}
			wantOne(t, found, tc.severity, "The page / has a ws:// address in it", tc.evidence, "write wss://"+w.patient(t).authority()+"/")
		})
	}
}

func TestThePageThatABrowserFetchedIsLookedAt(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo))+route("/", "http://"+backend(t, pages(map[string]string{
		"/": "<p>nothing", "/chat/index.html": "<script>new WebSocket('ws://chat.test')</script>",
	}))))
	w.get(t, "/chat/index.html")
	wantOne(t, w.find(t, "mixed-content"), Error, "The page /chat/index.html", "", "")
}

func TestPagesWithoutASocketAfterThem(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo))+route("/", "http://"+backend(t, pages(map[string]string{"/": "<p>hello"}))))
	w.get(t, "/")
	wantNone(t, w.find(t, "mixed-content")) // its sockets may be on their way
	w.machine.Now = func() time.Time { return time.Now().Add(settled) }
	wantOne(t, w.find(t, "mixed-content"), Warning, "no browser has asked for a socket", "/ was served once", "F12")
	(browser{}).opens(t, w, "/ws")
	wantNone(t, w.find(t, "mixed-content"))
}

func FuzzPlainURLs(f *testing.F) {
	f.Add([]byte("new WebSocket('ws://a')\n\"ws://b\" 'wss://c'"))
	f.Add([]byte("`ws://" + strings.Repeat("x", 300) + "`"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, u := range plainURLs(body) {
			if !strings.HasPrefix(u.address, "ws://") || !strings.Contains(u.text, u.address) || u.line < 1 {
				t.Errorf("%+v in %q", u, body)
			}
		}
	})
}

func FuzzSources(f *testing.F) {
	f.Add([]byte(`<script src="/a.js"></script><SCRIPT defer src=b.js>`), "/x/")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		for _, src := range sources(body, path) {
			if strings.Contains(src, "://") && strings.HasPrefix(src, "http") {
				t.Errorf("%q leads elsewhere", src)
			}
		}
	})
}
