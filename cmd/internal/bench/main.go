//go:build linux

// Bench compares Culvert with HAProxy, nginx and Caddy: TLS in front of one plain WebSocket backend.
//
// Every peer runs with a generated configuration (see knownPeers) in a temporary folder, on loopback. The loads
// (see knownLoads) run through one peer after another, A B C D A B C D, and the table gives the median of the rounds.
// What is measured is first of all the proxy's own processor time, from /proc, for the load generator and the
// backend share the machine with it. Peers are started anew for each load.
//
// With the argument "window" it measures the desktop app instead, on a screen and a session bus of its own; without any
// argument it does both.
//
// It needs Linux and the Debian packages haproxy, nginx and caddy; for the app dbus, xvfb, xdotool and libgl1-mesa-dri.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == backendVerb {
		fatal(runBackend(os.Args[2]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	args := os.Args[1:]
	if len(args) > 0 && args[0] == windowVerb {
		fatal(benchmarkWindow(ctx, args[1:], os.Stdout, os.Stderr))
		return
	}
	fatal(benchmark(ctx, args, os.Stdout, os.Stderr))
	if len(args) == 0 {
		fmt.Println()
		fatal(benchmarkWindow(ctx, nil, os.Stdout, os.Stderr))
	}
}

func fatal(err error) {
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options is the command line.
type options struct {
	loads    []load
	peers    []peer
	rounds   int
	window   time.Duration
	backend  string
	extra    []string // for culvert run
	capture  bool
	json     bool
	progress io.Writer
}

func parseOptions(args []string, progress io.Writer) (options, error) {
	o := options{progress: progress}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	loads := flags.String("loads", "", "comma-separated `names` of loads; NAME@RATE offers so many messages a second (default all: "+loadNames(knownLoads())+")")
	peers := flags.String("peers", "haproxy,nginx,caddy,culvert", "comma-separated `names` of peers; LABEL=PATH is another culvert binary")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds of each load")
	seconds := flags.Float64("seconds", 3, "measured `seconds` of a round")
	flags.StringVar(&o.backend, "backend", "127.0.0.1:0", "`address` of the backend, to be known to a proxy that -addr names")
	var attached []peer
	flags.Func("addr", "also measure a TLS proxy that runs already and leads to -backend: `host:port,pid`", func(text string) error {
		p, err := parseAttached(text)
		attached = append(attached, p)
		return err
	})
	flags.Func("cpuprofile", "pass --cpuprofile `file` to culvert run", func(file string) error {
		path, err := filepath.Abs(file)
		o.extra = append(o.extra, "--cpuprofile", path)
		return err
	})
	flags.BoolVar(&o.capture, "capture", false, "after each load, check that culvert has recorded every frame")
	flags.BoolVar(&o.json, "json", false, "print all samples as JSON instead of a table")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.window = time.Duration(*seconds * float64(time.Second))
	var err error
	if o.loads, err = parseLoads(*loads); err != nil {
		return o, err
	}
	if o.peers, err = parsePeers(*peers); err != nil {
		return o, err
	}
	o.peers = append(o.peers, attached...)
	if flags.NArg() > 0 || o.rounds < 1 || o.window <= 0 || o.window > time.Minute {
		return o, errors.New("usage: no arguments, -rounds 1 or more, -seconds up to 60 (see -help)")
	}
	return o, nil
}

func parsePeers(text string) ([]peer, error) {
	if text == "" {
		return nil, nil
	}
	var out []peer
next:
	for item := range strings.SplitSeq(text, ",") {
		if label, path, found := strings.Cut(item, "="); found {
			out = append(out, culvertPeer(label, path))
			continue
		}
		for _, p := range knownPeers() {
			if p.name == item {
				out = append(out, p)
				continue next
			}
		}
		return nil, fmt.Errorf("-peers: no peer is called %q", item)
	}
	return out, nil
}

func benchmark(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseOptions(args, stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "culvert-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeCertificate(dir); err != nil {
		return err
	}
	be, err := startBackend(o.backend)
	if err != nil {
		return err
	}
	defer be.stop()
	b := &bench{proc: "/proc", backend: be, self: os.Getpid(), cpus: runtime.NumCPU(), window: o.window}
	r := &report{CPUs: b.cpus, Rounds: o.rounds, Seconds: o.window.Seconds()}
	for _, l := range o.loads {
		if err := b.runLoad(ctx, o, dir, l, r); err != nil {
			if ctx.Err() != nil {
				return errors.New("interrupted")
			}
			return err
		}
	}
	if o.json {
		return r.writeJSON(stdout)
	}
	r.writeText(stdout)
	return nil
}

// runLoad starts all peers, runs the rounds of one load, and stops them.
func (b *bench) runLoad(ctx context.Context, o options, dir string, l load, r *report) error {
	result := &loadResult{Name: l.name, About: l.about, kind: l.kind}
	for _, p := range o.peers {
		result.Peers = append(result.Peers, &peerResult{Name: p.name, subject: p.subject})
	}
	rounds := 1
	if l.kind == kindIdle {
		rounds = o.rounds // each with fresh proxies
	}
	for range rounds {
		if err := b.withProxies(ctx, o, dir, func(proxies []*proxy) error {
			if r.TLS == nil {
				if err := r.negotiate(ctx, proxies); err != nil {
					return err
				}
			}
			if err := b.rounds(ctx, o, l, proxies, result); err != nil || !o.capture {
				return err
			}
			return r.checkCaptures(ctx, l, proxies)
		}); err != nil {
			return err
		}
	}
	for _, p := range result.Peers {
		p.Median = medianSample(p.Samples)
	}
	r.Loads = append(r.Loads, result)
	r.Targets = append(r.Targets, result.targets()...)
	return nil
}

func (b *bench) withProxies(ctx context.Context, o options, dir string, do func([]*proxy) error) error {
	var proxies []*proxy
	defer func() {
		for _, x := range proxies {
			x.stop()
		}
	}()
	for _, p := range o.peers {
		var extra []string
		if p.subject {
			extra = o.extra
		}
		x, err := p.start(ctx, dir, b.backend.addr, extra)
		if err != nil {
			return err
		}
		proxies = append(proxies, x)
	}
	return do(proxies)
}

// rounds runs an idle load once, any other as often as asked for, and adds the samples to the result.
func (b *bench) rounds(ctx context.Context, o options, l load, proxies []*proxy, result *loadResult) error {
	add := func(i int, s sample) {
		p := result.Peers[i]
		p.Samples = append(p.Samples, s)
		what := fmt.Sprintf("%s/s, CPU %.2f µs each (others %.0f %%)", grouped(s.Rate, 0), s.CPUMessage, s.Others)
		if l.kind == kindIdle {
			what = fmt.Sprintf("%.1f KiB per connection", s.Memory)
		}
		fmt.Fprintf(o.progress, "%s %d/%d %s: %s\n", l.name, len(p.Samples), o.rounds, p.Name, what)
	}
	if l.kind == kindIdle {
		samples, err := b.measureIdle(ctx, l, proxies)
		for i, s := range samples {
			add(i, s)
		}
		return err
	}
	for range o.rounds {
		for i, x := range proxies {
			s, err := b.measure(ctx, l, x)
			if err != nil {
				return err
			}
			add(i, s)
		}
	}
	return nil
}

// negotiate records what the handshake with each proxy comes to.
func (r *report) negotiate(ctx context.Context, proxies []*proxy) error {
	for _, x := range proxies {
		c, err := dial(ctx, x, echoPath)
		if err != nil {
			return err
		}
		state := c.conn.ConnectionState()
		c.hangUp()
		leaf := state.PeerCertificates[0]
		r.TLS = append(r.TLS, negotiated{x.name, fmt.Sprintf("%s %s %s, %s certificate, ALPN %q",
			tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite), state.CurveID,
			leaf.PublicKeyAlgorithm, state.NegotiatedProtocol)})
	}
	return nil
}
