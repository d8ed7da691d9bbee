package main

import (
	"fmt"
	"io"

	"culvert/cmd/internal/app"
	"culvert/tunnel/capture"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newTail() *cobra.Command {
	r := control.TailRequest{Follow: true}
	c := &cobra.Command{
		Use:   "tail [N]",
		Short: "Show frames as they pass",
		Long: `Show frames, connections, violations and HTTP requests of a project, or of all, as they pass: a line each, as text
or as JSON. It begins with the last rows that are held, and ends with Ctrl-C or when culvert ends.

` + capture.QueryHelp + `
With --json: ` + capture.JSONHelp + `  evicted:     rows (how many are gone that were not shown)`,
		Example: `  culvert tail
  culvert tail web-chat --filter 'dir:received size>1k "room"'
  culvert tail web-chat --json --last -1 --follow=false > frames.ndjson`,
		Args: atMost(1, "the name of a project, or none for all"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				r.Project = args[0]
			}
			if err := tellNotes(c.ErrOrStderr(), r.Filter); err != nil {
				return err
			}
			return withClient(func(client *control.Client) error {
				return client.Tail(c.Context(), r, c.OutOrStdout())
			})
		},
	}
	c.Flags().StringVar(&r.Filter, "filter", "", "only rows that fit this `query`, see above")
	c.Flags().IntVarP(&r.Last, "last", "n", 10, "begin with the last `n` rows that are held; -1 for all")
	c.Flags().BoolVarP(&r.Follow, "follow", "f", true, "go on with rows as they come")
	c.Flags().BoolVar(&r.JSON, "json", false, "print NDJSON: one JSON object per line")
	return c
}

// tellNotes reads a filter before it is sent, and says what of it is not taken as it may have been meant.
func tellNotes(w io.Writer, filter string) error {
	q, err := capture.ParseQuery(filter)
	if err != nil {
		return err
	}
	for _, note := range q.Notes() {
		fmt.Fprintf(w, "culvert: filter: %s\n", app.Printable(note))
	}
	return nil
}
