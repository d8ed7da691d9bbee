package migration

import (
	"slices"
	"strings"
	"testing"
)

func TestASiteOnHTTPSWhoseSocketFailed(t *testing.T) {
	t.Parallel()
	s := &site{t: t, folder: "troubleshooting", shared: map[string]string{"backend": address(startBackend(t, "backend"))}, roles: []string{"https"}}
	nginx, culvert := s.nginx(), s.culvert()
	const origin = "://your.domain.test:{https}"
	exchanges := slices.Concat(sessions("wss"+origin+"/websocket"), []exchange{
		{name: "a page", url: "https" + origin + "/"},
		{name: "a form", url: "https" + origin + "/send%20it?to=a%2Fb&to=c", method: "POST", body: "text=hello", headers: []string{"Content-Type: application/x-www-form-urlencoded"}},
		{name: "an error of the backend", url: "https" + origin + "/?status=503"},
		{name: "a redirect of the backend", url: "https" + origin + "/?status=302&header=Location:%20/elsewhere"},
	})
	compare(t, nginx, culvert, exchanges, []difference{ownServer, forwardedFor, forwardedHost, forwardedProto, unasked})

	for _, name := range []string{"SSLv3", "SSLv2", "RC4"} {
		if !strings.Contains(culvert.notes, name) {
			t.Errorf("the import does not name %s, which it dropped", name)
		}
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
	page := f.browse(t, "--host-resolver-rules=MAP your.domain.test 127.0.0.1")
	if err := page.Open(f.fill("https://your.domain.test:{https}/?header=Content-Type:%20text/html")); err != nil {
		t.Fatal(err)
	}
	open := func(scheme string) (said string) {
		page.Read(`new Promise(done => {
			try {
				const socket = new WebSocket("`+f.fill(scheme+"://your.domain.test:{https}/websocket")+`");
				socket.onmessage = () => done("opened");
				socket.onerror = () => done("failed");
			} catch (e) { done(e.name); }
		})`, &said)
		return said
	}
	if said := open("ws"); said != "SecurityError" {
		t.Errorf("ws:// on a page on https says %s", said)
	}
	if said := open("wss"); said != "opened" {
		t.Errorf("wss:// on a page on https says %s", said)
	}
}
