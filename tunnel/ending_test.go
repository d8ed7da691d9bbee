package tunnel

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
)

const goodbye = "\x88\x05\x03\xe8bye" // the server's Close frame: 1000 "bye"

func TestAResetPassesAsAReset(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for dir := range frame.Direction(2) {
			t.Run(dir.String(), func(t *testing.T) {
				w := h.open(t, addr, config, b)
				from, to := w.ends(dir)
				from.write(t, "half a mess")
				to.want(t, "half a mess")
				from.reset()
				to.wantReset(t, "")
				w.wantEnding(t, party(dir), capture.ByRST, "")
			})
		}
	})
}

func TestWhatAPeerSentBeforeItsResetIsDelivered(t *testing.T) {
	secured(t, func(t *testing.T, h *house, config *tls.Config) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for dir := range frame.Direction(2) {
			t.Run(dir.String(), func(t *testing.T) {
				for i := range 30 { // the order in which the tunnel learns of the reset varies
					w := h.open(t, addr, config, b)
					from, to := w.ends(dir)
					from.write(t, goodbye)
					if i%2 == 0 {
						to.write(t, "crossing") // may meet the reset on its way
					}
					from.reset()
					to.wantReset(t, goodbye)
					w.wantEnding(t, party(dir), capture.ByRST, "")
				}
			})
		}
	})
}

func TestABackendThatDiesWithinAMessageIsNamed(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), h.tls(), b)
		w.server.write(t, "\x81\x7dhalf")
		w.client.want(t, "\x81\x7dhalf")
		w.server.Close()
		w.client.wantEnd(t, "")
		w.client.Close()
		info := w.wantEnding(t, capture.Backend, capture.ByFIN, "")
		var rules []frame.Rule
		for _, r := range w.rows() {
			if r.Kind == capture.Violation && r.Dir == frame.Received {
				rules = append(rules, r.Rule)
			}
		}
		if len(rules) != 2 || rules[0] != frame.FrameTruncated || rules[1] != frame.CloseMissing {
			t.Errorf("violations on record: %v", rules)
		}
		if want := "no Close frame (1006)"; !strings.Contains(info.Ending(), want) {
			t.Errorf("ending on record: %q; want %q in it", info.Ending(), want)
		}
	})
}

func TestAnEndWithoutTLSCloseNotifyIsTold(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		for _, test := range []struct {
			name   string
			end    func(w *passage)
			detail string
		}{
			{"close_notify and FIN", func(w *passage) { w.client.Conn.(*tls.Conn).Close() }, ""},
			{"FIN alone", func(w *passage) { w.client.socket.Close() }, "without a TLS close_notify"},
			{"FIN within a record", func(w *passage) {
				io.WriteString(w.client.socket, "\x17\x03\x03\x01\x00half")
				w.client.socket.Close()
			}, "the stream ended inside a TLS record"},
		} {
			t.Run(test.name, func(t *testing.T) {
				w := h.open(t, addr, h.tls(), b)
				test.end(w)
				w.server.wantEnd(t, "")
				w.server.Close()
				info := w.wantEnding(t, capture.Client, capture.ByFIN, test.detail)
				if info.End.Detail != test.detail {
					t.Errorf("detail on record is %q, want %q", info.End.Detail, test.detail)
				}
			})
		}
	})
}

func TestAnEndReachesATLSClientWithItsCloseNotify(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), h.tls(), b)
		w.server.write(t, goodbye)
		w.server.Close()
		w.client.wantEnd(t, goodbye)
		// crypto/tls takes a bare FIN for an end too, and tells them apart only in what is left to be read below.
		rest, err := io.ReadAll(w.client.Conn.(*tls.Conn).NetConn())
		if len(rest) != 0 || err != nil {
			t.Errorf("after close_notify: %q, %v", rest, err)
		}
		w.client.Close()
		w.wantEnding(t, capture.Backend, capture.ByFIN, "")
	})
}

// damaging is a socket below a TLS client that spoils the last byte of what passes, once it is told to.
type damaging struct {
	net.Conn
	reads, writes bool
}

func (d *damaging) Read(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	if d.reads && n > 0 {
		p[n-1] ^= 1
	}
	return n, err
}

func (d *damaging) Write(p []byte) (int, error) {
	if d.writes {
		p = append([]byte(nil), p...)
		p[len(p)-1] ^= 1
	}
	return d.Conn.Write(p)
}

