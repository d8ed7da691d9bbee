package capture

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAFailedHandshakeIsReadBackAsItWas(t *testing.T) {
	l := New(0)
	defer l.Close()
	at := time.Unix(1_800_000_000, 123_456_789)
	want := FailedHandshake{
		Time: at, Duration: 7 * time.Millisecond, Client: "127.0.0.1:5000", Address: "127.0.0.1:8443", ServerName: "localhost",
		ALPN: "h2, http/1.1", Program: "curl", By: Client, Alert: "unknown_ca", Reason: Distrusted, Detail: "what else",
		Fix: "run: culvert trust", Count: 1,
	}
	l.Handshake(want)
	if got, ok := l.FailedHandshake(1); !ok || got != want {
		t.Errorf("read back %+v, %v", got, ok)
	}
	l.HTTP(Exchange{Time: at})
	for _, id := range []int64{0, 2, 3} {
		if got, ok := l.FailedHandshake(id); ok {
			t.Errorf("row %d is the handshake %+v", id, got)
		}
	}
	if n := l.Stats().Failed; n != 1 {
		t.Errorf("%d are counted", n)
	}
}

func TestHandshakesThatFailAlikeWithinASecondAreOneRow(t *testing.T) {
	l := New(0)
	defer l.Close()
	at := time.Unix(1_800_000_000, 0)
	fail := func(after time.Duration, change func(*FailedHandshake)) {
		h := FailedHandshake{
			Time: at.Add(after), Client: fmt.Sprintf("127.0.0.1:%d", 5000+after.Milliseconds()), ServerName: "localhost",
			Program: "Chromium", By: Client, Alert: "certificate_unknown", Reason: Distrusted,
		}
		change(&h)
		l.Handshake(h)
	}
	same := func(*FailedHandshake) {}
	fail(0, same)
	fail(300*time.Millisecond, func(h *FailedHandshake) { h.ServerName = "app.localhost" })
	fail(600*time.Millisecond, same)
	fail(999*time.Millisecond, same)
	fail(1000*time.Millisecond, same) // an endless retry shows up again
	fail(1001*time.Millisecond, func(h *FailedHandshake) { h.Program = "Firefox" })
	fail(1100*time.Millisecond, func(h *FailedHandshake) { h.Client = "192.0.2.1:5000" })
	fail(1200*time.Millisecond, same)
	want := []int64{3, 1, 2, 1, 1}
	_, next := l.Range()
	if next != int64(len(want))+1 {
		t.Fatalf("%d rows", next-1)
	}
	for i, n := range want {
		if h, _ := l.FailedHandshake(int64(i + 1)); h.Count != n {
			t.Errorf("row %d counts %d, want %d", i+1, h.Count, n)
		}
	}
	if n := l.Stats().Failed; n != 8 {
		t.Errorf("%d are counted in all", n)
	}
	l.Clear()
	fail(1300*time.Millisecond, same)
	if h, ok := l.FailedHandshake(next); !ok || h.Count != 1 {
		t.Errorf("after clearing: %+v, %v", h, ok)
	}
}

func TestAnOverlongNameIsCut(t *testing.T) {
	l := New(0)
	defer l.Close()
	l.Handshake(FailedHandshake{Time: time.Now(), ServerName: strings.Repeat("n", 60_000), Detail: strings.Repeat("d", 60_000)})
	if h, ok := l.FailedHandshake(1); !ok || len(h.ServerName) != maxText || len(h.Detail) != maxText {
		t.Errorf("%d bytes of the name and %d of the detail are held, %v", len(h.ServerName), len(h.Detail), ok)
	}
}

func TestAFloodOfFailuresStaysWithinTheBudget(t *testing.T) {
	l := New(1)
	defer l.Close()
	for i := range 20_000 {
		l.Handshake(FailedHandshake{Time: time.Now(), ServerName: fmt.Sprintf("n%d.localhost", i), Reason: BrokenOff})
	}
	s := l.Stats()
	if s.Memory > s.Budget || s.Evicted == 0 || s.Failed != 20_000 || len(l.failed.rows) > alikeKinds {
		t.Errorf("%+v, %d kinds", s, len(l.failed.rows))
	}
	_, next := l.Range()
	if h, ok := l.FailedHandshake(next - 1); !ok || h.ServerName != "n19999.localhost" {
		t.Errorf("the newest is %+v, %v", h, ok)
	}
}

func TestFollowShowsAFailedHandshakeOnce(t *testing.T) {
	l := New(0)
	h := FailedHandshake{Time: time.Now(), ServerName: "localhost", Reason: TimedOut}
	l.Handshake(h)
	l.Handshake(h)
	l.Close()
	var seen []string
	q, _ := ParseQuery("is:problem")
	l.Follow(context.Background(), q, 1, func(r Row, _ int64) error {
		seen = append(seen, string(l.AppendText(nil, &r, -1)[25:]))
		return nil
	})
	if len(seen) != 1 || seen[0] != "      × handshake  the client was silent in the midst of the TLS handshake for localhost  2 times" {
		t.Errorf("shown: %q", seen)
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	h := FailedHandshake{Address: "127.0.0.1:8443", Program: "Firefox", Alert: "the_alert", Detail: "the detail", By: Client}
	named, silent, ours, library := h, h, h, h
	library.Program = "OpenSSL"
	named.ServerName, named.Program, named.Fix = "web.localhost", "", "run: culvert trust"
	silent.Alert = ""
	ours.By = Tunnel
	for _, c := range []struct {
		reason Reason
		h      FailedHandshake
		want   string
	}{
		{Distrusted, h, "Firefox does not trust the CA: it answered the certificate for 127.0.0.1 with the alert the_alert"},
		{Distrusted, named, "the client does not trust the CA: it answered the certificate for web.localhost with the alert the_alert (run: culvert trust)"},
		{Distrusted, silent, "Firefox does not trust the CA: it saw the certificate for 127.0.0.1 and closed the connection"},
		{Distrusted, library, "a program with OpenSSL does not trust the CA: it answered the certificate for 127.0.0.1 with the alert the_alert"},
		{Expired, h, "Firefox takes the certificate for 127.0.0.1 for expired: it answered with the alert the_alert"},
		{NameRefused, h, "the detail"},
		{NoCertificate, h, "there is no certificate for 127.0.0.1: the detail"},
		{Incompatible, h, "Firefox and Culvert have no way to encrypt in common: the detail"},
		{NotTLS, named, "what the client sent is not TLS: the detail (run: culvert trust)"},
		{BrokenOff, h, "Firefox closed the connection in the midst of the TLS handshake for 127.0.0.1, without an alert"},
		{TimedOut, h, "Firefox was silent in the midst of the TLS handshake for 127.0.0.1"},
		{OtherReason, h, "Firefox ended the TLS handshake for 127.0.0.1 with the alert the_alert"},
		{OtherReason, ours, "the TLS handshake with Firefox for 127.0.0.1 failed: the detail"},
	} {
		c.h.Reason = c.reason
		if got := c.h.Explanation(); got != c.want {
			t.Errorf("%s: %q\nwant %q", c.reason, got, c.want)
		}
	}
}

func FuzzDecodeHandshake(f *testing.F) {
	h := FailedHandshake{Time: time.Unix(1, 2), ServerName: "localhost", Reason: Distrusted}
	f.Add(h.encode())
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, p []byte) {
		h, ok := decodeHandshake(p)
		if !ok {
			return
		}
		again, ok := decodeHandshake(h.encode())
		if !ok || again != h {
			t.Errorf("%+v became %+v, %v", h, again, ok)
		}
	})
}
