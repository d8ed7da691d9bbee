package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"culvert/tunnel/capture"
)

func TestHostsThatDoNotLeadHere(t *testing.T) {
	known := names{"localhost": "127.0.0.1", "web.test": "127.0.0.1", "far.test": "203.0.113.7", "six.localhost": "::1", "here.test": "192.0.2.4"}
	for name, tc := range map[string]struct {
		hosts    string
		listen   string
		severity Severity // "" finds nothing
		what     string
		evidence string
		fix      string
	}{
		"localhost and addresses":              {`["localhost", "127.0.0.1", "::1"]`, "127.0.0.1:0", "", "", "", ""},
		"a name in the hosts file":             {`["web.test"]`, "127.0.0.1:0", "", "", "", ""},
		"a name below localhost that is known": {`["six.localhost"]`, "127.0.0.1:0", "", "", "", ""},
		"a name below localhost that is not": {
			`["app.localhost"]`, "127.0.0.1:0", Note, "Not every program finds app.localhost", "no address for app.localhost", "Action:hosts Args:[app.localhost]",
		},
		"a name that nobody knows": {
			`["new.test"]`, "127.0.0.1:0", Error, "new.test does not lead", "no address for new.test", `culvert hosts --add new.test`,
		},
		"a name that leads elsewhere": {
			`["far.test"]`, "127.0.0.1:0", Error, "far.test does not lead", "far.test is known at 203.0.113.7", "the lines 127.0.0.1 far.test and ::1 far.test",
		},
		"a name of the address listened on": {`["here.test"]`, "192.0.2.4:8443", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Patient{Name: "app", Project: parse(t, "hosts = %s\nlisten = [%q]\n%s", tc.hosts, tc.listen, route("/", "ws://127.0.0.1:9"))}
			found := findIn(t, "host-not-resolving", &Machine{Resolver: known}, p)
			if tc.severity == "" {
				wantNone(t, found)
				return
			}
			wantOne(t, found, tc.severity, tc.what, tc.evidence, tc.fix)
		})
	}
}

// A real resolver finds localhost.
func TestLocalhostLeadsHere(t *testing.T) {
	p := &Patient{Name: "app", Project: parse(t, "hosts = [\"localhost\"]\n%s", route("/", "ws://127.0.0.1:9"))}
	wantNone(t, findIn(t, "host-not-resolving", &Machine{}, p))
}

func TestNamesThatTheCAMayNotSign(t *testing.T) {
	w := newWard(t)
	w.serve(t, "hosts = [\"localhost\", \"web.example.cn\"]\n%s", route("/ws", "ws://127.0.0.1:9"))
	wantOne(t, w.find(t, "name-not-covered"), Error, "may not sign for web.example.cn", "it is among the hosts of the project file", `hosts = ["app.localhost"]`)
	w.refused(t, "web.example.cn")
	wantOne(t, w.find(t, "name-not-covered"), Error, "", "project file; Go asked for it once, at ", "")

	w.refused(t, "Other.example")
	w.serve(t, "hosts = [\"localhost\"]\n%s", route("/ws", "ws://127.0.0.1:9"))
	var other []Finding
	for _, f := range w.find(t, "name-not-covered") {
		if f.What == "The CA may not sign for other.example." {
			other = append(other, f)
		}
	}
	wantOne(t, other, Error, "other.example", "not among the hosts of the project file; Go asked for it once, at ", "culvert trust --name other.example")
}

// refused has a client ask for a name for which there is no certificate.
func (w *ward) refused(t *testing.T, name string) {
	t.Helper()
	p := w.patient(t)
	before := p.Capture.Stats().Failed
	c, err := tls.Dial("tcp", p.Listen[0], &tls.Config{ServerName: name, RootCAs: w.roots})
	if err == nil {
		c.Close()
		t.Fatalf("the tunnel has a certificate for %s", name)
	}
	w.failed(t, before+1)
}

// failed waits until so many handshakes are recorded that failed.
func (w *ward) failed(t *testing.T, n int64) {
	t.Helper()
	log := w.patient(t).Capture
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, next := log.Range()
		if log.Stats().Failed >= n {
			return
		}
		if err := log.Wait(ctx, next-1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestANameThatAShellWouldObeyIsQuoted(t *testing.T) {
	w := newWard(t)
	w.serve(t, "hosts = [\"localhost\"]\n%s", route("/ws", "ws://127.0.0.1:9"))
	w.patient(t).Capture.Handshake(capture.FailedHandshake{
		Time: time.Now(), ServerName: "a;b'$(id)", By: capture.Tunnel, Reason: capture.NameRefused,
	})
	wantOne(t, w.find(t, "name-not-covered"), Error, "", "", `Command:culvert trust --name 'a;b'\''$(id)' `)
}

func TestNamesThatTheCASigns(t *testing.T) {
	w := newWard(t)
	w.serve(t, "hosts = [\"localhost\", \"web.test\"]\n%s", route("/ws", "ws://127.0.0.1:9"))
	wantNone(t, w.find(t, "name-not-covered"))
	w.machine.Authorities = nil
	w.project.Hosts = []string{"web.example.cn"}
	wantNone(t, w.find(t, "name-not-covered")) // there being no CA is a finding of its own
}

var _ Resolver = (*net.Resolver)(nil)

func TestAnExaminationThatEndsSaysNothingOfNames(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := &Patient{Name: "app", machine: &Machine{}, Project: parse(t, route("/", "ws://127.0.0.1:9"))}
	wantNone(t, hostNotResolving(ctx, p))
}
