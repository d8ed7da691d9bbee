package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/certs/trust/proof"
	"culvert/cmd/internal/app"

	"github.com/spf13/cobra"
)

// trustOptions are the flags of trust and untrust.
type trustOptions struct {
	stores []string
	names  []string
	named  bool
	asJSON bool
}

func (o *trustOptions) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.stores, "store", nil, "only the store of this `name`; firefox stands for all its profiles; may be given several times")
	c.Flags().BoolVar(&o.named, "named", false, "the second CA, for names of your own, instead of the first")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
}

func newTrust() *cobra.Command {
	var o trustOptions
	var status, prove, renew, force bool
	c := &cobra.Command{
		Use:   "trust",
		Short: "Make browsers and the system trust the local CA",
		Long: `Put the local CA's certificate into every trust store that is found, and read each back; a line tells how each is
now. The CA is made first if there is none; it can sign for names of this machine only (localhost, .test, .internal,
loopback addresses). Its key stays in its folder.

Stores that belong to root are changed in one go, for which a password is asked once, by sudo in a terminal and else by
polkit; without either, the command to copy is printed. Where certutil cannot change a Firefox, its policies.json is
used instead; --store firefox-policies uses it in any case.

With --status nothing is changed: a table tells which stores are there and which trust the CA. With --prove it tells too
what the programs that read them make of a real handshake: each is started anew, with copies of the user's profiles.

--name lets a second CA sign a name that is not this machine's by nature (web.example.cn in a hosts file, an address of
your network). That CA is constrained to exactly the names that were given so; --named stands for it.

--renew makes the next CA of one that ends within 60 days, has the stores trust it, and puts it in the old one's place;
with --force that of the first CA at any time, when its key may be in other hands.

The exit code is 0 if every store that was found trusts the CA, and with --prove if no program refused it.`,
		Example: `  culvert trust
  culvert trust --status --prove
  culvert trust --store chromium
  culvert trust --name web.example.cn --name 192.168.1.20`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := newTrustVerb(c, o)
			err = cmp.Or(exclusive(c, "status", "renew", "name"), exclusive(c, "prove", "renew", "name", "named"), err)
			switch {
			case err != nil:
				return err
			case prove:
				return v.prove(c.Context())
			case status:
				return v.status(c.Context())
			case renew:
				return v.renew(c.Context(), force)
			case len(o.names) > 0:
				return v.addNames(c.Context())
			}
			return v.add(c.Context())
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&status, "status", false, "only say how each store is")
	c.Flags().BoolVar(&prove, "prove", false, "--status, and have programs make a handshake with the first CA's certificate")
	c.Flags().BoolVar(&renew, "renew", false, "renew a CA that ends within 60 days")
	c.Flags().BoolVar(&force, "force", false, "with --renew: the first CA, whenever it ends")
	c.Flags().StringArrayVar(&o.names, "name", nil, "let the second CA sign this `name` too; may be given several times")
	return c
}

// trustVerb is what trust and untrust work with.
type trustVerb struct {
	trustOptions
	authorities *app.Authorities
	receipt     *trust.Receipt
	out, errOut io.Writer
}

func newTrustVerb(c *cobra.Command, o trustOptions) (*trustVerb, error) {
	folders, err := app.FindFolders()
	if err != nil {
		return nil, err
	}
	sys := app.System(folders, trust.Terminal())
	return &trustVerb{
		trustOptions: o, authorities: app.NewAuthorities(folders, func() trust.System { return sys }),
		receipt: sys.Receipt, out: c.OutOrStdout(), errOut: c.ErrOrStderr(),
	}, nil
}

// root returns the certificate of the CA that the flags choose.
func (v *trustVerb) root() (*certs.Root, error) {
	if v.named {
		root, err := v.authorities.Second()
		if errors.Is(err, certs.ErrNoCA) {
			err = errors.New("trust: there is no second CA (culvert trust --name NAME makes it)")
		}
		return root, err
	}
	root, err := v.authorities.First()
	if errors.Is(err, certs.ErrNoCA) {
		err = errors.New("trust: there is no CA yet (culvert trust makes it and adds it to the stores)")
	}
	return root, err
}

