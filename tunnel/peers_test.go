package tunnel_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/certs"
	"culvert/tunnel"
	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/tunnel/project"
)

// These tests let programs talk through a tunnel that know nothing of this repository's code: Node's ws and Python's
// websockets, each as server and as client. Both ends print what they sent and received; the record has to say the same.

// peerLife is how long a peer may take. It is no measure of speed.
const peerLife = 3 * time.Minute

// deflate are the parameters of permessage-deflate that both ends of a mode are told of, as RFC 7692 §7.1 names them.
type deflate map[string]any

// modes are the agreements on compression that each pair of peers comes to; nil is none.
var modes = map[string]deflate{
	"plain":    nil,
	"takeover": {},
	"fresh":    {"server_no_context_takeover": true, "client_no_context_takeover": true},
	"small":    {"server_max_window_bits": 9, "client_max_window_bits": 10},
	"mixed":    {"server_no_context_takeover": true, "server_max_window_bits": 12, "client_max_window_bits": 15},
}

// peer is a library that speaks WebSocket.
type peer struct {
	name    string
	command []string // before the script
	suffix  string   // of the scripts
	check   []string // whether it is installed
	debian  string   // packages that bring it
}

var (
	nodePeer = peer{
		"Node",
		[]string{"/usr/bin/env", "NODE_PATH=/usr/share/nodejs", "node"},
		".js",
		[]string{"-e", "require('ws')"},
		"nodejs node-ws",
	}
	pythonPeer = peer{
		"Python",
		[]string{"/usr/bin/env", "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3"},
		".py",
		[]string{"-c", "import websockets"},
		"python3 python3-websockets",
	}
)

// run is the command of one of the peer's scripts with its argument as JSON.
func (p peer) run(t *testing.T, ctx context.Context, script string, argument any, env ...string) *exec.Cmd {
	t.Helper()
	if out, err := exec.Command(p.command[0], append(p.command[1:], p.check...)...).CombinedOutput(); err != nil {
		t.Fatalf("%s is not installed (run: apt-get install %s)\n%s", p.name, p.debian, out)
	}
	data, err := json.Marshal(argument)
	if err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(p.command[1:]), filepath.Join("testdata", "peers", script+p.suffix), string(data))
	cmd := exec.CommandContext(ctx, p.command[0], args...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// report is what an end of a connection printed about it.
type report struct {
	Path           string
	Offered        string // Sec-WebSocket-Extensions of the request
	Extensions     string // and of the answer
	Sent, Received []passed
	Pong           string // payload of the one that it got
	Code           int    // that it saw the connection close with
	Reason         string
	Error          string
}

// passed is a message.
type passed struct {
	Op     string
	Size   int
	SHA256 string
}

// server is a peer that serves behind the tunnel.
type server struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
	stderr bytes.Buffer
	ports  map[string]int // by mode
}

func (p peer) serve(t *testing.T, modes map[string]deflate) *server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), peerLife)
	s := &server{cmd: p.run(t, ctx, "server", modes)}
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin, s.stdout, s.cmd.Stderr = stdin, bufio.NewReader(stdout), &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.stdin.Close()
		_, _ = io.Copy(io.Discard, s.stdout)
		if err := s.cmd.Wait(); err != nil && !t.Failed() {
			t.Errorf("%s: %v\n%s", p.name, err, s.stderr.String())
		}
		cancel()
	})
	if err := s.read(&s.ports); err != nil {
		t.Fatalf("%s: %v\n%s", p.name, err, s.stderr.String())
	}
	return s
}

// read decodes the next line that the server prints.
func (s *server) read(v any) error {
	line, err := s.stdout.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, v)
}

// reports reads n reports.
func (s *server) reports(t *testing.T, n int) []report {
	t.Helper()
	list := make([]report, n)
	for i := range list {
		if err := s.read(&list[i]); err != nil {
			t.Fatalf("after %d reports of %d: %v\n%s", i, n, err, s.stderr.String())
		}
	}
	return sorted(list)
}

