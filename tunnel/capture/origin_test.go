package capture

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAnOriginOtherThanTheOneAskedIsForeign(t *testing.T) {
	const asked = "wss://web-chat.localhost:8443/ws?a=%zz"
	for _, test := range []struct {
		name    string
		asked   string
		headers string
		want    string
	}{
		{"no browser: no Origin", asked, "", ""},
		{"an empty Origin", asked, "Origin:\r\n", ""},
		{"the same", asked, "Origin: https://web-chat.localhost:8443\r\n", ""},
		{"the same in capitals", asked, "ORIGIN: HTTPS://Web-Chat.LocalHost:8443\r\n", ""},
		{"the same with the root's dot", asked, "Origin: https://web-chat.localhost.:8443\r\n", ""},
		{"localhost for a name below it", asked, "Origin: https://localhost:8443\r\n", ""},
		{"a name below localhost for another", asked, "Origin: https://other.localhost:8443\r\n", ""},
		{"127.0.0.1 for localhost", asked, "Origin: https://127.0.0.1:8443\r\n", ""},
		{"::1 for localhost", asked, "Origin: https://[::1]:8443\r\n", ""},
		{"::1 in full", asked, "Origin: https://[0:0:0:0:0:0:0:1]:8443\r\n", ""},
		{"another port of this machine", asked, "Origin: https://localhost:5173\r\n", "https://localhost:5173"},
		{"the standard port for another", asked, "Origin: https://web-chat.localhost\r\n", "https://web-chat.localhost"},
		{"another host", asked, "Origin: https://elsewhere.example\r\n", "https://elsewhere.example"},
		{"another host with the same port", asked, "Origin: https://elsewhere.example:8443\r\n", "https://elsewhere.example:8443"},
		{"a name that only ends alike", asked, "Origin: https://notlocalhost:8443\r\n", "https://notlocalhost:8443"},
		{"a name that only begins alike", asked, "Origin: https://localhost.example:8443\r\n", "https://localhost.example:8443"},
		{"another scheme", asked, "Origin: http://web-chat.localhost:8443\r\n", "http://web-chat.localhost:8443"},
		{"null", asked, "Origin: null\r\n", "null"},
		{"an extension", asked, "Origin: chrome-extension://abc\r\n", "chrome-extension://abc"},
		{"a file", asked, "Origin: file://\r\n", "file://"},
		{"no URL at all", asked, "Origin: web-chat.localhost:8443\r\n", "web-chat.localhost:8443"},
		{"a host that is none", asked, "Origin: https://[::1\r\n", "https://[::1"},
		{"a second Origin", asked, "Origin: https://localhost:8443\r\nOrigin: https://b.example\r\n", "https://b.example"},
		{"the standard port left out of the Origin", "wss://a.test:443/ws", "Origin: https://a.test\r\n", ""},
		{"the standard port left out of the URL", "ws://a.test/ws", "Origin: http://a.test:80\r\n", ""},
		{"the standard port of the other scheme", "ws://a.test/ws", "Origin: http://a.test:443\r\n", "http://a.test:443"},
		{"a query right after the host", "wss://a.test?x", "Origin: https://a.test\r\n", ""},
		{"an empty host", "wss:///ws", "Origin: null\r\n", "null"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := New(0)
			defer l.Close()
			head := "GET /ws HTTP/1.1\r\nHost: x\r\n" + test.headers + "\r\n"
			c := l.Open(Request{Time: time.Now(), URL: test.asked, Head: []byte(head)})
			if info, _ := l.Conn(c.ID()); info.ForeignOrigin != test.want {
				t.Errorf("Conn says %q, want %q", info.ForeignOrigin, test.want)
			}
			if info := l.Conns()[0]; info.ForeignOrigin != test.want {
				t.Errorf("Conns says %q, want %q", info.ForeignOrigin, test.want)
			}
		})
	}
}

func TestAForeignOriginIsShownAndFound(t *testing.T) {
	l := New(0)
	defer l.Close()
	at := time.Now()
	for _, from := range []string{"https://localhost:8443", "https://b.example\x1b[31m"} {
		c := l.Open(Request{
			Time: at, URL: "wss://localhost:8443/ws", Head: []byte("GET /ws HTTP/1.1\r\nOrigin: " + from + "\r\n\r\n"),
		})
		c.Answered(at, 101, []byte(switching))
	}
	for i, want := range []struct{ text, origin string }{
		{"wss://localhost:8443/ws  101", ""},
		{`wss://localhost:8443/ws  101  from the page https://b.example\x1b[31m`, "https://b.example\x1b[31m"},
	} {
		r, ok := l.Row(int64(i + 1))
		if !ok {
			t.Fatalf("row %d is not there", i+1)
		}
		if line := string(l.AppendText(nil, &r, -1)); !strings.HasSuffix(line, want.text) {
			t.Errorf("the line is %q, want … %q", line, want.text)
		}
		var row map[string]any
		if err := json.Unmarshal(l.AppendJSON(nil, &r, "", -1), &row); err != nil {
			t.Fatal(err)
		}
		if got, _ := row["foreign_origin"].(string); got != want.origin {
			t.Errorf("foreign_origin is %q, want %q", got, want.origin)
		}
	}
	for _, test := range []struct {
		query string
		want  []int64
	}{
		{"is:foreign", []int64{2}},
		{"-is:foreign", []int64{1}},
		{"is:problem", nil},
	} {
		q, err := ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := l.Find(context.Background(), q, 0, 0, 0); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s finds %v, %v; want %v", test.query, got, err, test.want)
		}
	}
}
