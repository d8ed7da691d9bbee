package main

import (
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newOff() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "off N",
		Short: "Switch a project off, and remember it",
		Long: `Switch a project off. If culvert runs, its connections end and its addresses are free at once. What was recorded
stays until culvert ends.`,
		Example: `  culvert off web-chat`,
		Args:    exactly(1, "the name of a project"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			return withProjects(c, func(p app.Projects) error {
				project, err := p.Off(c.Context(), args[0])
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
