//go:build linux

package main

import "testing"

func TestParseLoads(t *testing.T) {
	tests := []struct {
		name, text string
		want       int // loads; 0: an error
		rate       int // of the last
	}{
		{"nothing is all", "", len(knownLoads()), 0},
		{"names are taken in their order", "push1k,echo", 2, 0},
		{"a rate may be given", "pipeline@200000", 1, 200000},
		{"an unknown name", "echo,flood", 0, 0},
		{"a rate of nothing", "echo@0", 0, 0},
		{"a rate that is no number", "echo@fast", 0, 0},
		{"a rate for a push", "push1k@1000", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseLoads(tt.text)
			if len(got) != tt.want || (err != nil) != (tt.want == 0) {
				t.Fatalf("%d loads, %v; want %d", len(got), err, tt.want)
			}
			if tt.want > 0 && got[len(got)-1].rate != tt.rate {
				t.Errorf("rate %d, want %d", got[len(got)-1].rate, tt.rate)
			}
		})
	}
}

func TestParsePeers(t *testing.T) {
	got, err := parsePeers("nginx,before=old/culvert")
	if err != nil || len(got) != 2 || got[0].name != "nginx" || got[1].binary != "old/culvert" || !got[1].subject {
		t.Errorf("parsePeers = %+v, %v", got, err)
	}
	if _, err := parsePeers("apache"); err == nil {
		t.Error("an unknown peer passed")
	}
}

func TestParseAttached(t *testing.T) {
	got, err := parseAttached("127.0.0.1:8443,42")
	if err != nil || got.attached != "127.0.0.1:8443" || got.attachedPID != 42 {
		t.Errorf("parseAttached = %+v, %v", got, err)
	}
	for _, text := range []string{"127.0.0.1:8443", "127.0.0.1,42", "127.0.0.1:8443,x"} {
		if _, err := parseAttached(text); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}

func TestRecordedFrames(t *testing.T) {
	list := []byte(`[{"name":"chat","frames":3},{"name":"bench","state":"on","frames":12345}]`)
	if n, err := recordedFrames(list, "bench"); n != 12345 || err != nil {
		t.Errorf("recordedFrames = %d, %v", n, err)
	}
	for _, text := range []string{`[]`, `[{"name":"bench"}]`, `{}`} {
		if _, err := recordedFrames([]byte(text), "bench"); err == nil {
			t.Errorf("%s passed", text)
		}
	}
}
