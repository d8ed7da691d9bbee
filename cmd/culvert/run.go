package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newRun() *cobra.Command {
	var files []string
	var asJSON bool
	var cpuProfile string
	c := &cobra.Command{
		Use:   "run [--project FILE]…",
		Short: "Run the engine in the foreground, without a window",
		Long: `Run the engine in the foreground, without a window, until Ctrl-C or SIGTERM.

It serves the projects that are switched on (culvert on N). On a first run without any project that is the built-in
demo. It prints a line for each address and where it leads, then "ready". Addresses that other machines can reach are
named on standard error, with a ` + warningSign + `. Meanwhile list, on, off, add, remove, tail and export act on it from
other terminals.

With --project it serves exactly the given files, and the list of known projects is left alone: what is added,
removed or switched meanwhile is forgotten at the end.`,
		Example: `  culvert run
  culvert run --project ./culvert.toml
  culvert run --project chat.toml --project ticker.toml`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if cpuProfile != "" {
				stop, err := profile(cpuProfile)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, stop()) }()
			}
			return run(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), files, asJSON)
		},
	}
	c.Flags().StringArrayVar(&files, "project", nil, "serve this project `file` instead of the known projects; may be repeated")
	c.Flags().BoolVar(&asJSON, "json", false, "print the projects as one line of JSON when ready")
	c.Flags().StringVar(&cpuProfile, "cpuprofile", "", "write a profile of the processor's time to this `file`")
	c.Flags().Lookup("cpuprofile").Hidden = true // for those who work on culvert
	return c
}

// run serves until ctx ends or the app is asked to stop.
func run(ctx context.Context, out, errOut io.Writer, files []string, asJSON bool) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Options{
		Folders: folders,
		Version: version(),
		Files:   files,
		Log:     slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if ctx.Err() != nil && a == nil {
		return nil // ended before it began
	}
	if err != nil {
		return err
	}
	defer a.Close()
	projects, err := a.Projects(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		err = printReady(out, projects)
	} else {
		err = printServed(out, errOut, projects)
	}
	if err != nil {
		return err
	}
	tellEnd(errOut, a.Roots()...)
	if stores := a.Distrusting(ctx); len(stores) > 0 && showsCA(projects) {
		fmt.Fprintf(errOut, "culvert: trust: the CA is not trusted yet by %s (culvert trust changes that)\n",
			app.Printable(strings.Join(stores, ", ")))
	}
	select {
	case <-ctx.Done():
	case <-a.Stopped():
	}
	return nil
}

// showsCA reports whether a certificate of the local CA's is shown by any of the projects, or may be by one that is added.
func showsCA(projects []control.Project) bool {
	return len(projects) == 0 || slices.ContainsFunc(projects, func(p control.Project) bool { return p.Certificate == "" })
}

// printServed writes the addresses of what is on, what is wrong with what failed, and that all is ready.
func printServed(out, errOut io.Writer, projects []control.Project) error {
	var rows [][]string
	failed := 0
	for _, p := range projects {
		switch p.State {
		case control.On:
			rows = append(rows, addresses(p)...)
		case control.Failed:
			failed++
			fmt.Fprintf(errOut, "culvert: project %s: %s\n", p.Name, app.Printable(p.Reason))
		}
	}
	if err := printTable(out, rows); err != nil {
		return err
	}
	for _, p := range projects {
		if p.State == control.On {
			if err := printWarnings(errOut, p); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 && failed == 0 {
		fmt.Fprintln(errOut, "culvert: no project is switched on (culvert list shows them, culvert add FILE adds one)")
	}
	_, err := fmt.Fprintln(out, "ready")
	return err
}

// printReady writes what printServed does as one line of JSON.
func printReady(out io.Writer, projects []control.Project) error {
	return newLineEncoder(out).Encode(struct {
		Version  string            `json:"version"`
		PID      int               `json:"pid"`
		Projects []control.Project `json:"projects"`
	}{version(), os.Getpid(), projects})
}
