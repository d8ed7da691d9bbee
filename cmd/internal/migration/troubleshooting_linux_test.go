package migration

import (
	"slices"
	"strings"
	"testing"

	"culvert/certs/trust/browsertest"
)

func TestASiteOnHTTPSWhoseSocketFailed(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "troubleshooting", shared: map[string]string{"backend": address(startBackend(t, "backend"))}, roles: []string{"https"}}
	nginx, culvert := s.nginx(), s.culvert()
	page := []string{
		"status 200", "Content-Type: text/plain", "X-Backend: backend", "backend: GET /", "backend: HTTP/1.1", "backend: Host: {backend}",
		"backend: User-Agent: proof", "backend: X-Real-Ip: 127.0.0.1",
	}
	const origin = "://your.domain.test:{https}"
	exchanges := slices.Concat(sessions("wss"+origin+"/websocket"), []exchange{
		{name: "a page", url: "https" + origin + "/"},
		{name: "a form", url: "https" + origin + "/send%20it?to=a%2Fb&to=c", method: "POST", body: "text=hello", headers: asForm},
		{name: "an error of the backend", url: "https" + origin + "/?status=503"},
		{name: "a name that nobody has", url: "https://else.test:{https}/", differs: []difference{{
			nginx:   page,
			culvert: []string{"status 421", "Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff", "Culvert's words: no project on…"},
			why:     "a page of somebody else's name gets nothing: that ends DNS rebinding",
		}}},
		{name: "a redirect of the backend", url: "https" + origin + "/?status=302&header=Location:%20/elsewhere"},
	})
	compare(t, nginx, culvert, exchanges, []difference{ownServer, forwardedFor, forwardedHost, forwardedProto, unasked})

	insecure := []string{"SSLv3", "SSLv2", "TLSv1.1", "RC4", "EXPORT"}
	culvert.said(t, insecure...)
	for _, name := range insecure {
		for _, file := range culvert.files {
			for line := range strings.Lines(read(t, file)) {
				if strings.Contains(line, name) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
					t.Errorf("%s: %s", file, line)
				}
			}
		}
	}
	t.Run("mixed content", func(t *testing.T) { mixedContent(t, culvert) })
}

// mixedContent opens both kinds of socket from a page on https.
func mixedContent(t *testing.T, f front) {
	page := f.browse(t, browsertest.Chromium(), "--host-resolver-rules=MAP your.domain.test 127.0.0.1")
	if err := page.Open(f.fill("https://your.domain.test:{https}/?header=Content-Type:%20text/html")); err != nil {
		t.Fatal(err)
	}
	const socket = "://your.domain.test:{https}/websocket"
	if said := openSocket(page, f.fill("ws"+socket)); said != "SecurityError" {
		t.Errorf("ws:// on a page on https says %s", said)
	}
	if said := openSocket(page, f.fill("wss"+socket)); said != "opened" {
		t.Errorf("wss:// on a page on https says %s", said)
	}
}
