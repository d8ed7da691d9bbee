package main

import (
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newOn() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "on N",
		Short: "Switch a project on, and remember it",
		Long: `Switch a project on. If culvert runs that happens at once, with what the project's file says now; else at its
next start. While it is on its file is watched: a change comes into effect when the file is saved, and a mistake in it
leaves the project served as it was. A project that is on already is started anew, which ends its connections.`,
		Example: `  culvert on web-chat`,
		Args:    exactly(1, "the name of a project"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			return withProjects(c, func(p app.Projects) error {
				project, err := p.On(c.Context(), args[0])
				if err != nil {
					return err
				}
				return printProject(c.OutOrStdout(), project, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
