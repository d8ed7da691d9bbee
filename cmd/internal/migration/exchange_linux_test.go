package migration

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience ends what waits for an answer that never comes. It is no measure of speed.
const patience = 30 * time.Second

// exchange is a request, or a session of a WebSocket, that goes through both fronts.
type exchange struct {
	name    string
	url     string // with roles for the ports: "wss://localhost:{https}/ws"
	method  string // else GET
	headers []string
	body    string
	frames  []string      // that a client sends on the socket, as parseFrame reads them
	silence time.Duration // for which the client says nothing before it sends them, if the socket stays open
	want    []string      // lines, among others, by both
	differs []difference
}

// run carries the exchange out, and returns what was seen of it, line by line.
func (e exchange) run(t *testing.T, f front) []string {
	t.Helper()
	conn, err := f.dial(t.Context(), f.fill(e.url))
	if err != nil {
		return []string{"no connection: " + f.anonymous(failure(err))}
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	request := e.request(t, f)
	if err := request.Write(conn); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	response, err := http.ReadResponse(r, request)
	if err != nil {
		return []string{"no answer: " + f.anonymous(failure(err))}
	}
	lines := head(response)
	if response.StatusCode == http.StatusSwitchingProtocols {
		lines = append(lines, e.talk(conn, r)...)
	} else {
		lines = append(lines, body(t, response)...)
	}
	return strings.Split(f.anonymous(strings.Join(lines, "\n")), "\n")
}

// dial connects with the front for a URL, whatever address its name has.
func (f front) dial(ctx context.Context, to string) (net.Conn, error) {
	u, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", u.Port()))
	if err != nil || u.Scheme == "http" || u.Scheme == "ws" {
		return conn, err
	}
	config := f.tls.Clone()
	config.ServerName, config.NextProtos = u.Hostname(), []string{"http/1.1"}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

func (e exchange) request(t *testing.T, f front) *http.Request {
	t.Helper()
	method := e.method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), method, f.fill(e.url), strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "proof")
	if strings.HasPrefix(r.URL.Scheme, "ws") {
		for name, value := range map[string]string{
			"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		} {
			r.Header.Set(name, value)
		}
	}
	for _, line := range e.headers {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, f.fill(value))
	}
	return r
}

// talk sends the frames and returns what came until the end, and the end. A text that comes first is what the backend saw.
func (e exchange) talk(conn net.Conn, r *bufio.Reader) (lines []string) {
	var f frame
	var err error
	next := func() {
		f, err = readFrame(r)
		switch {
		case err != nil:
			lines = append(lines, "the end: "+failure(err))
		case f.opcode == 1 && len(lines) == 0:
			for line := range strings.Lines(f.payload) {
				lines = append(lines, "backend: "+strings.TrimSpace(line))
			}
		default:
			lines = append(lines, "frame: "+f.String())
		}
	}
	if e.silence > 0 {
		next()
		_ = conn.SetDeadline(time.Now().Add(e.silence))
		if _, err := r.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
			lines = append(lines, "still open after "+e.silence.String())
		}
		_ = conn.SetDeadline(time.Now().Add(patience))
	}
	for _, f := range e.frames {
		sendFrame(conn, parseFrame(f), true)
	}
	for err == nil {
		next()
	}
	return lines
}

// head is what matters of an answer's head.
func head(r *http.Response) []string {
	lines := []string{fmt.Sprintf("status %d", r.StatusCode)}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, value := range r.Header[name] {
			switch name {
			case "Date", "Content-Length", "Connection", "Keep-Alive": // of the moment and of the connection
				continue
			case "Etag", "Last-Modified":
				value = "…"
			case "Server":
				value, _, _ = strings.Cut(value, "/")
			}
			lines = append(lines, name+": "+value)
		}
	}
	return lines
}

// nginxPage is what nginx shows for a status of its own.
var nginxPage = regexp.MustCompile(`(?s)^<html>\s*<head><title>([^<]+)</title></head>.*<hr><center>nginx.*`)

func body(t *testing.T, r *http.Response) (lines []string) {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	if m := nginxPage.FindSubmatch(data); m != nil {
		return []string{"nginx's page: " + string(m[1])}
	}
	for line := range strings.Lines(string(data)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "culvert: "):
			lines = append(lines, "Culvert's words: "+strings.TrimPrefix(line, "culvert: "))
		case line != "":
			lines = append(lines, "backend: "+line)
		}
	}
	return lines
}

// failure puts the end of a connection in words that do not depend on the moment.
func failure(err error) string {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "never"
	case strings.Contains(err.Error(), "first record does not look like a TLS handshake"):
		return "no TLS"
	}
	return err.Error()
}
