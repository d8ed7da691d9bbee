package migration

// The differences that most sites have.
var (
	ownServer = difference{
		nginx: []string{"Server: nginx"},
		why:   "which program carries a page, and in which version, is nobody's business",
	}
	plainOnTLSPort = difference{
		nginx: []string{"status 400", "Content-Type: text/html", "nginx's page: 400 The plain HTTP request was sent to HTTPS port"},
		why:   "a tunnel's port carries ws and http, too: the first byte tells which it is",
	}
)

// handshake is what a client sees of a socket that opened.
var handshake = []string{
	"status 101", "Sec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Upgrade: websocket", "X-Backend: backend",
}

// conversation is all kinds of frames, and the client's end.
var conversation = []string{
	"text hello, 世界", "text+ in ", "continuation+ three ", "ping are you there", "continuation pieces", "binary \x00\x01\xff",
	"pong for nothing", "text send 100000", "text ", "close 1000 bye",
}

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
