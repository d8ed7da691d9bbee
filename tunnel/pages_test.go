package tunnel

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

// pages is an HTTP server behind a tunnel, and clients of the tunnel.
type pages struct {
	house  *house
	url    string
	client map[string]*http.Client // by protocol
}

func newPages(t *testing.T, handler http.Handler, lines ...string) *pages {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return newPagesAt(t, s.URL, lines...)
}

func newPagesAt(t *testing.T, upstream string, lines ...string) *pages {
	t.Helper()
	h := newHouse(t)
	return h.pagesAt(t, h.serve(t, upstream, lines...))
}

// newSite is the project "app", given as the text of its file, and clients of it.
func newSite(t *testing.T, config Config, format string, args ...any) *pages {
	t.Helper()
	m, err := newMover()
	if err != nil {
		t.Fatal(err)
	}
	h := newHouseWith(t, config, m)
	h.on(t, "name = \"app\"\n"+format, args...)
	return h.pagesAt(t, h.address(t, "app"))
}

// pagesAt are clients of the tunnel at addr.
func (h *house) pagesAt(t *testing.T, addr string) *pages {
	t.Helper()
	p := &pages{house: h, url: "https://localhost:" + port(addr), client: map[string]*http.Client{}}
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		config := h.tls()
		config.NextProtos = nil
		transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: proto == "HTTP/2.0", DisableCompression: true}
		t.Cleanup(transport.CloseIdleConnections)
		p.client[proto] = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return p
}

// ask makes a request without a body, with header lines "Name: value", and reads the whole answer.
func (p *pages) ask(t *testing.T, c *http.Client, method, path string, lines ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// raw makes a request over TLS whose head is not for a client to put right, and reads the whole answer.
func (p *pages) raw(t *testing.T, request string) (*http.Response, string) {
	t.Helper()
	c := dial(t, "127.0.0.1:"+port(strings.TrimPrefix(p.url, "https://")), p.house.tls())
	defer c.Close()
	c.write(t, request)
	return c.readAnswer(t)
}

// each runs a test over both protocols.
func (p *pages) each(t *testing.T, test func(t *testing.T, c *http.Client, proto string)) {
	t.Helper()
	for proto, c := range p.client {
		t.Run(proto, func(t *testing.T) { test(t, c, proto) })
	}
}

// exchange waits for the newest HTTP row and returns it.
func (p *pages) exchange(t *testing.T, after int64) capture.Exchange {
	t.Helper()
	log := p.house.log(t)
	var x capture.Exchange
	await(t, log, "the HTTP row", func() bool {
		_, next := log.Range()
		for id := after; id < next; id++ {
			if found, ok := log.Exchange(id); ok {
				x = found
				return true
			}
		}
		return false
	})
	return x
}

func (p *pages) next(t *testing.T) int64 {
	_, next := p.house.log(t).Range()
	return next
}

func TestPagesPassAndAreOneRowEach(t *testing.T) {
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Strict-Transport-Security", "max-age=1")
		w.Header().Set("Etag", `"1"`)
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s %s %q for %s by %s of %s, %s", r.Method, r.RequestURI, r.Host, body,
			r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host"), r.Header.Get("Origin"))
	}))
	host := strings.TrimPrefix(p.url, "https://")
	p.each(t, func(t *testing.T, c *http.Client, proto string) {
		from := p.next(t)
		r, _ := http.NewRequest(http.MethodPut, p.url+"/a%2Fb/c%20d?q=1;2&x=%zz&empty", strings.NewReader("body"))
		r.Header.Set("Origin", "https://elsewhere.example")
		r.Header.Set("X-Forwarded-For", "1.2.3.4")
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		want := `PUT /a%2Fb/c%20d?q=1;2&x=%zz&empty ` + host + ` "body" for 1.2.3.4, 127.0.0.1 by https of ` + host + `, https://elsewhere.example`
		if string(body) != want || resp.Proto != proto || resp.StatusCode != http.StatusTeapot || resp.Header.Get("Etag") != `"1"` {
			t.Errorf("%s %d %q\nwant %q", resp.Proto, resp.StatusCode, body, want)
		}
		if resp.Header.Get("Strict-Transport-Security") != "" {
			t.Error("HSTS would stick to localhost")
		}
		x := p.exchange(t, from)
		if x.Method != "PUT" || x.URL != p.url+"/a%2Fb/c%20d?q=1;2&x=%zz&empty" || x.Status != http.StatusTeapot || x.RequestBytes != 4 ||
			x.ResponseBytes != int64(len(body)) || x.Proto != proto || x.ContentType != "text/plain" || x.Err != "" || x.Duration <= 0 {
			t.Errorf("on record: %+v", x)
		}
	})
}

