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
	store  string
	asJSON bool
}

func (o *trustOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.store, "store", "", "only the store of this `name`; firefox stands for all its profiles")
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

With --status nothing is changed. The exit code is 0 if every store that was found trusts the CA.`,
		Example: `  culvert trust
  culvert trust --status
  culvert trust --store chromium`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if status {
				return trustStatus(c.Context(), c.OutOrStdout(), o)
			}
			return addTrust(c.Context(), c.OutOrStdout(), o)
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&status, "status", false, "only say how each store is")
	return c
}

// trustStatus says how each store is.
func trustStatus(ctx context.Context, out io.Writer, o trustOptions) error {
	stores, root, err := o.storesAndRoot()
	if errors.Is(err, certs.ErrNoCA) {
		return errors.New("trust: there is no CA yet (culvert trust makes it and adds it to the stores)")
	}
	if err != nil {
		return err
	}
	return o.report(out, trust.Audit(ctx, stores, root), "culvert trust adds it")
}

// storesAndRoot returns the stores that the flags choose and the CA's certificate, for which its key is not needed. The
// error is [certs.ErrNoCA] if there is none.
func (o trustOptions) storesAndRoot() ([]trust.Store, *certs.Root, error) {
	folders, err := app.FindFolders()
	if err != nil {
		return nil, nil, err
	}
	stores, err := o.stores()
	if err != nil {
		return nil, nil, err
	}
	root, err := certs.ReadRoot(folders.CA())
	if errors.Is(err, fs.ErrNotExist) {
		err = certs.ErrNoCA
	}
	return stores, root, err
}

// addTrust puts the CA into the stores.
func addTrust(ctx context.Context, out io.Writer, o trustOptions) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	stores, err := o.stores()
	if err != nil {
		return err
	}
	ca, err := certs.LoadOrCreate(folders.CA())
	if err != nil {
		return err
	}
	return o.report(out, trust.Add(ctx, trust.Host(trust.Terminal()), stores, ca.Root), "each line above says what to do")
}

// report prints the results; it is an error, mended by fix, if a store that was found does not
// trust the CA, or if none was found.
func (o trustOptions) report(out io.Writer, results []trust.Result, fix string) error {
	if err := printResults(out, results, o.asJSON); err != nil {
		return err
	}
	trusted, others := 0, 0
	for _, r := range results {
		switch r.Status.State {
		case trust.Trusted:
			trusted++
		case trust.NotTrusted, trust.Cannot:
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

// stores returns the machine's stores that the flags choose.
func (o trustOptions) stores() ([]trust.Store, error) {
	var names []string
	if o.store != "" {
		names = []string{o.store}
	}
	return app.ChooseStores(trust.Stores(trust.Host(trust.Terminal())), names...)
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
