package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"culvert/certs"
	"culvert/certs/runtimes"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newEnv() *cobra.Command {
	var shell string
	var asJSON bool
	c := &cobra.Command{
		Use:   "env",
		Short: "Print variables that make Node, Python, curl, Java, git and others trust the local CA",
		Long: `Print what sets the variables by which programs trust the local CA, for a shell to evaluate: nothing of the machine is
changed, and no root is needed. What is started from that shell afterwards trusts the CA beside the roots that it
trusts anyway; bundles that the variables name already are added to, in copies. The CA is made first if there is none.

The language is that of $SHELL, unless --shell names one: sh (bash, zsh and others too), fish, powershell, or json, one
object. A variable that could not be prepared is left out, and told of on standard error.`,
		Example: `  culvert env
  eval "$(culvert env)"
  culvert env | source                                           # fish
  culvert env --shell powershell | Out-String | Invoke-Expression
  culvert env --json > env.json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			language := runtimes.Shell(shell)
			switch {
			case asJSON:
				language = runtimes.JSON
			case language == "":
				language = usersShell()
			}
			if _, err := new(runtimes.Set).Format(language); err != nil {
				return &usageError{c, err}
			}
			return printEnv(c.OutOrStdout(), c.ErrOrStderr(), language)
		},
	}
	c.Flags().StringVar(&shell, "shell", "", "the `language`: sh, fish, powershell or json (default that of $SHELL)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, as --shell json does")
	return c
}

// usersShell is the language of the user's shell. Windows does not tell of it, where it is most often PowerShell.
func usersShell() runtimes.Shell {
	path := os.Getenv("SHELL")
	if path == "" && runtime.GOOS == "windows" {
		return runtimes.PowerShell
	}
	return runtimes.ShellOf(path)
}

func printEnv(out, errOut io.Writer, shell runtimes.Shell) error {
	set, err := trustingEnv(errOut)
	if err != nil {
		return err
	}
	text, err := set.Format(shell)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}

// trustingEnv prepares the variables by which programs trust the CAs, and tells which were left out.
func trustingEnv(errOut io.Writer) (*runtimes.Set, error) {
	folders, err := app.FindFolders()
	if err != nil {
		return nil, err
	}
	roots, err := loadRoots(folders, errOut)
	if err != nil {
		return nil, err
	}
	set, err := runtimes.Prepare(folders.Runtimes(), os.Environ(), roots...)
	if err != nil {
		return nil, err
	}
	for _, o := range set.Omitted {
		fmt.Fprintf(errOut, "culvert: %s\n", app.Printable(o.String()))
	}
	return set, nil
}

// loadRoots returns the certificates of the CAs that sign; the first is made if there is none. What is wrong with the
// second alone is told.
func loadRoots(folders app.Folders, errOut io.Writer) ([]*certs.Root, error) {
	cas, err := app.NewAuthorities(folders, nil).Load()
	if len(cas) == 0 {
		return nil, err
	}
	if err != nil {
		fmt.Fprintf(errOut, "culvert: %s\n", app.OneLine(err))
	}
	roots := make([]*certs.Root, len(cas))
	for i, ca := range cas {
		roots[i] = ca.Root
	}
	return roots, nil
}
