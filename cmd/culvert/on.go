package main

import (
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newOn() *cobra.Command {
	return newSwitch(&cobra.Command{
		Use:   "on {N | --group G}",
		Short: "Switch a project on, and remember it",
		Long: `Switch a project, or all of a group, on. If culvert runs that happens at once, with what the project's file says now;
else at its next start. While it is on its file is watched: a change comes into effect when the file is saved, and a
mistake in it leaves the project served as it was. A project that is on already is started anew, which ends its
connections.`,
		Example: `  culvert on web-chat
  culvert on --group im`,
	}, app.Projects.On)
}
