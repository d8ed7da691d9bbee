package main

import (
	"github.com/spf13/cobra"
)

// newCulvert returns the command with all its verbs.
func newCulvert() *cobra.Command {
	c := &cobra.Command{
		Use:   "culvert VERB",
		Short: "A trusted wss:// address for every ws:// project, with every frame on record",
		Long: `Culvert gives each of your projects a trusted https:// and wss:// address on this machine, carries it to the
plain ws:// backend byte for byte, and records every frame on the way.`,
		Example: `  culvert trust                      # once: browsers believe the addresses
  culvert run                        # the demo at first, then your projects
  culvert add culvert.toml           # in another terminal: your own project
  culvert on web-chat
  culvert tail web-chat`,
		Version:                    version(),
		SuggestionsMinimumDistance: 2,
		SilenceErrors:              true, // report does it
		SilenceUsage:               true,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return unknownVerb(c, args[0])
		},
	}
	c.SetVersionTemplate("culvert {{.Version}}\n")
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return &usageError{c, err} })
	c.CompletionOptions.HiddenDefaultCmd = true
	c.AddCommand(
		newRun(), newAdd(), newList(), newOn(), newOff(), newRemove(), newCheck(), newImport(),
		newTail(), newExport(), newTrust(), newUntrust(), newElevated(), newHosts(), newDoctor(),
		newCert(), newEnv(), newExec(), newOpen(), newHandshake(),
	)
	return c
}
