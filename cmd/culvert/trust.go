package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

// trustOptions are the flags of trust and untrust.
type trustOptions struct {
	stores []string
	asJSON bool
}

func (o *trustOptions) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.stores, "store", nil, "only the store of this `name`; firefox stands for all its profiles; may be given several times")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
}

func newTrust() *cobra.Command {
	var o trustOptions
	var status bool
	c := &cobra.Command{
		Use:   "trust",
		Short: "Make browsers and the system trust the local CA",
		Long: `Put the local CA's certificate into every trust store that is found, and read each back; a line tells how each is
now. The CA is made first if there is none; it can sign for names of this machine only (localhost, .test, .internal,
loopback addresses). Its key stays in its folder.

Stores that belong to root are changed in one go, for which a password is asked once, by sudo in a terminal and else by
polkit; without either, the command to copy is printed. Where certutil cannot change a Firefox, its policies.json is
used instead; --store firefox-policies uses it in any case.

With --status nothing is changed. The exit code is 0 if every store that was found trusts the CA.`,
		Example: `  culvert trust
  culvert trust --status
  culvert trust --store chromium`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if status {
				return trustStatus(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), o)
			}
			return addTrust(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), o)
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&status, "status", false, "only say how each store is")
	return c
}

// trustStatus says how each store is.
func trustStatus(ctx context.Context, out, errOut io.Writer, o trustOptions) error {
	m, err := findMachine()
	if err != nil {
		return err
	}
	stores, err := app.ChooseStores(trust.Stores(m.System), o.stores...)
	if err != nil {
		return err
	}
	root, err := m.root()
	if errors.Is(err, certs.ErrNoCA) {
		return errors.New("trust: there is no CA yet (culvert trust makes it and adds it to the stores)")
	}
	if err != nil {
		return err
	}
	results := trust.Audit(ctx, stores, root)
	m.Receipt.Adopt(ctx, results, root)
	m.tellReceipt(errOut)
	if o.asJSON {
		err = printResults(out, results, true)
	} else {
		err = foundAndTrusted(results).print(out)
	}
	if err != nil {
		return err
	}
	return verdict(results, "culvert trust adds it")
}

// localMachine is this machine with its trust stores, and the folders of the user's CA.
type localMachine struct {
	trust.System
	folders app.Folders
}

func findMachine() (localMachine, error) {
	folders, err := app.FindFolders()
	if err != nil {
		return localMachine{}, err
	}
	return localMachine{app.System(folders, trust.Terminal()), folders}, nil
}

// root returns the CA's certificate, for which its key is not needed. The error is [certs.ErrNoCA] if there is none.
func (m localMachine) root() (*certs.Root, error) {
	root, err := certs.ReadRoot(m.folders.CA())
	if errors.Is(err, fs.ErrNotExist) {
		err = certs.ErrNoCA
	}
	return root, err
}

// tellReceipt says what is wrong with the receipt, if something is. It stops nothing.
func (m localMachine) tellReceipt(errOut io.Writer) {
	if err := m.Receipt.Problem(); err != nil {
		fmt.Fprintf(errOut, "culvert: %s\n", app.OneLine(err))
	}
}

// addTrust puts the CA into the stores.
func addTrust(ctx context.Context, out, errOut io.Writer, o trustOptions) error {
	m, err := findMachine()
	if err != nil {
		return err
	}
	stores, err := app.ChooseStores(trust.Stores(m.System), o.stores...)
	if err != nil {
		return err
	}
	ca, err := certs.LoadOrCreate(m.folders.CA())
	if err != nil {
		return err
	}
	results := trust.Add(ctx, m.System, stores, ca.Root)
	m.tellReceipt(errOut)
	if err := printResults(out, results, o.asJSON); err != nil {
		return err
	}
	return verdict(results, "each line above says what to do")
}

// verdict is an error, mended by fix, if a store that was found does not trust the CA, or if none was found.
func verdict(results []trust.Result, fix string) error {
	trusted, others := 0, 0
	for _, r := range results {
		switch r.Status.State {
		case trust.Trusted:
			trusted++
		case trust.NotTrusted, trust.Cannot, trust.Cancelled:
			others++
		}
	}
	switch {
	case others > 0:
		return fmt.Errorf("trust: the CA is trusted by %d of %d stores (%s)", trusted, trusted+others, fix)
	case trusted == 0:
		return errors.New("trust: no store was found (install a browser, start it once, and run culvert trust again)")
	}
	return nil
}

// storeResult is a store as --json prints it.
type storeResult struct {
	Store   string `json:"store"`
	Where   string `json:"where"`
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"`
	Fix     string `json:"fix,omitempty"`
	Changed bool   `json:"changed"`
}

func printResults(out io.Writer, results []trust.Result, asJSON bool) error {
	list := []storeResult{}
	var rows [][]string
	for _, r := range results {
		list = append(list, storeResult{
			r.Store.Name(), r.Store.Where(), r.Status.State.String(), r.Status.Reason, r.Status.Fix, r.Changed,
		})
		words := r.Status.String()
		if r.Changed {
			words += ", now"
		}
		rows = append(rows, []string{r.Store.Name(), r.Store.Where(), words}) // the words last: they can be long
	}
	if asJSON {
		return printJSON(out, list)
	}
	return printTable(out, rows)
}
