package main

import (
	"errors"
	"fmt"
	"io"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newExport() *cobra.Command {
	var file, filter string
	c := &cobra.Command{
		Use:   "export N --har FILE",
		Short: "Write what was recorded of a project as HAR",
		Long: `Write what the running culvert holds of a project as a HAR file, which Chrome DevTools and HTTP Toolkit open. The
messages are in _webSocketMessages; every frame as it was on the wire is in _wsFrames.`,
		Example: `  culvert export web-chat --har chat.har
  culvert export web-chat --har - | jq '.log.entries[]._webSocketMessages'`,
		Args: exactly(1, "the name of a project"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			if file == "" {
				return &usageError{c, errors.New("--har is missing")}
			}
			if err := tellNotes(c.ErrOrStderr(), filter); err != nil {
				return err
			}
			return withClient(func(client *control.Client) error {
				write := func(w io.Writer) error { return client.Export(c.Context(), args[0], filter, w) }
				if file == "-" {
					return write(c.OutOrStdout())
				}
				if err := writeFile("export", file, write); err != nil {
					return err
				}
				_, err := fmt.Fprintf(c.ErrOrStderr(), "%s written\n", app.Printable(file))
				return err
			})
		},
	}
	c.Flags().StringVar(&file, "har", "", "the `file` to write; - is standard output")
	c.Flags().StringVar(&filter, "filter", "", "only the rows that fit this `query` (culvert tail --help explains it)")
	return c
}
