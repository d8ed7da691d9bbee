package doctor

import (
	"net/http"
	"os/exec"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

func TestAPageOfThePublicNetwork(t *testing.T) {
	for name, tc := range map[string]struct {
		origin string
		public bool
	}{
		"a public name":                {"https://public.example", true},
		"a public address":             {"https://203.0.113.9:8443", true},
		"a name of the local network":  {"https://lan.example", false},
		"a private address":            {"http://10.0.0.4", false},
		"this machine on another port": {"http://localhost:5173", false},
		"a name nobody knows":          {"https://gone.example", false},
		"a page without an origin":     {"null", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", "ws://"+backend(t, echo)))
			for range 2 {
				(browser{origin: tc.origin}).opens(t, w, "/ws")
			}
			found := w.find(t, "local-network-access")
			if !tc.public {
				wantNone(t, found)
				return
			}
			wantOne(t, found, Warning, tc.origin+", opens sockets", "its sockets arrived 2 times, last at ", "Local network access")
		})
	}
}

// chrome is the User-Agent of the browsers of Chromium's family.
const chrome = "Mozilla/5.0 (Macintosh) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

func TestAProgramThatDoesNotTrustTheCA(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, echo)))
	(browser{agent: chrome}).opens(t, w, "/ws") // before anything failed
	wantNone(t, w.find(t, "browser-distrusts"))
	log := w.patient(t).Capture
	failed := func(program string, reason capture.Reason) {
		log.Handshake(capture.FailedHandshake{
			Time: time.Now(), Client: "127.0.0.1:1", Address: w.patient(t).Listen[0], ServerName: "localhost", Program: program,
			By: capture.Client, Alert: "certificate_unknown", Reason: reason, Fix: "run: culvert trust",
		})
	}
	failed("curl", capture.BrokenOff)
	wantNone(t, w.find(t, "browser-distrusts"))
	failed("Chromium", capture.Distrusted)
	failed("Chromium", capture.Distrusted)
	failed("", capture.Distrusted)
	found := w.find(t, "browser-distrusts")
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	wantFinding(t, found[0], Error, "Chromium does not trust the CA", "for localhost, 2 times, last at ", "Action:trust")
	wantFinding(t, found[0], Error, "", "TLS alert certificate_unknown", "Action:isolated Args:[app]")
	wantFinding(t, found[1], Error, "A client does not trust the CA", "once", "")

	(browser{agent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"}).opens(t, w, "/ws")
	if len(w.find(t, "browser-distrusts")) != 2 {
		t.Error("another browser's success is taken for Chromium's")
	}
	(browser{agent: chrome}).opens(t, w, "/ws")
	wantOne(t, w.find(t, "browser-distrusts"), Error, "A client does not trust the CA", "", "")
}

func TestProgramsAreKnownByTheirAgents(t *testing.T) {
	for _, tc := range []struct {
		program, agent string
		want           bool
	}{
		{"Chromium", chrome, true},
		{"Safari", chrome, false},
		{"Safari", "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", true},
		{"curl", "curl/8.9.1", true},
		{"Python", "Python/3.11 websockets/10.4", true},
		{"", "curl/8.9.1", false},
		{"Firefox", "", false},
	} {
		if got := isProgram(tc.program, tc.agent); got != tc.want {
			t.Errorf("%q of %q: %v", tc.program, tc.agent, got)
		}
	}
}

func TestWhatEachProgramNeedsIsSaid(t *testing.T) {
	for name, tc := range map[string]struct {
		handshake capture.FailedHandshake
		what, fix string
	}{
		"one that no store reaches": {
			capture.FailedHandshake{Program: "Node.js", Reason: capture.Distrusted, Fix: "start it with: culvert exec -- COMMAND"},
			"Node.js does not trust the CA", "[{What:start it with: culvert exec -- COMMAND ",
		},
		"one whose clock is wrong": {
			capture.FailedHandshake{Program: "Firefox", Reason: capture.Expired, Alert: "certificate_expired"},
			"Firefox takes the certificate for expired", "set the clock",
		},
		"one by its library": {
			capture.FailedHandshake{Program: "OpenSSL", Reason: capture.Distrusted, Fix: "run: culvert trust"},
			"A program with OpenSSL does not", "Command:culvert trust",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t)
			w.serve(t, route("/ws", "ws://"+backend(t, echo)))
			tc.handshake.Time, tc.handshake.By = time.Now(), capture.Client
			w.patient(t).Capture.Handshake(tc.handshake)
			wantOne(t, w.find(t, "browser-distrusts"), Error, tc.what, "", tc.fix)
		})
	}
}

// The real curl, which does not trust the CA at first, and then is told of it.
func TestCurlDoesNotTrustTheCAAndThenDoes(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal("curl is not installed (run: apt-get install curl)")
	}
	w := newWard(t)
	w.serve(t, route("/ws", "ws://"+backend(t, http.NotFound)))
	url := "https://localhost:" + port(w.patient(t).Listen[0]) + "/ws"
	if err := exec.Command(curl, "-s4", url).Run(); err == nil {
		t.Fatal("curl trusts the CA")
	}
	w.failed(t, 1)
	wantOne(t, w.find(t, "browser-distrusts"), Error, "curl does not trust the CA", "for localhost, once, at ", "culvert trust")
	upgrade := []string{
		"-s4", "--http1.1", "--cacert", w.file, "-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13",
		"-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", url,
	}
	if out, err := exec.Command(curl, upgrade...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.settle(t)
	wantNone(t, w.find(t, "browser-distrusts"))
}

func TestThatSomebodyWasAnsweredSinceIsSaid(t *testing.T) {
	w := newWard(t)
	w.serve(t, route("/", "http://"+backend(t, pages(map[string]string{"/": "<p>hello"}))))
	w.patient(t).Capture.Handshake(capture.FailedHandshake{
		Time: time.Now(), Program: "Chromium", By: capture.Client, Reason: capture.Distrusted,
	})
	w.get(t, "/")
	wantOne(t, w.find(t, "browser-distrusts"), Warning, "Chromium does not trust", "it is not known who, was answered over TLS since", "")
}
