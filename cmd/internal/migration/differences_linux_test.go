package migration

// The differences that several sites have.
var (
	ownServer = difference{
		nginx: []string{"Server: nginx"},
		why:   "which program carries a page is nobody's business; a Server header of the backend's passes",
	}
	forwardedFor = difference{
		culvert: []string{"backend: X-Forwarded-For: …"},
		why:     "a backend is told whom a request comes from without being configured for it",
	}
	realIP         = difference{culvert: []string{"backend: X-Real-Ip: 127.0.0.1"}, why: forwardedFor.why}
	forwardedHost  = difference{culvert: []string{"backend: X-Forwarded-Host: …"}, why: "a backend that sees another Host can still make URLs"}
	forwardedProto = difference{culvert: []string{"backend: X-Forwarded-Proto: …"}, why: "a backend without TLS can tell that its page has it"}
	forwarded      = []difference{forwardedFor, realIP, forwardedHost, forwardedProto}

	http10 = difference{
		nginx:   []string{"backend: HTTP/1.0", "backend: Connection: close"},
		culvert: []string{"backend: HTTP/1.1"},
		why:     "nginx speaks HTTP/1.0 with backends that it is not told to speak 1.1 with; these are of this century",
	}
	kept     = difference{nginx: []string{"backend: Connection: close"}, why: "connections with the backend are kept for the next request"}
	unasked  = difference{nginx: []string{"backend: Connection: Upgrade"}, why: "a request that asks for no upgrade does not ask the backend for one"}
	spelling = difference{
		nginx:   []string{"backend: Connection: upgrade"},
		culvert: []string{"backend: Connection: Upgrade"},
		why:     "the client's header passes as the client spelt it",
	}
	fresh = difference{
		culvert: []string{"Cache-Control: no-cache", "X-Content-Type-Options: nosniff"},
		why:     "a developer sees a file as it is now: browsers ask each time, and get 304; what it is, they do not guess",
	}
	encoded = difference{
		nginx:   []string{"Content-Type: text/html"},
		culvert: []string{"Content-Type: text/html; charset=utf-8"},
		why:     "a page that does not tell its encoding is UTF-8",
	}
)

// portOfHost is what becomes of $host.
func portOfHost(host, role string) difference {
	return difference{
		nginx:   []string{"backend: Host: " + host},
		culvert: []string{"backend: Host: " + host + ":{" + role + "}"},
		why:     "$host drops the port; with it the backend makes URLs that lead here, and finds that the Origin is its own",
	}
}

// ownPage is an answer that the backend has no part in; title is nginx's.
func ownPage(title string) difference {
	return difference{
		nginx:   []string{"Content-Type: text/html", "nginx's page: " + title},
		culvert: []string{"Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff", "Culvert's words: …"},
		why:     "Culvert says what is wrong and where it is mended",
	}
}

// redirected is a redirect, in whose place nginx has the status, and a page for who does not follow.
func redirected(status string) difference {
	return difference{
		nginx:   []string{"status " + status[:3], "Content-Type: text/html", "nginx's page: " + status},
		culvert: []string{"status 307"},
		why:     "browsers remember a 301 for ever, also on the next project's port, and make a POST a GET; a 307 does neither",
	}
}

// plainOnTLSPort are the differences of a request in plain text to a port that nginx has TLS on, less what the backend
// sees of it.
func plainOnTLSPort(answer ...string) difference {
	return difference{
		nginx:   []string{"status 400", "Content-Type: text/html", "nginx's page: 400 The plain HTTP request was sent to HTTPS port"},
		culvert: answer,
		why:     "a tunnel's port carries ws and http, too: the first byte tells which it is",
	}
}

var asForm = []string{"Content-Type: application/x-www-form-urlencoded"}

// opened is how a client sees that a socket has opened.
var opened = []string{"status 101", "Sec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Upgrade: websocket"}

// conversation is all kinds of frames, and the client's end.
var conversation = []string{
	"text hello, 世界", "text+ in ", "continuation+ three ", "ping are you there", "continuation pieces", "binary \x00\x01\xff",
	"pong for nothing", "text send 100000", "text ", "close 1000 bye",
}

// pieces is what a conversation with a program has that answers messages and not frames.
var pieces = []string{"text hello", "text+ in ", "continuation pieces", "ping", "close 1000 bye"}

// sessions are what a socket may go through, at a URL.
func sessions(url string) []exchange {
	return []exchange{
		{name: "a conversation with every kind of frame", url: url, frames: conversation},
		{name: "the backend closes with a code of its own", url: url, frames: []string{"text close 4001 go away"}},
		{name: "the backend drops the connection", url: url, frames: []string{"text drop"}},
		{name: "a close without a code", url: url, frames: []string{"close"}},
		{name: "a subprotocol, cookies and a query", url: url + "?token=a%20b&room=1", headers: []string{
			"Sec-WebSocket-Protocol: chat, v2", "Cookie: a=1; b=2", "Origin: https://elsewhere.test", "Authorization: Bearer x",
		}, frames: []string{"close 1001"}},
	}
}