// status says how each store is.
func (v *trustVerb) status(ctx context.Context) error {
	root, err := v.root()
	if err != nil {
		return err
	}
	found, err := v.authorities.Audit(ctx, root, v.stores...)
	if err != nil {
		return err
	}
	if err := v.print(found, nil); err != nil {
		return err
	}
	return verdict(found.Results, "culvert trust adds it")
}

// prove says how each store is, and what programs make of a handshake.
func (v *trustVerb) prove(ctx context.Context) error {
	root, err := v.root()
	if err != nil {
		return err
	}
	found, err := v.authorities.Audit(ctx, root, v.stores...)
	if err != nil {
		return err
	}
	var stores []string
	if len(v.stores) > 0 {
		for _, r := range found.Results {
			stores = append(stores, r.Store.Name())
		}
	}
	proofs, err := v.authorities.Prove(ctx, stores...)
	if err != nil {
		return err
	}
	if err := v.print(found, proofs); err != nil {
		return err
	}
	if i := slices.IndexFunc(proofs, func(p proof.Proof) bool { return p.State == proof.Refused }); i >= 0 {
		return fmt.Errorf("trust: %s refused the certificate (each line above says why)", proofs[i].Program)
	}
	return verdict(found.Results, "culvert trust adds it")
}

// print writes the table of the stores, with the proofs unless they are nil.
func (v *trustVerb) print(found app.Trust, proofs []proof.Proof) error {
	tellReceipt(v.errOut, v.receipt)
	tellEnd(v.errOut, found.Root)
	if v.asJSON {
		return printResults(v.out, found.Results, proofs, true)
	}
	m := foundAndTrusted(found.Results)
	if proofs != nil {
		m.prove(proofs)
	}
	return m.print(v.out)
}

// tellReceipt says what is wrong with the receipt, if something is. It stops nothing.
func tellReceipt(errOut io.Writer, r *trust.Receipt) {
	if err := r.Problem(); err != nil {
		fmt.Fprintf(errOut, "culvert: %s\n", app.OneLine(err))
	}
}

// tellEnd says which of the CAs should be renewed. It stops nothing.
func tellEnd(errOut io.Writer, roots ...*certs.Root) {
	for _, r := range roots {
		if r.Expiring(time.Now()) {
			fmt.Fprintf(errOut, "culvert: trust: %s ends on %s (culvert trust --renew renews it)\n",
				r.Certificate().Subject.CommonName, r.Certificate().NotAfter.Format(time.DateOnly))
		}
	}
}

// add puts a CA into the stores.
func (v *trustVerb) add(ctx context.Context) error {
	if !v.named {
		if _, err := v.authorities.Load(); err != nil {
			return err // it made the first CA, if there was none
		}
	}
	root, err := v.root()
	if err != nil {
		return err
	}
	return v.put(ctx, root)
}

func (v *trustVerb) put(ctx context.Context, root *certs.Root) error {
	done, err := v.authorities.Add(ctx, root, v.stores...)
	if err != nil {
		return err
	}
	tellReceipt(v.errOut, v.receipt)
	if err := printResults(v.out, done.Results, nil, v.asJSON); err != nil {
		return err
	}
	return verdict(done.Results, "each line above says what to do")
}

// addNames lets the second CA sign more names, and puts it into the stores.
func (v *trustVerb) addNames(ctx context.Context) error {
	names := slices.Clone(v.names)
	second, err := v.authorities.Second()
	switch {
	case err == nil:
		names = append(second.Names(), names...)
	case !errors.Is(err, certs.ErrNoCA):
		return err
	}
	done, err := v.authorities.SetNames(ctx, names)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return v.put(ctx, done.Root)
}

// renew renews what ends soon, or the first CA in any case.
func (v *trustVerb) renew(ctx context.Context, force bool) error {
	done, err := v.authorities.Renew(ctx, force)
	if done.Results != nil {
		if err := printResults(v.out, done.Results, nil, v.asJSON); err != nil {
			return err
		}
	}
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if done.Root == nil {
		root, err := v.root()
		if err != nil {
			return err
		}
		fmt.Fprintf(v.errOut, "culvert: trust: %s is good until %s; nothing was changed\n",
			root.Certificate().Subject.CommonName, root.Certificate().NotAfter.Format(time.DateOnly))
	}
	return nil
}
