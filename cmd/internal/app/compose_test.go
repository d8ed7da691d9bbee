package app

import (
	"errors"
	"net"
	"strings"
	"testing"

	"culvert/tunnel/compose"
	"culvert/tunnel/control"
)

func TestAComposedMessageGoesThroughTheProjectAndIsRecorded(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	got := make(chan string, 1)
	s, err := a.Compose(t.Context(), "demo", compose.Target{
		URL: "ws", Received: func(m compose.Message) { got <- string(m.Data) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0, "") //nolint:errcheck // always nil
	if err := s.Send(compose.Text, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if back := <-got; back != "hello" {
		t.Errorf("got %q", back)
	}
	log, ok := a.Capture("demo")
	if !ok {
		t.Fatal("nothing is recorded")
	}
	waitFor(t, "the frames", func() bool {
		sum := log.Stats()
		return sum.Sent.Frames == 1 && sum.Received.Frames == 1
	})
}

func TestComposingSaysWhyItCannot(t *testing.T) {
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	addForTest(t, a, projectFile(t, "dead", ""))
	if err := a.Switch(t.Context(), "dead", true); err != nil {
		t.Fatal(err)
	}
	_, err := a.Compose(t.Context(), "dead", compose.Target{URL: "/"})
	if refused := (*compose.Refused)(nil); !errors.As(err, &refused) || refused.Status() != 502 {
		t.Errorf("with its backend down: %v", err)
	}
	if err := a.Switch(t.Context(), "dead", false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"dead": "switch it on", "nobody": "not known"} {
		if _, err := a.Compose(t.Context(), name, compose.Target{URL: "/"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestComposingKnowsThePasswordOfItsProject(t *testing.T) {
	t.Setenv("CULVERT_TEST_PASSWORD", "s3cret")
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	addForTest(t, a, projectFile(t, "closed", "[auth]\nuser = \"dev\"\npassword_env = \"CULVERT_TEST_PASSWORD\""))
	if err := a.Switch(t.Context(), "closed", true); err != nil {
		t.Fatal(err)
	}
	_, err := a.Compose(t.Context(), "closed", compose.Target{URL: "/"})
	if refused := (*compose.Refused)(nil); !errors.As(err, &refused) || refused.Status() != 502 {
		t.Errorf("got %v, want the 502 of a backend that is not there", err)
	}
}

func TestAProjectOnAllAddressesIsReachedOnThisMachine(t *testing.T) {
	for addr, want := range map[string]string{
		"0.0.0.0:8443": "127.0.0.1:8443", "[::]:8443": "[::1]:8443", "127.0.0.1:1": "127.0.0.1:1", "192.0.2.1:1": "192.0.2.1:1",
	} {
		if got := reachable(addr); got != want {
			t.Errorf("%s is reached at %s, want %s", addr, got, want)
		}
	}
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	a := openForTest(t, Options{Folders: foldersForTest(t)})
	addForTest(t, a, projectFile(t, "wide", `listen = ["0.0.0.0:`+port+`"]`))
	if p, err := a.On(t.Context(), "wide"); err != nil || p.State != control.On {
		t.Fatalf("%+v, %v", p, err)
	}
	_, err = a.Compose(t.Context(), "wide", compose.Target{URL: "/"})
	if refused := (*compose.Refused)(nil); !errors.As(err, &refused) || refused.Status() != 502 {
		t.Errorf("the tunnel was not reached: %v", err)
	}
}
