package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"culvert/certs/hosts"
	"culvert/certs/trust"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

// hostsOptions are the flags of hosts.
type hostsOptions struct {
	add, remove []string
	removeAll   bool
	asJSON      bool
}

func newHosts() *cobra.Command {
	var o hostsOptions
	c := &cobra.Command{
		Use:   "hosts",
		Short: "Lead host names to this machine in the hosts file",
		Long: `List the names that Culvert has written into the hosts file, or change them. A name that is added leads to 127.0.0.1 and
::1 on this machine alone; browsers need that for names which no server knows, and Safari for those below localhost.

The file belongs to root: a password is asked once, by sudo in a terminal and else by polkit. Lines that Culvert writes
are marked; all others stay as they are.`,
		Example: `  culvert hosts
  culvert hosts --add web.example.cn --add web-chat.localhost
  culvert hosts --remove-all`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := exclusive(c, "remove", "remove-all"); err != nil {
				return err
			}
			return o.run(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().StringArrayVar(&o.add, "add", nil, "lead this `name` to this machine; may be given several times")
	c.Flags().StringArrayVar(&o.remove, "remove", nil, "take this `name` out; may be given several times")
	c.Flags().BoolVar(&o.removeAll, "remove-all", false, "take out every name that Culvert has added")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	return c
}

// run makes the change, if one is asked for, and lists the names.
func (o hostsOptions) run(ctx context.Context, out io.Writer) error {
	marked, err := markedHosts()
	if err != nil {
		return err
	}
	remove := o.remove
	if o.removeAll {
		remove = marked
	}
	for _, name := range remove {
		if !slices.Contains(marked, strings.ToLower(name)) {
			return fmt.Errorf("hosts: %s is not among the names that Culvert has added (culvert hosts lists them)", app.Printable(name))
		}
	}
	if len(o.add)+len(remove) > 0 {
		folders, err := app.FindFolders()
		if err != nil {
			return err
		}
		if _, err := trust.ChangeHosts(ctx, app.System(folders, trust.Terminal()), o.add, remove); err != nil {
			return fmt.Errorf("hosts: %w", err)
		}
		if marked, err = markedHosts(); err != nil {
			return err
		}
	}
	if o.asJSON {
		return printJSON(out, append([]string{}, marked...))
	}
	if len(marked) == 0 {
		_, err = fmt.Fprintln(out, "no names (culvert hosts --add NAME adds one)")
		return err
	}
	_, err = fmt.Fprintln(out, strings.Join(marked, "\n"))
	return err
}

// markedHosts returns the names that Culvert has written into the hosts file of this machine.
func markedHosts() ([]string, error) {
	data, err := os.ReadFile(hosts.Path())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("hosts: %w (make it readable)", err)
	}
	return hosts.Marked(data), nil
}
