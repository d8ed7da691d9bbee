package migration

import (
	"slices"
	"testing"
	"time"
)

func TestAChatSystem(t *testing.T) {
	t.Parallel()
	node1 := address(startBackend(t, "node"))
	s := &site{t: t, folder: "chat", shared: map[string]string{
		"app": address(startBackend(t, "app")), "node1": node1, "node2": deadAddress(t), "node3": address(startBackend(t, "node")), "silence": "1s",
	}, roles: []string{"http", "https", "apps", "wss"}}
	nginx, culvert := s.nginx(), s.culvert()
	exchanges := slices.Concat(
		[]exchange{
			{name: "the page", url: "https://web.chat.test:{https}/", differs: []difference{fresh, encoded}},
			{name: "the page by http", url: "http://web.chat.test:{http}/", differs: []difference{fresh, encoded}},
			{name: "a page that is not there", url: "https://web.chat.test:{https}/nowhere.html", differs: []difference{ownPage("404 Not Found"), uncached}},
			{name: "out of the folder", url: "https://web.chat.test:{https}/..%2fkeys/server.key", differs: []difference{ownPage("400 Bad Request"), uncached, {
				nginx: []string{"status 400"}, culvert: []string{"status 404"}, why: "both refuse; which file is outside is not told",
			}}},
			{name: "a session", url: "https://web.chat.test:{https}/session", method: "POST", body: "device"},
			{name: "a login", url: "https://web.chat.test:{https}/session_login?user=a", method: "POST", body: "secret"},
			{name: "a login by QR code", url: "https://web.chat.test:{https}/pc_session/1"},
			{name: "a session at the app server's own name", url: "http://www.chat.test:{apps}/session"},
			{name: "the route by the page's name", url: "https://web.chat.test:{https}/route?v=1", differs: []difference{portOfHost("web.chat.test", "https")}},
			{name: "the route by the IM server's name", url: "https://chat.test:{https}/route", method: "POST", differs: []difference{portOfHost("chat.test", "https")}},
			{name: "the route by http", url: "http://chat.test:{http}/route", differs: []difference{portOfHost("chat.test", "http")}},
			{name: "the API", url: "https://chat.test:{https}/api/v1/im/send", method: "POST", body: "{}"},
			{name: "the API by http", url: "http://chat.test:{http}/api"},
			{name: "a name that nobody has", url: "http://else.test:{http}/", differs: []difference{ownPage("404 Not Found"), {
				nginx: []string{"status 404"}, culvert: []string{"status 421"}, why: "a page of somebody else's name gets nothing: that ends DNS rebinding",
			}}},
			{name: "the node's page", url: "https://localhost:{wss}/im", differs: []difference{kept}},
			{
				name: "a socket that is silent for longer than proxy_read_timeout", url: "wss://localhost:{wss}/",
				silence: 10 * time.Second, frames: []string{"text still there"}, want: []string{"the end: closed"},
			},
		},
		sessions("wss://localhost:{wss}/"),
	)
	culvert.said(t, "TLSv1, TLSv1.1")
	compare(t, nginx, culvert, exchanges, slices.Concat([]difference{ownServer, http10, spelling, portOfHost("localhost", "wss")}, forwarded))
}

// uncached is that of an answer in the place of a file.
var uncached = difference{culvert: []string{"Cache-Control: no-cache"}, why: "the file may be there the next time"}
