package certs

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOneLeafForSeveralHosts(t *testing.T) {
	t.Parallel()
	first, second := newTestCA(t), newNamedCA(t, "web.example.cn", "192.168.1.5")
	tests := []struct {
		name  string
		ca    *CA
		hosts string
		want  string // the alternative names, or the refused name after "refused "
	}{
		{"a project's hosts", first, "localhost web-chat.localhost", "localhost web-chat.localhost 127.0.0.1 ::1"},
		{"a host that is listed twice", first, "a.test A.Test. [::1]", "a.test 127.0.0.1 ::1"},
		{"an address alone", first, "127.0.0.2", "localhost 127.0.0.1 ::1 127.0.0.2"},
		{"one host of another CA", first, "localhost web.example.cn", "refused web.example.cn"},
		{"what is no host name", first, "localhost a..test", "refused a..test"},
		{"an internationalised name", first, "聊天.localhost", "xn--rss932g.localhost 127.0.0.1 ::1"},
		{"damaged punycode", first, "xn--a.localhost", "refused xn--a.localhost"},
		{"a listed name", second, "web.example.cn", "web.example.cn"},
		{"a name below it, and an address", second, "192.168.1.5 api.web.example.cn", "api.web.example.cn 192.168.1.5"},
		{"a listed address alone", second, "192.168.1.5", "192.168.1.5"},
		{"a name beside the listed one", second, "example.cn", "refused example.cn"},
		{"a name of the first CA", second, "web.example.cn localhost", "refused localhost"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cert, err := tt.ca.Leaf(strings.Fields(tt.hosts), time.Now())
			if got := strings.TrimSpace(subjects(cert, err)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPermits(t *testing.T) {
	t.Parallel()
	first, second := newTestCA(t), newNamedCA(t, "聊天.example.cn", "192.168.1.5")
	for name, want := range map[string][2]bool{
		"localhost": {true, false}, "App.Test.": {true, false}, "::1": {true, false}, "127.8.0.1": {true, false},
		"聊天.example.cn": {false, true}, "a.xn--rss932g.example.cn": {false, true}, "192.168.1.5": {false, true},
		"example.cn": {false, false}, "192.168.1.6": {false, false}, "a b": {false, false}, "": {false, false},
		"invalid": {false, false}, "192.0.2.0": {false, false},
	} {
		if got := [2]bool{first.Permits(name), second.Permits(name)}; got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestLeafForNoHostIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := newTestCA(t).Leaf(nil, time.Now()); err == nil || errors.Is(err, ErrName) {
		t.Errorf("the error is %v", err)
	}
}

func TestExportedLeafIsGoodForAYear(t *testing.T) {
	t.Parallel()
	ca := newTestCA(t)
	now := time.Now()
	cert, err := ca.Leaf([]string{"localhost"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if days := cert.Leaf.NotAfter.Sub(now).Hours() / 24; days < 366 || days > 398 {
		t.Errorf("it is valid for %.1f days", days)
	}
	last, err := ca.Leaf([]string{"localhost"}, ca.Certificate().NotAfter.Add(-time.Hour))
	if err != nil || !last.Leaf.NotAfter.Equal(ca.Certificate().NotAfter) {
		t.Errorf("a leaf outlives its CA (%v)", err)
	}
	if _, err := ca.Leaf([]string{"localhost"}, ca.Certificate().NotAfter.Add(time.Hour)); err == nil || !strings.Contains(err.Error(), "expired on") {
		t.Errorf("an expired CA gives %v", err)
	}
}
