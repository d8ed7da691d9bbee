package main

import (
	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

// withProjects calls f with the projects of the running app, or else of the state file.
func withProjects(c *cobra.Command, f func(app.Projects) error) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	p, err := app.Reach(c.Context(), folders)
	if err != nil {
		return err
	}
	defer p.Close()
	return f(p)
}

// withClient calls f with a client of the running app.
func withClient(f func(*control.Client) error) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	client := control.NewClient(folders.Socket())
	defer client.Close()
	return f(client)
}

// completeProject offers the names of known projects to the shell.
func completeProject(c *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	err := withProjects(c, func(p app.Projects) error {
		list, err := p.Projects(c.Context())
		for _, project := range list {
			names = append(names, project.Name)
		}
		return err
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
