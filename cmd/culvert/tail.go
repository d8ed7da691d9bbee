package main

import (
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

` + capture.QueryHelp,
		Example: `  culvert tail
  culvert tail web-chat --filter 'dir:received size>1k "room"'
  culvert tail web-chat --json --last -1 --follow=false > frames.ndjson`,
		Args: atMost(1, "the name of a project, or none for all"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				r.Project = args[0]
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
