//go:build unix

package tunnel

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"culvert/certs/trust/browsertest"
	"culvert/tunnel/capture"
)

// These tests let the programs that developers use refuse the CA, which none of them trusts: each in a home of its own.

// javaClient opens a page or a WebSocket, and ends when its input does: what is still to be sent is then sent.
const javaClient = `
import java.net.*;
import java.net.http.*;
class Client {
	public static void main(String[] args) throws Exception {
		URI uri = URI.create(args[1]);
		try {
			switch (args[0]) {
			case "url" -> uri.toURL().openStream();
			case "page" -> HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
			case "socket" -> HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).join();
			}
		} catch (Exception e) {
			System.out.println(e);
		}
		System.in.read();
	}
}`

// pythonSocket opens a WebSocket.
const pythonSocket = `
import asyncio, sys, websockets
async def main():
	async with websockets.connect(sys.argv[1]):
		pass
asyncio.run(main())`

// refusers are the programs, and what each of them is to be taken for. ADDRESS in a command stands for the tunnel's. "-"
// is an alert that may be lost.
var refusers = map[string]struct {
	program, alert string
	debian         string // the packages that bring it
	command        []string
}{
	"curl":        {"curl", "unknown_ca", "curl", []string{"curl", "--noproxy", "*", "https://ADDRESS/"}},
	"curl, 1.2":   {"", "unknown_ca", "curl", []string{"curl", "--noproxy", "*", "--tls-max", "1.2", "https://ADDRESS/"}},
	"wget":        {"GnuTLS", "", "wget", []string{"wget", "--no-proxy", "--tries=1", "-O-", "https://ADDRESS/"}},
	"Git":         {"GnuTLS", "", "git", []string{"git", "ls-remote", "https://ADDRESS/"}},
	"Node's get":  {"Node.js", "", "nodejs", []string{"node", "-e", "require('https').get('https://ADDRESS/')"}},
	"Node's ws":   {"Node.js", "", "node-ws", []string{"node", "-e", "new (require('/usr/share/nodejs/ws'))('wss://ADDRESS/ws')"}},
	"Node, fetch": {"Node.js", "", "nodejs", []string{"node", "-e", "fetch('https://ADDRESS/')"}},
	"openssl": {"OpenSSL", "unknown_ca", "openssl", []string{
		"openssl", "s_client", "-verify_return_error", "-connect", "ADDRESS", "-servername", "localhost",
	}},
	"openssl, 1.2": {"", "unknown_ca", "openssl", []string{
		"openssl", "s_client", "-verify_return_error", "-connect", "ADDRESS", "-servername", "localhost", "-tls1_2",
	}},
	"urllib": {"Python", "unknown_ca", "python3", []string{
		"/usr/bin/python3", "-c", "import urllib.request; urllib.request.urlopen('https://ADDRESS/')",
	}},
	"Python's websockets": {"OpenSSL", "", "python3-websockets", []string{
		"/usr/bin/python3", "-c", pythonSocket, "wss://ADDRESS/ws",
	}},
	"Java's URL":       {"Java", "certificate_unknown", "default-jdk-headless", []string{"java", "Client.java", "url", "https://ADDRESS/"}},
	"Java's client":    {"Java", "-", "default-jdk-headless", []string{"java", "Client.java", "page", "https://ADDRESS/"}},
	"Java's WebSocket": {"Java", "-", "default-jdk-headless", []string{"java", "Client.java", "socket", "wss://ADDRESS/ws"}},
}

func TestProgramsThatDoNotTrustTheCAAreToldOf(t *testing.T) {
	for name, refuser := range refusers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, b := newHouse(t), newBackend(t)
			addr := strings.Replace(h.serve(t, "ws://"+b.addr), "127.0.0.1", "localhost", 1)
			path, err := exec.LookPath(refuser.command[0])
			if err != nil {
				t.Fatalf("%s is not installed (run: apt-get install %s)", refuser.command[0], refuser.debian)
			}
			var args []string
			for _, arg := range refuser.command[1:] {
				args = append(args, strings.ReplaceAll(arg, "ADDRESS", addr))
			}
			home := t.TempDir()
			if err := os.WriteFile(filepath.Join(home, "Client.java"), []byte(javaClient), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, args...)
			cmd.Dir, cmd.Env = home, []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			got := failures(t, h, 1)
			in.Close()
			cmd.Wait() //nolint:errcheck // that it fails is what is asked for
			if ctx.Err() != nil || len(got) == 0 {
				t.Fatalf("it printed %s", &out)
			}
			wantDistrust(t, got[0], refuser.program, refuser.alert)
			if all := failures(t, h, 1); len(all) != 1 || all[0].Count != 1 {
				t.Errorf("on record: %+v", all)
			}
		})
	}
}