func sorted(list []report) []report {
	slices.SortFunc(list, func(a, b report) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// job is what clients are told to do.
type job struct {
	URL         string             `json:"url"`
	CA          string             `json:"ca"`
	Modes       map[string]deflate `json:"modes"`
	Connections int                `json:"connections"` // for each mode
	Size        int                `json:"size"`        // of the largest messages, in bytes
}

// connect runs the peer's clients to their end.
func (p peer) connect(t *testing.T, j job) []report {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), peerLife)
	defer cancel()
	cmd := p.run(t, ctx, "client", j, "NODE_EXTRA_CA_CERTS="+j.CA)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", p.name, err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	var list []report
	for line := range bytes.Lines(out) {
		var r report
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%s: %v in %s", p.name, err, line)
		}
		list = append(list, r)
	}
	if want := len(j.Modes) * j.Connections; len(list) != want {
		t.Fatalf("%d connections are reported, want %d", len(list), want)
	}
	return sorted(list)
}

// carry lets clients talk to servers through a tunnel of their own, and compares the three accounts of it.
func carry(t *testing.T, client, behind peer, j job) {
	t.Helper()
	s := behind.serve(t, j.Modes)
	ca, err := certs.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := tunnel.New(tunnel.Config{GetCertificate: certs.NewMinter(nil, ca).GetCertificate})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	var file strings.Builder
	file.WriteString("name = \"peers\"\n")
	for mode, port := range s.ports {
		fmt.Fprintf(&file, "[[route]]\npath = \"/%s\"\nto = [\"ws://127.0.0.1:%d\"]\n", mode, port)
	}
	p, err := project.Parse("culvert.toml", []byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.On(p); err != nil {
		t.Fatal(err)
	}
	j.CA, j.URL = ca.File(), strings.Replace(engine.Status()[0].URLs[0], "https", "wss", 1)

	clients := client.connect(t, j)
	servers := s.reports(t, len(clients))
	log, _ := engine.Capture("peers")
	recorded := recordOf(t, log, len(clients))
	for i := range clients {
		compare(t, clients[i], servers[i], recorded[clients[i].Path])
	}
}

// compare compares what client, server and record say about one connection.
func compare(t *testing.T, client, server report, r record) {
	t.Helper()
	equal := func(what string, a, b, c any) {
		t.Helper()
		if one := fmt.Sprint(a); one != fmt.Sprint(b) || one != fmt.Sprint(c) {
			t.Errorf("%s, %s:\nclient: %v\nserver: %v\nrecord: %v", client.Path, what, a, b, c)
		}
	}
	if r.info == nil {
		t.Errorf("%s is not on record", client.Path)
		return
	}
	if client.Error != "" {
		t.Errorf("%s: %s", client.Path, client.Error)
	}
	equal("from the client", client.Sent, server.Received, r.messages[frame.Sent])
	equal("from the server", client.Received, server.Sent, r.messages[frame.Received])
	equal("close code", client.Code, server.Code, r.info.CloseCode)
	equal("close reason", client.Reason, server.Reason, r.info.CloseReason)
	equal("extensions", client.Extensions, server.Extensions, r.info.Extensions)
	if offered := "Sec-WebSocket-Extensions: " + server.Offered + "\r\n"; server.Offered != "" &&
		!bytes.Contains(bytes.ToLower(r.info.Request), bytes.ToLower([]byte(offered))) {
		t.Errorf("%s: the server was offered %q, the request is\n%s", client.Path, server.Offered, r.info.Request)
	}
	if compressed := !strings.HasPrefix(client.Path, "/plain"); compressed != (r.compressed > 0) || compressed != r.info.Deflate {
		t.Errorf("%s: %d compressed messages, agreed on %q", client.Path, r.compressed, r.info.Extensions)
	}
	if client.Pong != "from the client" || server.Pong != "from the server" {
		t.Errorf("%s: pongs %q and %q", client.Path, client.Pong, server.Pong)
	}
	for _, control := range []string{
		"sent ping from the client", "received pong from the client", "received ping from the server", "sent pong from the server",
	} {
		if !slices.Contains(r.control, control) {
			t.Errorf("%s: %q is not among %q", client.Path, control, r.control)
		}
	}
	by := map[int]capture.Party{4001: capture.Client, 4002: capture.Backend}[client.Code]
	if r.info.CloseBy != by || r.info.End.Cause != capture.ByClose || r.info.Violations != 0 {
		t.Errorf("%s: %d violations, Close from %v, recorded as %s", client.Path, r.info.Violations, r.info.CloseBy, r.info.Ending())
	}
}

// record is what a capture holds of one connection.
type record struct {
	info       *capture.ConnInfo
	messages   [2][]passed // by direction
	compressed int         // how many of them
	control    []string    // ping and pong frames: direction, kind, payload
}

// recordOf reads a log once it holds the ends of n connections and nothing in it waits to be inflated.
func recordOf(t *testing.T, log *capture.Log, n int) map[string]record {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), peerLife)
	defer cancel()
	complete := errors.New("complete")
	shown := int64(0)
	var firsts []capture.Row
	err := log.Follow(ctx, nil, 1, func(r capture.Row, missed int64) error {
		shown += 1 + missed
		if r.Kind == capture.Frame && r.First == r.ID {
			firsts = append(firsts, r)
		}
		over := 0
		if _, next := log.Range(); shown == next-1 {
			for _, c := range log.Conns() {
				if c.Over {
					over++
				}
			}
		}
		if over == n {
			return complete
		}
		return nil
	})
	if !errors.Is(err, complete) {
		t.Fatal(err)
	}
	slices.SortFunc(firsts, func(a, b capture.Row) int { return cmp.Compare(a.ID, b.ID) })
	records := map[uint32]record{}
	for _, r := range firsts {
		rec := records[r.Conn]
		rec.add(t, log, r)
		records[r.Conn] = rec
	}
	byPath := map[string]record{}
	for _, c := range log.Conns() {
		rec := records[c.ID]
		rec.info = c
		byPath[c.Path()] = rec
	}
	return byPath
}

