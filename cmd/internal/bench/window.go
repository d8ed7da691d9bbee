//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/control"
)

// windowVerb is the argument that asks for the figures of the desktop app alone.
const windowVerb = "window"

// windowOptions is the command line after windowVerb.
type windowOptions struct {
	binary   string
	figures  []string
	rate     int           // frames a second
	lasting  time.Duration // how long they arrive
	frames   int64         // that are held
	starts   int
	rest     time.Duration
	progress io.Writer
}

// windowFigure is one thing that is measured of the app.
type windowFigure struct {
	name    string
	about   string
	measure func(*windowBench) error
}

func windowFigures() []windowFigure {
	return []windowFigure{
		{"start", "from the start of the process until its icon is in the tray", (*windowBench).start},
		{"idle", "hidden and idle, beside an empty Fyne app in the same seconds", (*windowBench).idle},
		{"load", "frames arrive while the window is open and follows them", (*windowBench).load},
		{"held", "many frames are held, and the user goes through them by key", (*windowBench).held},
	}
}

func parseWindowOptions(args []string, progress io.Writer) (windowOptions, error) {
	o := windowOptions{progress: progress}
	var names []string
	for _, f := range windowFigures() {
		names = append(names, f.name)
	}
	all := strings.Join(names, ",")
	flags := flag.NewFlagSet("bench "+windowVerb, flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.binary, "binary", filepath.Join("bin", "culvert-tray"), "the desktop app, a `path`")
	figures := flags.String("figures", all, "comma-separated `names` of what is measured")
	flags.IntVar(&o.rate, "rate", 100_000, "load: `frames` a second")
	flags.DurationVar(&o.lasting, "load", time.Minute, "load: how long the frames arrive")
	flags.Int64Var(&o.frames, "held", 1_000_000, "held: `frames`")
	flags.IntVar(&o.starts, "starts", 7, "start: how often")
	flags.DurationVar(&o.rest, "idle", 20*time.Second, "idle: how long")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.figures = strings.Split(*figures, ",")
	for _, name := range o.figures {
		if !slices.Contains(names, name) {
			return o, fmt.Errorf("-figures: there is no %q (there are %s)", name, all)
		}
	}
	if flags.NArg() > 0 || o.rate < pushers || o.lasting <= 0 || o.lasting > time.Minute || o.frames < 1 || o.starts < 1 || o.rest <= 0 {
		return o, errors.New("usage: -load up to 1m, all numbers above 0 (see bench window -help)")
	}
	return o, nil
}

// windowBench measures the desktop app and prints what it finds.
type windowBench struct {
	windowOptions
	ctx  context.Context
	proc procFS
	out  io.Writer
	cpus int
}

func benchmarkWindow(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parseWindowOptions(args, stderr)
	if err != nil {
		return err
	}
	if o.binary, err = exec.LookPath(o.binary); err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return err
	}
	b := &windowBench{windowOptions: o, ctx: ctx, proc: "/proc", out: stdout, cpus: runtime.NumCPU()}
	fmt.Fprintf(b.out, "The desktop app on a screen of 1280 × 800, %d processors shared by app, load generator, backend and screen.\n"+
		"There is no graphics card: Mesa's llvmpipe draws, on the app's own processor time, which is most of what drawing\n"+
		"takes. \"others\" is processor time of the machine that no part of the benchmark took.\n", b.cpus)
	for _, f := range windowFigures() {
		if !slices.Contains(b.figures, f.name) {
			continue
		}
		fmt.Fprintf(b.out, "\n%s: %s\n", f.name, f.about)
		if err := f.measure(b); err != nil {
			if ctx.Err() != nil {
				return errors.New("interrupted")
			}
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return nil
}

// print prints one line of what was found.
func (b *windowBench) print(format string, args ...any) {
	fmt.Fprintf(b.out, "  "+format+"\n", args...)
}

// verdict prints whether a value is what it is to be.
func (b *windowBench) verdict(met bool, format string, args ...any) {
	word := "met   "
	if !met {
		word = "MISSED"
	}
	b.print(word+"  "+format, args...)
}

// foreign measures the processor time that others take of the machine, in percent of it, until the function that it
// returns is called.
func (b *windowBench) foreign() (func() (float64, error), error) {
	began := time.Now()
	busy, ours, err := b.used()
	return func() (float64, error) {
		busyNow, oursNow, err := b.used()
		taken := (busyNow - busy) - (oursNow - ours)
		return max(0, 100*taken.Seconds()/(time.Since(began).Seconds()*float64(b.cpus))), err
	}, err
}

// used returns the processor time that the machine and the parts of the benchmark have used.
func (b *windowBench) used() (busy, ours time.Duration, err error) {
	pids, err := b.proc.tree(os.Getpid())
	if err != nil {
		return 0, 0, err
	}
	cpu, err1 := b.proc.cpu(pids...)
	busy, err2 := b.proc.busy()
	return busy, cpu.Total, errors.Join(err1, err2)
}

// milliseconds writes how durations are spread.
func milliseconds(s control.Spread) string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1e3) }
	return fmt.Sprintf("p50 %s, p99 %s, max %s ms", ms(s.P50), ms(s.P99), ms(s.Max))
}

func mebibytes(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

func percent(d, of time.Duration) float64 { return 100 * d.Seconds() / of.Seconds() }