func TestAnEventStreamIsNotHeldBack(t *testing.T) {
	more := make(chan struct{})
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-more
		io.WriteString(w, "data: 2\n\n")
	}))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		resp, err := c.Get(p.url + "/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		first := make([]byte, 9)
		if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "data: 1\n\n" {
			t.Fatalf("%q, %v", first, err)
		}
		more <- struct{}{}
		if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "data: 2\n\n" {
			t.Errorf("%q, %v", rest, err)
		}
	})
}

func TestLargeBodiesPassBothWays(t *testing.T) {
	body := make([]byte, 8<<20)
	for i := range body {
		body[i] = byte(i * i >> 7)
	}
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		if err == nil && n == int64(len(body)) {
			w.Header().Set("X-Sum", fmt.Sprintf("%x", sum.Sum(nil)))
		}
		w.Write(body)
	}))
	want := fmt.Sprintf("%x", sha256.Sum256(body))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		from := p.next(t)
		resp, err := c.Post(p.url, "application/octet-stream", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if !bytes.Equal(got, body) || err != nil || resp.Header.Get("X-Sum") != want {
			t.Errorf("%d of %d bytes came back, %v; what went there is %s, want %s", len(got), len(body), err, resp.Header.Get("X-Sum"), want)
		}
		if x := p.exchange(t, from); x.RequestBytes != int64(len(body)) || x.ResponseBytes != int64(len(body)) {
			t.Errorf("on record: %+v", x)
		}
	})
}

func TestRangesETagsAndEncodingsAreLeftAlone(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	io.WriteString(zip, strings.Repeat("compressed ", 1000))
	zip.Close()
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/range":
			http.ServeContent(w, r, "x.txt", time.Unix(1e9, 0), strings.NewReader("0123456789"))
		case "/etag":
			w.Header().Set("Etag", `W/"7"`)
			if r.Header.Get("If-None-Match") == `W/"7"` {
				w.WriteHeader(http.StatusNotModified)
			}
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("X-Accept", r.Header.Get("Accept-Encoding"))
			w.Write(packed.Bytes())
		case "/redirect":
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
		}
	}))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		get := func(path, name, value string) (*http.Response, string) {
			t.Helper()
			r, _ := http.NewRequest(http.MethodGet, p.url+path, nil)
			r.Header.Set(name, value)
			resp, err := c.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp, string(body)
		}
		if resp, body := get("/range", "Range", "bytes=2-4"); resp.StatusCode != 206 || body != "234" || resp.Header.Get("Content-Range") != "bytes 2-4/10" {
			t.Errorf("range: %d %q", resp.StatusCode, body)
		}
		if resp, _ := get("/etag", "If-None-Match", `W/"7"`); resp.StatusCode != 304 || resp.Header.Get("Etag") != `W/"7"` {
			t.Errorf("ETag: %d", resp.StatusCode)
		}
		if resp, body := get("/gzip", "Accept-Encoding", "gzip, br"); body != packed.String() || resp.Header.Get("X-Accept") != "gzip, br" || resp.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("gzip: %d bytes, asked for %q", len(body), resp.Header.Get("X-Accept"))
		}
		if resp, _ := get("/gzip", "X", "y"); resp.Header.Get("X-Accept") != "" {
			t.Errorf("the backend was asked for %q", resp.Header.Get("X-Accept"))
		}
		if resp, _ := get("/redirect", "X", "y"); resp.Header.Get("Location") != "http://elsewhere.example/" {
			t.Errorf("redirected to %s", resp.Header.Get("Location"))
		}
	})
}

