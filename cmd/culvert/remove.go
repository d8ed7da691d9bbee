package main

import (
	"fmt"

	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newRemove() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "remove N",
		Short: "Forget a project",
		Long: `Switch a project off and forget it, with what was recorded of it. Your project file stays where it is; only a
file that culvert add --name made goes too.`,
		Example: `  culvert remove web-chat
  culvert remove demo                # culvert add --demo brings it back`,
		Args: exactly(1, "the name of a project"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			return withProjects(c, func(p app.Projects) error {
				if err := p.Remove(c.Context(), args[0]); err != nil {
					return err
				}
				if asJSON {
					return printJSON(c.OutOrStdout(), map[string]string{"removed": args[0]})
				}
				_, err := fmt.Fprintf(c.OutOrStdout(), "%s  removed\n", app.Printable(args[0]))
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
