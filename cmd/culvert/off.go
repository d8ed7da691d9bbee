package main

import (
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newOff() *cobra.Command {
	return newSwitch(&cobra.Command{
		Use:   "off {N | --group G}",
		Short: "Switch a project off, and remember it",
		Long: `Switch a project, or all of a group, off. If culvert runs, its connections end and its addresses are free at once. What
was recorded stays until culvert ends.`,
		Example: `  culvert off web-chat
  culvert off --group im`,
	}, app.Projects.Off)
}
