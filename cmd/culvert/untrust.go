package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

func newUntrust() *cobra.Command {
	var o trustOptions
	c := &cobra.Command{
		Use:   "untrust",
		Short: "Take the local CAs out of every trust store",
		Long: `Take the certificates of the local CA, and of the second one if there is one, out of every trust store, and read each
back; a line tells how each is now. The CAs themselves stay, so that culvert trust can add them again. Those that were
replaced go too, and stores that are no longer listed are found by the receipt that culvert trust keeps, also when the
CAs' folder is lost. The exit code is 1 if a store could not be changed.

With --named only the second CA goes, which signs names of your own; with --name that CA signs the name no longer, and
is deleted with its last name.`,
		Example: `  culvert untrust
  culvert untrust --store system
  culvert untrust --name web.example.cn`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := newTrustVerb(c, o)
			err = cmp.Or(exclusive(c, "name", "named"), exclusive(c, "name", "store"), err)
			switch {
			case err != nil:
				return err
			case len(o.names) > 0:
				return v.removeNames(c.Context())
			}
			return v.remove(c.Context())
		},
	}
	o.flags(c)
	c.Flags().StringArrayVar(&o.names, "name", nil, "have the second CA sign this `name` no longer; may be given several times")
	return c
}

// remove takes the CAs out of the stores, or only the second one.
func (v *trustVerb) remove(ctx context.Context) error {
	results, err := v.removed(ctx)
	if errors.Is(err, certs.ErrNoCA) {
		return errors.New("untrust: there is no CA, so no store can trust it (nothing to do)")
	}
	if err != nil {
		return err
	}
	tellReceipt(v.errOut, v.receipt)
	if err := printResults(v.out, results, nil, v.asJSON); err != nil {
		return err
	}
	return undone(results)
}

func (v *trustVerb) removed(ctx context.Context) ([]trust.Result, error) {
	if !v.named {
		return v.authorities.RemoveAll(ctx, v.stores...)
	}
	root, err := v.authorities.Second()
	if err != nil {
		return nil, err
	}
	done, err := v.authorities.Remove(ctx, root, v.stores...)
	return done.Results, err
}

// undone is an error if a store could not be changed.
func undone(results []trust.Result) error {
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

// removeNames has the second CA sign fewer names, or none any more.
func (v *trustVerb) removeNames(ctx context.Context) error {
	second, err := v.authorities.Second()
	if errors.Is(err, certs.ErrNoCA) {
		return errors.New("untrust: there is no second CA, so it signs no name (nothing to do)")
	}
	if err != nil {
		return err
	}
	names := second.Names()
	for _, name := range v.names {
		i := slices.Index(names, name)
		if i < 0 {
			return fmt.Errorf("untrust: the second CA does not sign %s (it signs %s)", app.Printable(name), app.Printable(fmt.Sprint(names)))
		}
		names = slices.Delete(names, i, i+1)
	}
	done, err := v.authorities.SetNames(ctx, names)
	if err := errors.Join(err, printResults(v.out, done.Results, nil, v.asJSON)); err != nil {
		return err
	}
	return undone(done.Results)
}
