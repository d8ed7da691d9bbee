package project

import (
	"fmt"
	"strings"
	"testing"
)

// mistake is a text with what is wrong in it.
type mistake struct{ name, text, want string }

// check parses the text of each mistake, which wrap makes a file of.
func check(t *testing.T, mistakes []mistake, wrap func(text string) string) {
	t.Helper()
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("culvert.toml", []byte(wrap(c.text)))
			if got := strings.ReplaceAll(fmt.Sprint(err), "culvert.toml:", ""); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestProblemsOfTheTop holds lines that are the second of a file that is right otherwise.
func TestProblemsOfTheTop(t *testing.T) {
	check(t, []mistake{
		{
			"an unknown key near a known one",
			"liste = []",
			"2:1: liste: unknown key (did you mean listen?)",
		},
		{
			"an unknown key in another case and form",
			"Max-Connections = 1",
			"2:1: Max-Connections: unknown key (did you mean max_connections?)",
		},
		{
			"an unknown key like none",
			`colour = "red"`,
			"2:1: colour: unknown key (known here: name, description, group, listen, hosts, redirect_http, idle_timeout, max_connections, backlog, allow, deny, auth, certificate, cors, route)",
		},
		{
			"a key of a route at the top",
			"strip_prefix = true",
			"2:1: strip_prefix: unknown key (it belongs below a [[route]])",
		},
		{
			"an unknown key that needs quotes",
			`"聊天" = 1`,
			`2:1: "聊天": unknown key (known here: name, description, group, listen, hosts, redirect_http, idle_timeout, max_connections, backlog, allow, deny, auth, certificate, cors, route)`,
		},
		{
			"a table that no file has",
			"[tls]",
			"2:2: tls: unknown key (known here: name, description, group, listen, hosts, redirect_http, idle_timeout, max_connections, backlog, allow, deny, auth, certificate, cors, route)",
		},
		{
			"a number for text",
			"description = 5",
			`2:15: description: is a whole number, but must be text (write description = "text")`,
		},
		{
			"a fraction for text",
			"description = 1.5",
			`2:15: description: is a date, a time or a fraction, but must be text (write description = "text")`,
		},
		{
			"a date for text",
			"description = 2026-01-01",
			`2:15: description: is a date, a time or a fraction, but must be text (write description = "text")`,
		},
		{
			"text for a list",
			`hosts = "localhost"`,
			`2:9: hosts: is text, but must be a list (write hosts = ["localhost", "web-chat.localhost"])`,
		},
		{
			"a number in a list of text",
			`hosts = ["localhost", 5]`,
			`2:23: hosts: is a whole number, but must be text (write hosts = ["localhost", "web-chat.localhost"])`,
		},
		{
			"text for a boolean",
			`redirect_http = "yes"`,
			"2:17: redirect_http: is text, but must be true or false (write redirect_http = true, without quotes)",
		},
		{
			"text for a number",
			`max_connections = "5"`,
			"2:19: max_connections: is text, but must be a whole number (write max_connections = 100, or 0 for the default)",
		},
		{
			"a table for text",
			"description = { a = 1 }",
			`2:15: description: is a table, but must be text (write description = "text")`,
		},
		{
			"text for a table",
			`auth = "dev"`,
			"2:8: auth: is text, but must be a table (write [auth] on a line of its own, its keys below it)",
		},
		{
			"a list of tables for a table",
			"[[auth]]",
			"2:3: auth: is a list of tables, but must be a table (write [auth] on a line of its own, its keys below it)",
		},
		{
			"a line break in a description",
			`description = "a\nb"`,
			"2:15: description: has a line break or another control character (write one line of text)",
		},
		{
			"an escape sequence in a description",
			`description = "\u001b[2J"`,
			"2:15: description: has a line break or another control character (write one line of text)",
		},
		{
			"an empty group",
			`group = ""`,
			"2:9: group: is empty (take the line out, or write a text)",
		},
		{
			"an empty list",
			"listen = []",
			`2:10: listen: is empty (write listen = ["127.0.0.1:8443"], or take the line out)`,
		},
		{
			"a port alone",
			`listen = ["8443"]`,
			`2:11: listen: "8443" is a port without an address (write "127.0.0.1:8443")`,
		},
		{
			"a port behind a colon alone",
			`listen = [":8443"]`,
			`2:11: listen: ":8443" does not say which address (write "127.0.0.1:8443" for this machine only, or "0.0.0.0:8443" for every network it is in)`,
		},
		{
			"a star for the address",
			`listen = ["*:8443"]`,
			`2:11: listen: "*:8443" does not say which address (write "127.0.0.1:8443" for this machine only, or "0.0.0.0:8443" for every network it is in)`,
		},
		{
			"a name for the address",
			`listen = ["web.example:8443"]`,
			`2:11: listen: "web.example" is no address of a machine (write an IP address, as in "127.0.0.1:8443"; names go into hosts)`,
		},
		{
			"a URL for the address",
			`listen = ["https://localhost:8443"]`,
			`2:11: listen: "https://localhost:8443" is a URL (write only address and port, as in "127.0.0.1:8443")`,
		},
		{
			"a port that is too large",
			`listen = ["127.0.0.1:65536"]`,
			`2:11: listen: "65536" is no port (ports are numbers up to 65535)`,
		},
		{
			"a port by its name",
			`listen = ["127.0.0.1:https"]`,
			`2:11: listen: "https" is no port (ports are numbers up to 65535)`,
		},
		{
			"an IPv6 address without brackets",
			`listen = ["::1"]`,
			`2:11: listen: "::1" is an IPv6 address without brackets (write "[::1]:8443")`,
		},
		{
			"an IPv6 address without brackets that swallows its port",
			`listen = ["::1:8443"]`,
			`2:11: listen: "::1:8443" is an IPv6 address without brackets (write "[::1]:8443")`,
		},
		{
			"a multicast address",
			`listen = ["224.0.0.1:80"]`,
			`2:11: listen: "224.0.0.1" is no address of a machine (write an IP address, as in "127.0.0.1:8443"; names go into hosts)`,
		},
		{
			"no address",
			`listen = [""]`,
			`2:11: listen: "" is not address:port (write "127.0.0.1:8443")`,
		},
		{
			"an address twice, in two forms",
			`listen = ["127.0.0.1:8443", "localhost:8443"]`,
			`2:29: listen: "localhost:8443" is already there in line 2 (keep one of the two)`,
		},
		{
			"a wildcard host",
			`hosts = ["*.localhost"]`,
			`2:10: hosts: "*.localhost" is a wildcard, which browsers refuse for local names (write each name)`,
		},
		{
			"a host with a port",
			`hosts = ["localhost:8443"]`,
			`2:10: hosts: "localhost:8443" is more than a name (write only the name, without https://, port and path)`,
		},
		{
			"a host with a scheme",
			`hosts = ["https://localhost"]`,
			`2:10: hosts: "https://localhost" is more than a name (write only the name, without https://, port and path)`,
		},
		{
			"a host beyond ASCII",
			`hosts = ["聊天.localhost"]`,
			`2:10: hosts: "聊天.localhost" has characters that browsers send in another form (write the name as it is sent, beginning with xn--)`,
		},
		{
			"a host with an empty label",
			`hosts = ["a..localhost"]`,
			`2:10: hosts: "a..localhost" is no host name (write hosts = ["localhost", "web-chat.localhost"])`,
		},
		{
			"a host that begins with a hyphen",
			`hosts = ["-a.localhost"]`,
			`2:10: hosts: "-a.localhost" is no host name (write hosts = ["localhost", "web-chat.localhost"])`,
		},
		{
			"a host twice, in two cases",
			`hosts = ["a.localhost", "A.localhost"]`,
			`2:25: hosts: "A.localhost" is already there in line 2 (keep one of the two)`,
		},
		{
			"a time span without a unit",
			`idle_timeout = "300"`,
			`2:16: idle_timeout: "300" has no unit (write "300s" for seconds or "300ms" for milliseconds)`,
		},
		{
			"a number for a time span",
			"idle_timeout = 300",
			`2:16: idle_timeout: is a whole number, but must be text (write idle_timeout = "60s", or "0" for none)`,
		},
		{
			"a negative time span",
			`idle_timeout = "-1s"`,
			`2:16: idle_timeout: "-1s" is negative (write "0" for none)`,
		},
		{
			"a time span in words",
			`idle_timeout = "5 minutes"`,
			`2:16: idle_timeout: "5 minutes" is no time span (write for example "500ms", "60s", "5m", "1h30m", or "0" for none)`,
		},
		{
			"an empty time span",
			`idle_timeout = ""`,
			`2:16: idle_timeout: "" is no time span (write for example "500ms", "60s", "5m", "1h30m", or "0" for none)`,
		},
		{
			"a negative number",
			"max_connections = -1",
			"2:19: max_connections: is not between 0 and 2147483647 (write max_connections = 100, or 0 for the default)",
		},
		{
			"a number beyond 64 bits",
			"max_connections = 99999999999999999999",
			"2:19: max_connections: is not between 0 and 2147483647 (write max_connections = 100, or 0 for the default)",
		},
		{
			"a backlog beyond its bound",
			"backlog = 65536",
			"2:11: backlog: is not between 0 and 65535 (write backlog = 100, or 0 for the default)",
		},
		{
			"an empty allow list",
			"allow = []",
			`2:9: allow: is empty (write allow = ["127.0.0.0/8", "::1"], or take the line out)`,
		},
		{
			"a name for a client",
			`allow = ["localhost"]`,
			`2:10: allow: "localhost" is no IP address or range (write for example "192.168.1.20", "192.168.1.0/24" or "::1")`,
		},
		{
			"a range whose address is inside of it",
			`allow = ["192.168.1.5/24"]`,
			`2:10: allow: "192.168.1.5/24" is an address and a range at once (write "192.168.1.0/24" for the range or "192.168.1.5" for the address)`,
		},
		{
			"a range that is too long",
			`deny = ["10.0.0.0/33"]`,
			`2:9: deny: "10.0.0.0/33" is no IP address or range (write for example "192.168.1.20", "192.168.1.0/24" or "::1")`,
		},
		{
			"a client twice, in two forms",
			`deny = ["::1", "::1/128"]`,
			`2:16: deny: "::1/128" is already there in line 2 (keep one of the two)`,
		},
		{
			"a user without a password",
			"[auth]\nuser = \"dev\"",
			`2:2: auth.password_env: is missing (write password_env = "CHAT_PASSWORD")`,
		},
		{
			"a user with a colon",
			"[auth]\nuser = \"a:b\"\npassword_env = \"P\"",
			`3:8: auth.user: "a:b" has a colon (HTTP basic authentication allows none in a user's name)`,
		},
		{
			"a password in place of its variable",
			"[auth]\nuser = \"dev\"\npassword_env = \"s3cret!\"",
			`4:16: auth.password_env: is not the name of an environment variable (write password_env = "CHAT_PASSWORD" and keep the password out of the file)`,
		},
		{
			"a password in the file",
			"[auth]\nuser = \"dev\"\npassword = \"s3cret!\"\npassword_env = \"P\"",
			"4:1: auth.password: unknown key (known here: user, password_env)",
		},
		{
			"passwords and cookies for every origin",
			"[cors]\norigins = [\"*\"]\ncredentials = true",
			"4:1: cors.credentials: would let pages of every origin act in your name (name the origins, or take the line out)",
		},
		{
			"a certificate without a file",
			"[certificate]\nalias = \"a\"",
			`2:2: certificate.file: is missing (write file = "node1.jks")`,
		},
		{
			"a path that begins with a tilde",
			"[certificate]\nfile = \"~/a.pem\"",
			`3:8: certificate.file: "~/a.pem" begins with ~, which only a shell replaces (write a path relative to the project file)`,
		},
		{
			"an origin with a path",
			"[cors]\norigins = [\"https://localhost:5173/app\"]",
			`3:12: cors.origins: "https://localhost:5173/app" is no origin (write scheme, host and port, as in "https://localhost:5173", or "*")`,
		},
		{
			"an origin without a scheme",
			"[cors]\norigins = [\"localhost:5173\"]",
			`3:12: cors.origins: "localhost:5173" is no origin (write scheme, host and port, as in "https://localhost:5173", or "*")`,
		},
		{
			"a method in lower case",
			"[cors]\norigins = [\"*\"]\nmethods = [\"get\"]",
			`4:12: cors.methods: "get" is not in capitals, and case matters in methods (write "GET")`,
		},
		{
			"a method with a blank",
			"[cors]\norigins = [\"*\"]\nmethods = [\"GET POST\"]",
			`4:12: cors.methods: "GET POST" is no method (write methods = ["GET", "POST"])`,
		},
		{
			"a header with a colon",
			"[cors]\norigins = [\"*\"]\nheaders = [\"X-A:\"]",
			`4:12: cors.headers: "X-A:" is no header name (write letters, digits and -)`,
		},
	}, func(line string) string { return head + line + "\n" + foot })
}

// TestProblemsOfRoutes holds lines that are the third of a file, in its route, which is right otherwise.
func TestProblemsOfRoutes(t *testing.T) {
	check(t, []mistake{
		{
			"an unknown key near a known one",
			`read_timeut = "5s"`,
			"3:1: route.read_timeut: unknown key (did you mean read_timeout?)",
		},
		{
			"a key of the top in a route",
			`description = "chat"`,
			"3:1: route.description: unknown key (it belongs above the first [table])",
		},
		{
			"an address at which the project does not listen",
			`listen = ["127.0.0.1:8443"]`,
			`3:11: route.listen: "127.0.0.1:8443" is not among the addresses that the project listens on (add it to listen above the first [table])`,
		},
		{
			"a path without a slash",
			`path = "ws"`,
			`3:8: route.path: "ws" does not begin with / (write "/ws")`,
		},
		{
			"an empty path",
			`path = ""`,
			`3:8: route.path: "" does not begin with / (write "/")`,
		},
		{
			"a path with a query",
			`path = "/ws?a=1"`,
			`3:8: route.path: "/ws?a=1" has a query or a fragment (write only the path: a query is carried with any)`,
		},
		{
			"a path with a wildcard",
			`path = "/ws/*"`,
			`3:8: route.path: "/ws/*" has a * (write what the paths begin with: a route serves all that begin with its path)`,
		},
		{
			"a path with an escape",
			`path = "/a%20b"`,
			`3:8: route.path: "/a%20b" has a % (write the character itself: paths are compared decoded)`,
		},
		{
			"a path that leaves itself",
			`path = "/a/../b"`,
			`3:8: route.path: "/a/../b" is no path that a browser sends (write "/b")`,
		},
		{
			"a path with two slashes",
			`path = "//a/"`,
			`3:8: route.path: "//a/" is no path that a browser sends (write "/a/")`,
		},
		{
			"text for the upstreams",
			`to = "ws://127.0.0.1:8080"`,
			`3:6: route.to: is text, but must be a list (write to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"no upstream",
			"to = []",
			`3:6: route.to: is empty (write to = ["ws://127.0.0.1:8080"], or take the line out)`,
		},
		{
			"neither upstream nor files",
			`# to = ["ws://127.0.0.1:8080"]`,
			`2:3: route.to: is missing (write to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"both upstream and files",
			"to = [\"ws://127.0.0.1:8080\"]\nroot = \"./dist\"",
			"4:1: route.root: a route has either to or root (make it a second [[route]] with its own path)",
		},
		{
			"a key that files do not have",
			"root = \"./dist\"\nhost = \"upstream\"",
			"4:1: route.host: means nothing where root serves files (take the line out)",
		},
		{
			"files and a redirect",
			"root = \"./dist\"\nredirect = \"/new\"",
			"4:1: route.redirect: a route has either root or redirect (make it a second [[route]] with its own path)",
		},
		{
			"a redirect and an upstream",
			"redirect = \"/new\"\nto = [\"ws://127.0.0.1:8080\"]",
			"3:1: route.redirect: a route has either to or redirect (make it a second [[route]] with its own path)",
		},
		{
			"a key that redirects do not have",
			"redirect = \"/new\"\nstrip_prefix = true",
			"4:1: route.strip_prefix: means nothing where clients are sent elsewhere (take the line out)",
		},
		{
			"a fallback without files",
			"to = [\"ws://127.0.0.1:8080\"]\nfallback = \"index.html\"",
			"4:1: route.fallback: means nothing where no root serves files (take the line out)",
		},
		{
			"a fallback above the root",
			"root = \"./dist\"\nfallback = \"../index.html\"",
			`4:12: route.fallback: "../index.html" is no file below root (write fallback = "index.html")`,
		},
		{
			"an empty fallback",
			"root = \"./dist\"\nfallback = \"\"",
			"4:12: route.fallback: is empty (take the line out, or write a text)",
		},
		{
			"a redirect to nowhere",
			`redirect = "new place"`,
			`3:12: route.redirect: is no URL (write a path, "/new/place", or a URL, "https://localhost:8443")`,
		},
		{
			"a redirect to another scheme",
			`redirect = "wss://localhost"`,
			`3:12: route.redirect: "wss://localhost" is neither a path nor a URL of http or https (write a path, "/new/place", or a URL, "https://localhost:8443")`,
		},
		{
			"a redirect with a password",
			`redirect = "https://a:b@localhost/"`,
			"3:12: route.redirect: holds a user or a password, which everyone who has the file would see (take it out)",
		},
		{
			"a redirect to a host that is none",
			`redirect = "https://a_-./"`,
			`3:12: route.redirect: "a_-." is no host (write a name or an IP address, as in "127.0.0.1:8080")`,
		},
		{
			"an upstream without a scheme",
			`to = ["127.0.0.1:8080"]`,
			`3:7: route.to: "127.0.0.1:8080" has no scheme (write for example "ws://127.0.0.1:8080"; ws wss http https unix are carried)`,
		},
		{
			"an upstream that begins as a path",
			`to = ["/run/a.sock"]`,
			`3:7: route.to: "/run/a.sock" has no scheme (write for example "ws://127.0.0.1:8080"; ws wss http https unix are carried)`,
		},
		{
			"an upstream of another scheme",
			`to = ["tcp://127.0.0.1:8080"]`,
			`3:7: route.to: "tcp" is not carried (use ws, wss, http, https or unix)`,
		},
		{
			"an upstream without a host",
			`to = ["ws:///ws"]`,
			`3:7: route.to: names no host (write for example "127.0.0.1:8080")`,
		},
		{
			"an upstream with a port but no host",
			`to = ["ws://:8080"]`,
			`3:7: route.to: names no host (write for example "127.0.0.1:8080")`,
		},
		{
			"an upstream with a colon but no port",
			`to = ["ws://localhost:"]`,
			"3:7: route.to: ends in a colon (write the port behind it)",
		},
		{
			"an upstream with port 0",
			`to = ["ws://localhost:0"]`,
			"3:7: route.to: has port 0 (write the port that the server listens on)",
		},
		{
			"an upstream with a port that is too large",
			`to = ["ws://localhost:70000"]`,
			`3:7: route.to: "70000" is no port (ports are numbers up to 65535)`,
		},
		{
			"an upstream with a port in letters",
			`to = ["ws://localhost:http"]`,
			`3:7: route.to: is no URL (write to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"an upstream with a host that cannot be",
			`to = ["ws://a_b-.example"]`,
			`3:7: route.to: "a_b-.example" is no host (write a name or an IP address, as in "127.0.0.1:8080")`,
		},
		{
			"an upstream with a password, which is not repeated",
			`to = ["ws://dev:s3cret@localhost:8080"]`,
			"3:7: route.to: holds a user or a password, which everyone who has the file would see (take it out)",
		},
		{
			"an upstream with a password that is no URL",
			`to = ["ws://dev:s3cret@local host"]`,
			`3:7: route.to: is no URL (write to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"an upstream with a query",
			`to = ["ws://localhost:8080/?a=1"]`,
			"3:7: route.to: has a query or a fragment (take it out: requests bring their own query)",
		},
		{
			"an upstream with a path that leaves itself",
			`to = ["ws://localhost:8080/a/../b"]`,
			`3:7: route.to: "/a/../b" is no path that a browser sends (write "/b")`,
		},
		{
			"an upstream twice",
			`to = ["ws://localhost:8080", "WS://LOCALHOST:8080"]`,
			`3:30: route.to: "WS://LOCALHOST:8080" is already there in line 3 (keep one of the two)`,
		},
		{
			"a socket without a path",
			`to = ["unix:"]`,
			`3:7: route.to: names no socket (write "unix:/path/to.sock" or "unix:relative.sock")`,
		},
		{
			"a socket with a host",
			`to = ["unix://run/a.sock"]`,
			`3:7: route.to: has two slashes, where a host would follow (write "unix:/path/to.sock" or "unix:relative.sock")`,
		},
		{
			"a socket whose path is too long",
			`to = ["unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]`,
			"3:7: route.to: the path has 108 characters (a socket's has at most 107: put it elsewhere)",
		},
		{
			"a slip in a word for the host",
			`host = "presrve"`,
			`3:8: route.host: "presrve" is neither preserve nor upstream (did you mean preserve?)`,
		},
		{
			"a host with a path",
			`host = "example.com/ws"`,
			`3:8: route.host: "example.com/ws" is no host (write "preserve", "upstream" or a host)`,
		},
		{
			"a header's value that is a number",
			"set_headers = { X-A = 5 }",
			`3:23: route.set_headers.X-A: is a whole number, but must be text (write X-A = "text")`,
		},
		{
			"a header's name with a blank",
			`set_headers = { "X A" = "b" }`,
			`3:17: route.set_headers."X A": "X A" is no header name (write letters, digits and -)`,
		},
		{
			"a header's value with a line break",
			`set_headers = { X-A = "b\r\nX-B: c" }`,
			`3:23: route.set_headers.X-A: "b\r\nX-B: c" has a line break or another control character (write one line of text)`,
		},
		{
			"a header's value that ends in a blank",
			`set_headers = { X-A = "b " }`,
			`3:23: route.set_headers.X-A: "b " begins or ends with a blank (write "b")`,
		},
		{
			"a header twice, in two cases",
			`set_headers = { X-A = "b", x-a = "c" }`,
			"3:28: route.set_headers.x-a: is already there in line 3: case does not matter in header names (keep one of the two)",
		},
		{
			"a header that is a key of its own",
			`set_headers = { host = "b" }`,
			`3:17: route.set_headers.host: has a key of its own (write host = "…" in the route)`,
		},
		{
			"a header of the handshake",
			`set_headers = { Sec-WebSocket-Protocol = "b" }`,
			"3:17: route.set_headers.Sec-WebSocket-Protocol: belongs to the handshake between browser and backend (take it out: it is carried as it is)",
		},
		{
			"a header of the connection",
			`set_headers = { upgrade = "websocket" }`,
			"3:17: route.set_headers.upgrade: belongs to the connection, not to the request (take it out: Culvert sends it where it is due)",
		},
		{
			"text for the headers",
			`set_headers = "X-A: b"`,
			`3:15: route.set_headers: is text, but must be a table (write set_headers = { "X-From" = "culvert" })`,
		},
		{
			"an exact path twice",
			"exact = true\nto = [\"ws://[::1]:1\"]\n[[route]]\nto = [\"ws://[::1]:1\"]\n[[route]]\nexact = true\nto = [\"ws://[::1]:2\"]",
			`7:3: route.path: "/" is the path of the route in line 2 too (give each route its own path; several upstreams of one path go into one list)`,
		},
		{
			"a path twice",
			"to = [\"ws://[::1]:1\"]\n[[route]]\npath = \"/\"\nto = [\"ws://[::1]:2\"]",
			`5:8: route.path: "/" is the path of the route in line 2 too (give each route its own path; several upstreams of one path go into one list)`,
		},
	}, func(line string) string {
		text := head + "[[route]]\n" + line + "\n"
		if !strings.Contains(line, "to =") && !strings.Contains(line, "root =") && !strings.Contains(line, "redirect =") {
			text += "to = [\"ws://127.0.0.1:8080\"]\n"
		}
		return text
	})
}

// TestProblemsOfFiles holds whole files.
func TestProblemsOfFiles(t *testing.T) {
	check(t, []mistake{
		{
			"an empty file",
			"",
			"1:1: name: is missing (write name = \"web-chat\")\n" +
				`1:1: route: is missing (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"a file of a comment",
			"# nothing yet\n",
			"1:1: name: is missing (write name = \"web-chat\")\n" +
				`1:1: route: is missing (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"a name with a blank",
			"name = \"web chat\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`1:8: name: "web chat" has other characters than letters, digits, _ . and - (write name = "web-chat")`,
		},
		{
			"a name beyond ASCII",
			"name = \"聊天\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`1:8: name: "聊天" has other characters than letters, digits, _ . and - (write name = "web-chat")`,
		},
		{
			"an empty name",
			"name = \"\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:8: name: has 0 characters (give it 1 to 255)",
		},
		{
			"a name of two dots",
			"name = \"..\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`1:8: name: ".." is all dots (add a letter or a digit)`,
		},
		{
			"no route",
			"name = \"a\"\n",
			`1:1: route: is missing (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"one bracket for two",
			"name = \"a\"\n[route]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`2:2: route: is a table, not a list of tables (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"a route that is text",
			"name = \"a\"\nroute = \"ws://127.0.0.1:8080\"\n",
			`2:1: route: is text, not a list of tables (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"a list of routes that holds text",
			"name = \"a\"\nroute = [\"ws://127.0.0.1:8080\"]\n",
			`2:10: route: holds text, not a table (write [[route]] and below it to = ["ws://127.0.0.1:8080"])`,
		},
		{
			"a key twice",
			"name = \"a\"\nname = \"b\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"2:1: name: is already there in line 1 (keep one of the two)",
		},
		{
			"a key twice, once dotted",
			"name = \"a\"\nauth = { user = \"u\", password_env = \"P\" }\nauth.user = \"v\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"3:1: auth: is already there in line 2 (keep one of the two)",
		},
		{
			"a table twice",
			"name = \"a\"\n[cors]\norigins = [\"*\"]\n[cors]\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"4:2: cors: is already there in line 2 (keep one of the two)",
		},
		{
			"a table below a value",
			"name = \"a\"\n[name.of]\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"2:2: name: is already there in line 1 (keep one of the two)",
		},
		{
			"an upstream that is the tunnel itself",
			"name = \"a\"\nlisten = [\"0.0.0.0:443\"]\n[[route]]\nto = [\"https://localhost\"]\n",
			`4:7: route.to: "https://localhost" is the tunnel's own address 0.0.0.0:443 (name the address of your server)`,
		},
		{
			"text without quotes, which hides no other mistake",
			"name = web-chat\nlisten = [\"8443\"]\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:8: unexpected character 'w' at start of value (put text in double quotes: key = \"text\")\n" +
				`2:11: listen: "8443" is a port without an address (write "127.0.0.1:8443")`,
		},
		{
			"text in single words beyond ASCII",
			"name = 聊天\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`1:8: unexpected character '聊' at start of value (put text in double quotes: key = "text")`,
		},
		{
			"a quote that is not closed",
			"name = \"a\nlisten = [\"8443\"]\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:10: basic strings cannot have new lines (close the quote in the same line)\n" +
				`2:11: listen: "8443" is a port without an address (write "127.0.0.1:8443")`,
		},
		{
			"a list that is not closed",
			"name = \"a\"\nlisten = [\"127.0.0.1:8443\"\nhosts = []\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"3:1: expected ',' or ']' after array value (separate the values by commas and close the list by ])\n" +
				`3:9: hosts: is empty (write hosts = ["localhost", "web-chat.localhost"], or take the line out)`,
		},
		{
			"a list over several lines with a mistake",
			"name = \"a\"\nlisten = [\n  \"127.0.0.1:8443\",\n  localhost,\n]\nhosts = []\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"4:3: unexpected character 'l' at start of value (put text in double quotes: key = \"text\")\n" +
				`6:9: hosts: is empty (write hosts = ["localhost", "web-chat.localhost"], or take the line out)`,
		},
		{
			"a header that is not closed",
			"name = \"a\"\n[[route]\nto = []\n",
			"2:8: expected ']]' to close array table name (close a header by as many ] as it has [)",
		},
		{
			"a backslash",
			"name = \"a\"\nroot = \"C:\\dist\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			`2:11: invalid escape character '\\' (write \\ for a backslash, or use single quotes: 'C:\dir')`,
		},
		{
			"a mistake inside a route, whose other keys stay its own",
			"name = \"a\"\n[[route]]\nto = ws://127.0.0.1:8080\npath = \"/ws\"\nhost = \"presrve\"\n",
			"3:6: unexpected character 'w' at start of value (put text in double quotes: key = \"text\")\n" +
				`5:8: route.host: "presrve" is neither preserve nor upstream (did you mean preserve?)`,
		},
		{
			"a required key that is misspelt",
			"nam = \"a\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:1: nam: unknown key (did you mean name?)",
		},
		{
			"two keys in one line",
			"name = \"a\" listen = []\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:12: expected newline but got 'l' (begin a new line for each key)",
		},
		{
			"a list that never ends",
			"name = \"a\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\nallow = [\n",
			"4:10: array is incomplete (close the list by ])",
		},
		{
			"a text that never ends",
			"name = \"\"\"a\nlisten = []\n",
			"2:10: listen: is empty (write listen = [\"127.0.0.1:8443\"], or take the line out)\n" +
				`2:12: multiline basic string not terminated by """ (close the quote)`,
		},
		{
			"Windows line ends",
			"name = \"a\"\r\n\r\nliste = 1\r\ndescription = \"中文\" # 中文\r\nhosts = [\"中文\", \"b:1\"]\r\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"3:1: liste: unknown key (did you mean listen?)\n" +
				"5:10: hosts: \"中文\" has characters that browsers send in another form (write the name as it is sent, beginning with xn--)\n" +
				`5:16: hosts: "b:1" is more than a name (write only the name, without https://, port and path)`,
		},
		{
			"a byte order mark",
			"\ufeffliste = 1\nname = \"a\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"1:1: liste: unknown key (did you mean listen?)",
		},
		{
			"characters of several bytes before the mistake",
			"name = \"a\"\nauth = { user = \"网页🙂\", pasword_env = \"P\" }\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"2:24: auth.pasword_env: unknown key (did you mean password_env?)",
		},
		{
			"UTF-16",
			"\xff\xfen\x00a\x00",
			"1:1: the file is UTF-16 (save it as UTF-8)",
		},
		{
			"bytes that are no UTF-8",
			"name = \"a\"\ndescription = \"\xb4\xf3\"\n[[route]]\nto = [\"ws://127.0.0.1:8080\"]\n",
			"2:16: invalid UTF-8 character in basic string (save the file as UTF-8)",
		},
		{
			"a file that is no TOML at all",
			"<html>\n<body>\n</body>\n",
			"1:1: invalid character at start of key: '<' (a line begins with a key such as listen, with [ or with #)",
		},
	}, func(text string) string { return text })
}