// openDamaging opens a wss tunnel whose client has such a socket.
func (h *house) openDamaging(t *testing.T, b *backend) (*passage, *damaging) {
	c, err := net.Dial("tcp", h.serve(t, "ws://"+b.addr))
	if err != nil {
		t.Fatal(err)
	}
	socket := &damaging{Conn: c}
	config := h.tls()
	w := &passage{client: newPeer(t, c), log: h.log(t)}
	w.client.stream(tls.Client(socket, config))
	w.client.write(t, ask)
	w.server = b.next(t)
	w.server.readHead(t)
	w.server.write(t, switching)
	w.client.readHead(t)
	w.id = connOf(t, w.log, c)
	return w, socket
}

func TestADamagedTLSRecordIsToldToBothSides(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		w, socket := h.openDamaging(t, newBackend(t))
		socket.writes = true
		w.client.write(t, "hello")
		w.server.wantReset(t, "")
		if _, err := io.ReadAll(w.client); err == nil || !strings.Contains(err.Error(), "bad record MAC") {
			t.Errorf("the client was told %v, want the alert for a bad record MAC", err)
		}
		w.wantEnding(t, capture.Client, capture.ByError, "bad record MAC")
	})
}

func TestATLSAlertOfTheClientIsRecorded(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		w, socket := h.openDamaging(t, newBackend(t))
		socket.reads = true
		w.server.write(t, "hello")
		if _, err := w.client.Read(make([]byte, 1)); err == nil {
			t.Fatal("the client took a damaged record")
		}
		w.server.wantEnd(t, "")
		w.wantEnding(t, capture.Client, capture.ByTLSAlert, "bad record MAC")
	})
}

func TestAClientThatUpdatesItsTLSKeysIsCarried(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		addr := h.serve(t, "ws://"+b.addr)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, openssl, "s_client", "-connect", addr, "-servername", "localhost", "-tls1_3")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, printed, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		cmd.Stdout, cmd.Stderr = printed, printed
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		printed.Close()
		defer cmd.Wait()
		defer in.Close()
		io.WriteString(in, ask)
		server := b.next(t)
		server.readHead(t)
		server.write(t, switching)
		wait := func(s string) {
			t.Helper()
			var seen strings.Builder
			buf := make([]byte, 4096)
			for !strings.Contains(seen.String(), s) {
				n, err := out.Read(buf)
				seen.Write(buf[:n])
				if err != nil {
					t.Fatalf("the client printed %q and then %v; want %q", seen.String(), err, s)
				}
			}
		}
		wait("Sec-WebSocket-Accept")
		for range 3 {
			io.WriteString(in, "K\n") // a KeyUpdate that asks for one
			wait("KEYUPDATE")
			io.WriteString(in, "from the client\n")
			server.want(t, "from the client\n")
			server.write(t, "from the server\n")
			wait("from the server\n")
		}
		io.WriteString(in, "Q\n")
		server.wantEnd(t, "")
		server.Close()
	})
}

func TestAGracefulCloseIsRecordedAsOne(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), h.tls(), b)
		w.client.write(t, "\x88\x82\x00\x00\x00\x00\x03\xe8")
		w.server.want(t, "\x88\x82\x00\x00\x00\x00\x03\xe8")
		w.server.write(t, "\x88\x02\x03\xe8")
		w.server.Close()
		w.client.wantEnd(t, "\x88\x02\x03\xe8")
		w.client.Close()
		info := w.ending(t)
		if info.CloseBy != capture.Client || info.CloseCode != 1000 {
			t.Errorf("on record: Close %d by %v; want 1000 by client", info.CloseCode, info.CloseBy)
		}
	})
}

func TestWhatTheTunnelEndsIsHeldAgainstNobody(t *testing.T) {
	overMovers(t, func(t *testing.T, h *house) {
		b := newBackend(t)
		w := h.open(t, h.serve(t, "ws://"+b.addr), h.tls(), b)
		w.server.write(t, "\x81\x02hi")
		w.client.want(t, "\x81\x02hi")
		if err := h.engine.Off("app"); err != nil {
			t.Fatal(err)
		}
		if info := w.wantEnding(t, capture.Tunnel, capture.ByStop, ""); info.Violations != 0 {
			t.Errorf("%d violations are recorded", info.Violations)
		}
	})
}
