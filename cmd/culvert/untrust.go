package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newUntrust() *cobra.Command {
	var o trustOptions
	c := &cobra.Command{
		Use:   "untrust",
		Short: "Take the local CA out of every trust store",
		Long: `Take the local CA's certificate out of every trust store, and read each back; a line tells how each is now. The CA
itself stays, so that culvert trust can add it again. Those that it has replaced go too, and stores that are no longer
listed are found by the receipt that culvert trust keeps, also when the CA's folder is lost. The exit code is 1 if a store
could not be changed.`,
		Example: `  culvert untrust
  culvert untrust --store system`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return removeTrust(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), o)
		},
	}
	o.flags(c)
	return c
}

// removeTrust takes the CA out of the stores.
func removeTrust(ctx context.Context, out, errOut io.Writer, o trustOptions) error {
	m, err := findMachine()
	if err != nil {
		return err
	}
	stores, err := app.ChooseStores(append(trust.Stores(m.System), trust.Recorded(m.System)...), o.stores...)
	if err != nil {
		return err
	}
	root, err := m.root()
	if err != nil && len(m.Receipt.Entries()) > 0 {
		err = nil // the receipt has the certificates
	}
	if errors.Is(err, certs.ErrNoCA) {
		return errors.New("untrust: there is no CA, so no store can trust it (nothing to do)")
	}
	if err != nil {
		return err
	}
	results := trust.Remove(ctx, m.System, stores, root)
	m.tellReceipt(errOut)
	if err := printResults(out, results, o.asJSON); err != nil {
		return err
	}
	failed := 0
	for _, r := range results {
		if r.Status.State == trust.Cannot || r.Status.State == trust.Cancelled {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("untrust: %d of %d stores could not be changed (each line above says what to do)", failed, len(results))
	}
	return nil
}