// add reads the message that begins with row r.
func (rec *record) add(t *testing.T, log *capture.Log, r capture.Row) {
	t.Helper()
	m, err := log.Message(r.ID, -1)
	switch {
	case err != nil || !m.Whole:
		t.Errorf("row %d: whole is %t, %v", r.ID, m.Whole, err)
	case r.Opcode == frame.Close:
	case r.Opcode.Control():
		rec.control = append(rec.control, fmt.Sprintf("%v %v %s", r.Dir, r.Opcode, m.Payload))
	default:
		sum := sha256.Sum256(m.Payload)
		rec.messages[r.Dir] = append(rec.messages[r.Dir], passed{r.Opcode.String(), len(m.Payload), hex.EncodeToString(sum[:])})
		if r.Has(capture.Compressed) {
			rec.compressed++
		}
	}
}

func TestPeersHearThroughTheTunnelWhatIsSaid(t *testing.T) {
	for _, client := range []peer{nodePeer, pythonPeer} {
		for _, server := range []peer{nodePeer, pythonPeer} {
			t.Run(client.name+" to "+server.name, func(t *testing.T) {
				t.Parallel()
				carry(t, client, server, job{Modes: modes, Connections: 2, Size: 1 << 20})
			})
		}
	}
}

func TestHundredConnectionsOfNodeAtOnce(t *testing.T) {
	t.Parallel()
	carry(t, nodePeer, nodePeer, job{Modes: map[string]deflate{"takeover": {}}, Connections: 100, Size: 2 << 10})
}