// wantDistrust checks what is said of a program that does not trust the CA. Java asks for no name by a URL.
func wantDistrust(t *testing.T, h capture.FailedHandshake, program, alert string) {
	t.Helper()
	if h.Reason != capture.Distrusted || h.By != capture.Client || h.Program != program || h.Alert != alert && alert != "-" || h.Fix == "" ||
		h.ServerName != "localhost" && program != "Java" {
		t.Errorf("on record: %+v, want %s with the alert %q", h, program, alert)
	}
	for _, addr := range []string{h.Client, h.Address} {
		if ap, err := netip.ParseAddrPort(addr); err != nil || !ap.Addr().IsLoopback() {
			t.Errorf("from %s to %s", h.Client, h.Address)
		}
	}
}

func TestBrowsersThatDoNotTrustTheCAAreToldOf(t *testing.T) {
	// What Firefox does without TLS 1.3 is like what others do with it: the alert comes where the request was to be.
	const oldTLS = `user_pref("security.tls.version.max", 3);`
	for name, c := range map[string]struct {
		browser                  browsertest.Browser
		settings, program, alert string
	}{
		"Chromium":     {browsertest.Chromium(), "", "Chromium", "certificate_unknown"},
		"Firefox":      {browsertest.Firefox(), "", "Firefox", "unknown_ca"},
		"Firefox, 1.2": {browsertest.Firefox(), oldTLS, "", "unknown_ca"},
	} {
		for _, what := range []string{"page", "socket"} {
			t.Run(name+", "+what, func(t *testing.T) {
				h, b := newHouse(t), newBackend(t)
				addr := strings.Replace(h.serve(t, "ws://"+b.addr), "127.0.0.1", "localhost", 1)
				home := t.TempDir()
				url := "https://" + addr + "/"
				if what == "socket" {
					page := filepath.Join(home, "page.html")
					write(t, page, "<script>new WebSocket('wss://"+addr+"/ws')</script>")
					url = "file://" + page
				}
				var args []string
				if c.browser.Name == "Firefox" {
					args = []string{"--profile", home}
					write(t, filepath.Join(home, "user.js"), c.settings)
				}
				c.browser.Start(t, []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}, append(args, url)...)
				for _, x := range failures(t, h, 1) {
					wantDistrust(t, x, c.program, c.alert)
				}
			})
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAGoProgramThatDoesNotTrustTheCAIsToldOf(t *testing.T) {
	h, b := newHouse(t), newBackend(t)
	addr := strings.Replace(h.serve(t, "ws://"+b.addr), "127.0.0.1", "localhost", 1)
	if resp, err := http.Get("https://" + addr + "/"); err == nil {
		resp.Body.Close()
		t.Fatal("the CA is trusted")
	}
	wantDistrust(t, failures(t, h, 1)[0], "Go", "bad_certificate")
}

// Looks that no program of this machine has.
func TestProgramsAreToldByTheirHello(t *testing.T) {
	safari := []uint16{
		0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8, 0xc00a, 0xc009, 0xc014, 0xc013,
		0x9d, 0x9c, 0x35, 0x2f, 0xc008, 0xc012, 0xa,
	} // uTLS, HelloSafari_16_0
	for name, c := range map[string]struct {
		suites, extensions []uint16
		want               string
	}{
		"Safari":                      {safari, []uint16{0xdada, 0, 23, 65281, 10, 11, 16, 5, 13, 18, 51, 45, 43, 27, 0xcaca, 21}, "Safari"},
		"GREASE alone":                {[]uint16{0x2a2a, 0x1301}, []uint16{0, 10}, ""},
		"no GREASE":                   {slices.Clone(safari[1:]), []uint16{0, 27}, ""},
		"suites that only look so":    {[]uint16{0x0a1a, 0x1301}, []uint16{27}, ""},
		"nothing":                     {nil, nil, ""},
		"the suites of TLS 1.3 alone": {[]uint16{0x1301, 0x1302, 0x1303}, nil, ""},
		"four of TLS 1.3 at the end":  {[]uint16{0xc02b, 0x1301, 0x1302, 0x1303, 0x1304}, nil, ""},
	} {
		if got := programOf(&tls.ClientHelloInfo{CipherSuites: c.suites, Extensions: c.extensions}); got.name != c.want {
			t.Errorf("%s: %q, want %q", name, got.name, c.want)
		}
	}
	if got := programOf(nil); got.name != "" {
		t.Errorf("without a hello: %q", got.name)
	}
}
