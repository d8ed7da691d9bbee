package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/certs/trust/proof"
	"culvert/cmd/internal/app"
	"culvert/ui/state"
)

// Check looks at all trust stores.
func (c culvert) Check(ctx context.Context) state.Trust { return c.s.lookAtTrust(ctx) }

// Trust makes stores trust the first CA.
func (c culvert) Trust(ctx context.Context, stores ...string) []state.Store {
	return c.s.changeTrust(ctx, func() ([]trust.Result, error) {
		done, err := c.s.app.Authorities().Add(ctx, c.s.app.Roots()[0], stores...)
		return done.Results, err
	})
}

// Untrust takes the first CA out of stores, or with no name all CAs out of all.
func (c culvert) Untrust(ctx context.Context, stores ...string) []state.Store {
	return c.s.changeTrust(ctx, func() ([]trust.Result, error) {
		if len(stores) == 0 {
			return c.s.app.Authorities().RemoveAll(ctx)
		}
		done, err := c.s.app.Authorities().Remove(ctx, c.s.app.Roots()[0], stores...)
		return done.Results, err
	})
}

// TrustNamed makes stores trust the second CA.
func (c culvert) TrustNamed(ctx context.Context, stores ...string) []state.Store {
	return c.changeNamed(ctx, c.s.app.Authorities().Add, stores)
}

// UntrustNamed takes the second CA out of stores.
func (c culvert) UntrustNamed(ctx context.Context, stores ...string) []state.Store {
	return c.changeNamed(ctx, c.s.app.Authorities().Remove, stores)
}

func (c culvert) changeNamed(
	ctx context.Context, change func(context.Context, *certs.Root, ...string) (app.Trust, error), stores []string,
) []state.Store {
	return c.s.changeTrust(ctx, func() ([]trust.Result, error) {
		second, err := c.s.app.Authorities().Second()
		if err != nil {
			return nil, err
		}
		done, err := change(ctx, second, stores...)
		return done.Results, err
	})
}

// changeTrust makes a change, looks at everything anew, and returns the stores that were changed. After an error, as when
// a store that was there is not, the look shows what is.
func (s *session) changeTrust(ctx context.Context, change func() ([]trust.Result, error)) []state.Store {
	s.seen()
	results, err := change()
	s.lookAtTrust(ctx)
	if err != nil {
		return nil
	}
	return stores(results, nil)
}

// Prove has programs make a handshake each, and returns the stores that they read with what came of it.
func (c culvert) Prove(ctx context.Context, names ...string) []state.Store {
	proofs, err := c.s.app.Authorities().Prove(ctx, names...)
	if err != nil || ctx.Err() != nil {
		return nil
	}
	c.s.proven.keep(proofs)
	return slices.DeleteFunc(c.s.lookAtTrust(ctx).Stores, func(s state.Store) bool {
		return len(names) > 0 && !slices.Contains(names, s.Name)
	})
}

// Renew puts a new CA in the place of one that ends soon.
func (c culvert) Renew(ctx context.Context) error {
	defer c.s.lookAtTrust(ctx)
	_, err := c.s.app.Authorities().Renew(ctx, false)
	return told(err)
}

// SetNames makes the second CA for these names.
func (c culvert) SetNames(ctx context.Context, names []string) (state.Trust, error) {
	_, err := c.s.app.Authorities().SetNames(ctx, names)
	return c.s.lookAtTrust(ctx), told(err)
}

// told is an error as the window knows it.
func told(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, app.ErrCancelled) || trust.IsCancelled(err):
		return state.ErrCancelled
	}
	return errors.New(app.OneLine(err))
}

// lookAtTrust asks every store whether it trusts the CAs.
func (s *session) lookAtTrust(ctx context.Context) state.Trust {
	authorities, now := s.app.Authorities(), time.Now()
	first := s.app.Roots()[0]
	look := state.Trust{
		Authority: first.Certificate().Subject.CommonName, Until: first.Certificate().NotAfter, Expiring: first.Expiring(now), Outdated: first.Former() != nil,
		MaySign: first.Names(), Checked: true,
	}
	if found, err := authorities.Audit(ctx, first); err == nil {
		look.Stores = append(stores(found.Results, s.proven.of), environment(s.proven.of))
	}
	look.New = s.appeared(look.Stores)
	if second, err := authorities.Second(); err == nil {
		look.Named = &state.Authority{
			Name: second.Certificate().Subject.CommonName, Until: second.Certificate().NotAfter,
			Expiring: second.Expiring(now), Names: second.Names(),
		}
		if found, err := authorities.Audit(ctx, second); err == nil {
			look.Named.Stores = stores(found.Results, nil)
		}
	}
	s.trust.Store(&look)
	s.change()
	return look
}

// stores returns what was found of stores, with what was proven of them.
func stores(results []trust.Result, proven func(store string) []state.Proof) []state.Store {
	list := make([]state.Store, 0, len(results))
	for _, r := range results {
		s := state.Store{
			Name: r.Store.Name(), Where: r.Store.Where(), State: storeState(r.Status.State),
			Reason: r.Status.Reason, Fix: r.Status.Fix, NeedsRoot: trust.NeedsRoot(r.Store) && os.Geteuid() != 0, Restart: r.Restart,
		}
		if proven != nil {
			s.Proofs = proven(s.Name)
		}
		list = append(list, s)
	}
	return list
}

func storeState(s trust.State) state.StoreState {
	switch s {
	case trust.NotTrusted:
		return state.NotTrusted
	case trust.Trusted:
		return state.Trusted
	case trust.Cannot:
		return state.Cannot
	case trust.Cancelled:
		return state.Cancelled
	}
	return state.Absent
}

// environment is the row of the programs that are told of the CA by variables.
func environment(proven func(store string) []state.Proof) state.Store {
	shell := `eval "$(culvert env)"`
	if runtime.GOOS == "windows" {
		shell = "culvert env --shell powershell | Out-String | Invoke-Expression"
	}
	return state.Store{
		Name: proof.Environment, State: state.ByEnvironment, Proofs: proven(proof.Environment),
		Commands: []string{"culvert exec -- npm run dev", shell},
	}
}
