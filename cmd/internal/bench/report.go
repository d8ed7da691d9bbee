//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// report is all that a run gave, as -json prints it.
type report struct {
	CPUs    int           `json:"cpus"`
	Rounds  int           `json:"rounds"`
	Seconds float64       `json:"seconds_per_round"`
	TLS     []negotiated  `json:"tls"`
	Loads   []*loadResult `json:"loads"`
	Targets []target      `json:"targets"`

	Captures []captured `json:"captures,omitempty"`
}

// negotiated is what a peer's handshake came to.
type negotiated struct {
	Peer string `json:"peer"`
	TLS  string `json:"tls"`
}

type loadResult struct {
	Name  string        `json:"name"`
	About string        `json:"about"`
	Peers []*peerResult `json:"peers"`
	kind  loadKind
}

type peerResult struct {
	Name    string   `json:"name"`
	Samples []sample `json:"samples"` // one a round
	Median  sample   `json:"median"`  // of each value on its own
	subject bool
}

func (l *loadResult) peer(name string) *peerResult {
	for _, p := range l.Peers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// median of each field over the rounds.
func medianSample(samples []sample) sample {
	var out sample
	for _, f := range fields() {
		values := make([]float64, len(samples))
		for i := range samples {
			values[i] = *f(&samples[i])
		}
		*f(&out) = median(values)
	}
	return out
}

// median returns the middle value, the mean of both middle ones where their number is even, 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// A target is a bound that the product is to keep.
type target struct {
	Load  string  `json:"load"`
	Peer  string  `json:"peer"`
	What  string  `json:"what"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	Met   bool    `json:"met"`
}

// Bounds that are no comparison.
const (
	idleMemoryLimit = 26.0 // KiB a connection
	idleCPULimit    = 0.1  // percent of a processor, which is none but for a clock's tick
)

// targets compares every subject of a load with the peers that were measured beside it.
func (l *loadResult) targets() []target {
	var out []target
	for _, p := range l.Peers {
		if !p.subject {
			continue
		}
		atMost := func(what string, value, limit float64) {
			out = append(out, target{l.Name, p.Name, what, value, limit, value <= limit})
		}
		haproxy, nginx := l.peer("haproxy"), l.peer("nginx")
		if l.kind == kindIdle {
			atMost("KiB per idle connection", p.Median.Memory, idleMemoryLimit)
			atMost("% CPU when idle", p.Median.IdleCPU, idleCPULimit)
			continue
		}
		if haproxy != nil {
			what := "CPU per message and per GB, of HAProxy's"
			if l.kind == kindConnect {
				what = "CPU per connection, of HAProxy's"
			}
			atMost(what, ratio(p.Median.CPUMessage, haproxy.Median.CPUMessage), 1)
		}
		if cheapest := l.cheapest(); cheapest > 0 {
			atMost("aim: CPU, of the cheapest of the others", ratio(p.Median.CPUMessage, cheapest), 1)
		}
		if nginx != nil && l.kind == kindEcho {
			atMost("p99, of nginx's", ratio(p.Median.P99, nginx.Median.P99), 1)
		}
		if nginx != nil && l.kind == kindConnect {
			atMost("time per new connection, of nginx's", ratio(nginx.Median.Rate, p.Median.Rate), 1)
		}
	}
	return out
}

// cheapest returns the least CPU per message among those that are no subject; 0 when there are none.
func (l *loadResult) cheapest() float64 {
	least := math.Inf(1)
	for _, p := range l.Peers {
		if !p.subject {
			least = min(least, p.Median.CPUMessage)
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "\t")
	return e.Encode(r)
}

func (r *report) writeText(w io.Writer) {
	fmt.Fprintf(w, "Median of %d rounds of %g s, peers alternating, %d processors shared by proxy, backend and load generator.\n",
		r.Rounds, r.Seconds, r.CPUs)
	fmt.Fprintln(w, "CPU is the proxy's own. An echoed message goes both ways and counts once, its payload twice. "+
		"\"others\" is processor time of the machine that no part of the benchmark took.")
	for _, n := range r.TLS {
		fmt.Fprintf(w, "  %s: %s\n", n.Peer, n.TLS)
	}
	for _, l := range r.Loads {
		fmt.Fprintf(w, "\n%s: %s\n", l.Name, l.About)
		l.writeTable(w)
	}
	r.writeCaptures(w)
	if len(r.Targets) == 0 {
		return
	}
	fmt.Fprintln(w, "\nTargets")
	for _, t := range r.Targets {
		verdict := "met   "
		if !t.Met {
			verdict = "MISSED"
		}
		fmt.Fprintf(w, "  %s  %s, %s: %s: %.3f (at most %g)\n", verdict, t.Load, t.Peer, t.What, t.Value, t.Limit)
	}
}

// column is one value of a table.
type column struct {
	title string
	text  func(l *loadResult, p *peerResult) string
}

func number(digits int, f field) func(*loadResult, *peerResult) string {
	return func(_ *loadResult, p *peerResult) string { return grouped(*f(&p.Median), digits) }
}

// cpuRatio compares CPU per message, which is CPU per GB too as the payload is the same.
func cpuRatio(to string) func(*loadResult, *peerResult) string {
	return func(l *loadResult, p *peerResult) string {
		o := l.peer(to)
		if o == nil {
			return "-"
		}
		return fmt.Sprintf("%.2f", ratio(p.Median.CPUMessage, o.Median.CPUMessage))
	}
}

func (l *loadResult) columns() []column {
	if l.kind == kindIdle {
		return []column{
			{"KiB/connection", number(1, func(s *sample) *float64 { return &s.Memory })},
			{"CPU %", number(3, func(s *sample) *float64 { return &s.IdleCPU })},
		}
	}
	unit := "message"
	if l.kind == kindConnect {
		unit = "connection"
	}
	columns := []column{
		{unit + "s/s", number(0, func(s *sample) *float64 { return &s.Rate })},
		{"MB/s", number(1, func(s *sample) *float64 { return &s.Megabytes })},
		{"CPU µs/" + unit, number(2, func(s *sample) *float64 { return &s.CPUMessage })},
		{"CPU s/GB", number(2, func(s *sample) *float64 { return &s.CPUByte })},
		{"of it kernel %", func(_ *loadResult, p *peerResult) string { return grouped(100*p.Median.System, 0) }},
	}
	if l.kind != kindPush {
		columns = append(columns,
			column{"p50 µs", number(0, func(s *sample) *float64 { return &s.P50 })},
			column{"p99 µs", number(0, func(s *sample) *float64 { return &s.P99 })})
	}
	return append(columns,
		column{"CPU/haproxy", cpuRatio("haproxy")},
		column{"CPU/nginx", cpuRatio("nginx")},
		column{"others %", number(0, func(s *sample) *float64 { return &s.Others })})
}

func (l *loadResult) writeTable(w io.Writer) {
	columns := l.columns()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer t.Flush()
	row := func(first string, cell func(column) string) {
		cells := []string{first}
		for _, c := range columns {
			cells = append(cells, cell(c))
		}
		fmt.Fprintln(t, strings.Join(cells, "\t")+"\t")
	}
	row("", func(c column) string { return c.title })
	for _, p := range l.Peers {
		row(p.Name, func(c column) string { return c.text(l, p) })
	}
}

// grouped formats v with so many decimals and a comma at each thousand.
func grouped(v float64, digits int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', digits, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if v < 0 {
		return "-" + whole
	}
	return whole
}
