//go:build linux

package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of nothing is 0", nil, 0},
		{"of one is itself", []float64{7}, 7},
		{"of an odd number is the middle", []float64{9, 1, 5}, 5},
		{"of an even number is between the middle two", []float64{1, 100, 2, 4}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := median(tt.values); got != tt.want {
				t.Errorf("median(%v) = %v, want %v", tt.values, got, tt.want)
			}
		})
	}
}

func TestMedianIsOfEachFieldOnItsOwn(t *testing.T) {
	got := medianSample([]sample{{Rate: 1, P99: 30}, {Rate: 3, P99: 10}, {Rate: 2, P99: 20}})
	if want := (sample{Rate: 2, P99: 20}); got != want {
		t.Errorf("medianSample = %+v, want %+v", got, want)
	}
}

func TestGrouped(t *testing.T) {
	for want, got := range map[string]string{
		"0": grouped(0.2, 0), "999": grouped(999, 0), "1,000": grouped(999.7, 0), "1,234,567.9": grouped(1234567.89, 1), "-1,000.50": grouped(-1000.5, 2),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// echoResult is a load in which culvert is dearer than HAProxy, cheaper than nginx and faster than it.
func echoResult() *loadResult {
	return &loadResult{Name: "echo", kind: kindEcho, Peers: []*peerResult{
		{Name: "haproxy", Median: sample{Rate: 1234567, CPUMessage: 10, P99: 50}},
		{Name: "nginx", Median: sample{Rate: 1000, CPUMessage: 20, P99: 100}},
		{Name: "culvert", Median: sample{Rate: 2000, CPUMessage: 15, P99: 90}, subject: true},
	}}
}

func TestTargets(t *testing.T) {
	idle := &loadResult{Name: "idle", kind: kindIdle, Peers: []*peerResult{{Name: "culvert", Median: sample{Memory: 26}, subject: true}}}
	connect := echoResult()
	connect.kind = kindConnect
	tests := []struct {
		name   string
		result *loadResult
		what   string
		value  float64
		met    bool
	}{
		{"HAProxy's CPU is a bound", echoResult(), "CPU per message", 1.5, false},
		{"the cheapest is the aim", echoResult(), "aim", 1.5, false},
		{"nginx's p99 is a bound", echoResult(), "p99", 0.9, true},
		{"nginx's new connections are a bound", connect, "new connection", 0.5, true},
		{"memory at the limit is within it", idle, "KiB", 26, true},
		{"no CPU when idle", idle, "CPU when idle", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range tt.result.targets() {
				if strings.Contains(got.What, tt.what) {
					if got.Value != tt.value || got.Met != tt.met {
						t.Errorf("%+v; want value %v, met %v", got, tt.value, tt.met)
					}
					return
				}
			}
			t.Errorf("no target has %q", tt.what)
		})
	}
}

func TestTableHasARowForEachPeer(t *testing.T) {
	l := echoResult()
	r := &report{Rounds: 3, Seconds: 3, Loads: []*loadResult{l}, Targets: l.targets(), Captures: []captured{{"echo", "culvert", 10, 9}}}
	var text strings.Builder
	r.writeText(&text)
	for _, want := range []string{"1,234,567", "p99 µs", "CPU/haproxy", "0.75", "MISSED  echo, culvert: CPU per message", "met     echo, culvert: p99", "BROKEN  echo, culvert: 9 of 10"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	var back report
	var out strings.Builder
	if err := r.writeJSON(&out); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || back.Loads[0].Peers[0].Median.Rate != 1234567 {
		t.Errorf("JSON reads back as %+v, %v", back, err)
	}
}