func TestAPageOfAnAbsentBackendIsExplained(t *testing.T) {
	p := newPagesAt(t, "http://127.0.0.1:1")
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		from := p.next(t)
		resp, err := c.Get(p.url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 502 || !strings.Contains(string(body), "nothing listens on 127.0.0.1:1") {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
		if x := p.exchange(t, from); x.Status != 502 || !strings.Contains(x.Err, "nothing listens") {
			t.Errorf("on record: %+v", x)
		}
	})
}

func TestAPageThatIsLateIsATimeout(t *testing.T) {
	stop := make(chan struct{})
	p := newPages(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-stop }), "route\nread_timeout = \"100ms\"")
	defer close(stop)
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		resp, err := c.Get(p.url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 504 || !strings.Contains(string(body), "did not answer within read_timeout 100ms") {
			t.Errorf("%d %q, want 504", resp.StatusCode, body)
		}
	})
}

func TestABackendThatGivesAPageNoAnswerIsExplained(t *testing.T) {
	p := newPages(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		resp, err := c.Get(p.url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 502 || !strings.Contains(string(body), "closed the connection without an answer") {
			t.Errorf("%d %q", resp.StatusCode, body)
		}
	})
}

func TestAnAnswerThatBreaksOffBreaksOff(t *testing.T) {
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		from := p.next(t)
		resp, err := c.Get(p.url)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		if err == nil {
			t.Error("half an answer ended like a whole one")
		}
		if x := p.exchange(t, from); x.Err != "the backend broke off its answer" {
			t.Errorf("on record: %+v", x)
		}
	})
}

func TestAClientThatGivesUpEndsTheBackendsWork(t *testing.T) {
	ended := make(chan struct{})
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		ended <- struct{}{}
	}))
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		from := p.next(t)
		ctx, cancel := context.WithCancel(context.Background())
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		resp.Body.Close()
		<-ended
		if x := p.exchange(t, from); x.Status != 200 || x.Err != "the client went away" {
			t.Errorf("on record: %+v; want that it was given up", x)
		}
	})
}

func TestSwitchingOffEndsPagesThatNobodyReads(t *testing.T) {
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}))
	// Another project on the address keeps it open.
	addr := p.house.address(t, "app")
	p.house.on(t, "name = \"other\"\nlisten = [%q]\n[[route]]\nto = [\"ws://127.0.0.1:1\"]\n", addr)
	p.each(t, func(t *testing.T, c *http.Client, _ string) {
		resp, err := c.Get(p.url)
		if err != nil {
			t.Fatal(err)
		}
		io.CopyN(io.Discard, resp.Body, 1<<20)
		defer resp.Body.Close()
	})
	resp, err := p.client["HTTP/1.1"].Get(p.url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := p.house.engine.Off("app"); err != nil {
		t.Fatal(err)
	}
}

func TestNoClientLeavesTheTunnelForHTTP2WithTheBackend(t *testing.T) {
	p := newPages(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%q %q %q", r.Header["Upgrade"], r.Header["Http2-Settings"], r.Header["Connection"])
	}))
	for name, lines := range map[string]string{
		"alone":          "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n",
		"in a list":      "Upgrade: foo, H2C\r\nConnection: Upgrade\r\n",
		"with a version": "Upgrade: HTTP/2.0\r\nConnection: Upgrade\r\n",
		"named keep":     "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade\r\n",
	} {
		if resp, body := p.raw(t, "GET / HTTP/1.1\r\nHost: localhost\r\n"+lines+"\r\n"); resp.StatusCode != 200 || body != "[] [] []" {
			t.Errorf("%s: %d, the backend sees %s", name, resp.StatusCode, body)
		}
	}
	socket := strings.Replace(ask, "Upgrade: websocket\r\n", "Upgrade: h2c, websocket\r\nHTTP2-Settings: AAMA\r\n", 1)
	if _, body := p.raw(t, socket); !strings.HasPrefix(body, `["websocket"] []`) {
		t.Errorf("a socket: the backend sees %s", body)
	}
	if _, body := p.raw(t, "POST / HTTP/1.1\r\nHost: localhost\r\nUpgrade: tcp\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"); !strings.HasPrefix(body, `["tcp"]`) {
		t.Errorf("another protocol: the backend sees %s", body)
	}
}
