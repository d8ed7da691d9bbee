package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

func newAdd() *cobra.Command {
	var request control.AddRequest
	var asJSON bool
	c := &cobra.Command{
		Use:   "add FILE… | add --name N --to ws://…",
		Short: "Make projects known",
		Long: `Make projects known, so that they can be switched on: by their project files, or one project by its name and the
address of its backend. A project that was added is off.`,
		Example: `  culvert add culvert.toml
  culvert add chat/culvert.toml ticker/culvert.toml
  culvert add --name web-chat --to ws://127.0.0.1:8083
  culvert add --name web-chat --to ws://127.0.0.1:8083 --listen 127.0.0.1:8443
  culvert add --demo                 # the built-in demo again, after culvert remove demo`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkAdd(request, len(args)); err != nil {
				return &usageError{c, err}
			}
			for _, file := range args {
				file, err := filepath.Abs(file)
				if err != nil {
					return err
				}
				request.Files = append(request.Files, file)
			}
			return add(c, request, asJSON)
		},
	}
	c.Flags().StringVar(&request.Name, "name", "", "the project's `name`: letters, digits, _ . -")
	c.Flags().StringVar(&request.To, "to", "", "the backend's `address`: ws, wss, http, https or unix")
	c.Flags().StringArrayVar(&request.Listen, "listen", nil, "an `address` of the tunnel, IP:port; may be repeated (default a free port, kept)")
	c.Flags().BoolVar(&request.Demo, "demo", false, "the built-in demo")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// checkAdd reports flags that do not go together.
func checkAdd(r control.AddRequest, files int) error {
	byName := r.Name != "" || r.To != "" || len(r.Listen) > 0
	switch {
	case byName && (r.Name == "" || r.To == ""):
		return errors.New("--name and --to belong together")
	case byName && (files > 0 || r.Demo), r.Demo && files > 0:
		return errors.New("takes files, or --name and --to, or --demo: one of them")
	case !byName && !r.Demo && files == 0:
		return errors.New("takes at least one project file, or --name and --to")
	}
	return nil
}

func add(c *cobra.Command, request control.AddRequest, asJSON bool) error {
	return withProjects(c, func(p app.Projects) error {
		list, err := p.Add(c.Context(), request)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(c.OutOrStdout(), list)
		}
		for _, project := range list {
			if project.State == control.Off && project.Reason == "" {
				project.Reason = fmt.Sprintf("(culvert on %s switches it on)", project.Name)
			}
			if err := printProject(c.OutOrStdout(), project, false); err != nil {
				return err
			}
		}
		return nil
	})
}
