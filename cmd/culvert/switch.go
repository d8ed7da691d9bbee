package main

import (
	"context"
	"errors"
	"fmt"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

// switcher switches the project of that name.
type switcher func(p app.Projects, ctx context.Context, name string) (control.Project, error)

// newSwitch makes c the verb that switches a project, or all of a group, by do.
func newSwitch(c *cobra.Command, do switcher) *cobra.Command {
	var group string
	var asJSON bool
	c.ValidArgsFunction = completeProject
	c.Args = func(c *cobra.Command, args []string) error {
		if group != "" && len(args) > 0 {
			return &usageError{c, errors.New("takes the name of a project or --group, not both")}
		}
		if group != "" {
			return nil
		}
		return exactly(1, "the name of a project, or --group")(c, args)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		return withProjects(c, func(p app.Projects) error {
			if group != "" {
				return switchGroup(c, p, group, do, asJSON)
			}
			project, err := do(p, c.Context(), args[0])
			if err != nil {
				return err
			}
			return printProject(c.OutOrStdout(), project, asJSON)
		})
	}
	c.Flags().StringVar(&group, "group", "", "all projects of the `group`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: with --group a list")
	return c
}

// switchGroup switches each project of a group. One that cannot be does not keep the others from it.
func switchGroup(c *cobra.Command, p app.Projects, group string, do switcher, asJSON bool) error {
	list, err := p.Projects(c.Context())
	if err != nil {
		return err
	}
	switched, failed := []control.Project{}, []error(nil)
	for _, project := range list {
		if project.Group != group {
			continue
		}
		after, err := do(p, c.Context(), project.Name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		switched = append(switched, after)
		if !asJSON {
			failed = append(failed, printProject(c.OutOrStdout(), after, false))
		}
	}
	if len(switched)+len(failed) == 0 {
		return fmt.Errorf("group %s: no project is in it (write group = %q into a project file)", group, group)
	}
	if asJSON {
		failed = append(failed, printJSON(c.OutOrStdout(), switched))
	}
	return errors.Join(failed...)
}
