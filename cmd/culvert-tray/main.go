// Command culvert-tray is Culvert with a tray icon and a window. It runs the same engine as culvert run, in its own
// process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"culvert/cmd/internal/app"
	"culvert/cmd/internal/desktop"
	"culvert/tunnel/control"
)

// The exit codes besides 0.
const (
	exitFailed    = 1
	exitUsage     = 2
	exitNoDisplay = 3
)

const usage = `Culvert with a tray icon and a window: trusted wss:// addresses for local development.

Usage:
  culvert-tray [--hidden]

  --hidden     start without showing the window; the tray icon opens it. Where the desktop shows
               no tray icons the window is shown all the same
  --version    print the version
  --help       print this

A second start raises the window of the first. The projects and the folders are those of the command
culvert, which acts on the running app.

Exit codes: 0, 1 (failed), 2 (wrong usage), 3 (no display: culvert run is the same without a window).
`

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

// start reads the command line and runs the app.
func start(args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("culvert-tray", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	hidden := flags.Bool("hidden", false, "")
	asked := flags.Bool("version", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, usage)
		return 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(errOut, "culvert-tray: %s (see culvert-tray --help)\n", app.OneLine(err))
		return exitUsage
	}
	if *asked {
		fmt.Fprintln(out, "culvert-tray", version())
		return 0
	}
	if err := desktop.Display(os.Getenv); err != nil {
		fmt.Fprintf(errOut, "culvert-tray: no display: %s (culvert run is the same without a window)\n", app.OneLine(err))
		return exitNoDisplay
	}
	if err := run(context.Background(), *hidden, errOut); err != nil {
		fmt.Fprintf(errOut, "culvert-tray: %s\n", app.OneLine(err))
		return exitFailed
	}
	return 0
}

// run runs the app, or raises the window of the one that runs.
func run(ctx context.Context, hidden bool, errOut io.Writer) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	s, err := open(ctx, folders, errOut)
	if other := (*control.RunningError)(nil); errors.As(err, &other) {
		return raise(ctx, folders)
	}
	if err != nil {
		return err
	}
	defer s.close()
	return s.show(hidden)
}

// raise asks the app that runs for its window.
func raise(ctx context.Context, folders app.Folders) error {
	c := control.NewClient(folders.Socket())
	defer c.Close()
	return c.Raise(ctx)
}
