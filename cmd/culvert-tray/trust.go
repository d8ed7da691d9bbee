package main

import (
	"context"
	"errors"

	"culvert/cmd/internal/app"
	"culvert/ui/state"
)

// Check looks at all trust stores.
func (c culvert) Check(ctx context.Context) state.Trust { return c.s.lookAtTrust(ctx) }

// Trust makes stores trust the CA.
func (c culvert) Trust(ctx context.Context, stores ...string) []state.Store {
	return c.changeTrust(ctx, c.s.app.AddTrust, stores)
}

// Untrust takes the CA out of stores.
func (c culvert) Untrust(ctx context.Context, stores ...string) []state.Store {
	return c.changeTrust(ctx, c.s.app.RemoveTrust, stores)
}

func (c culvert) changeTrust(ctx context.Context, change func(context.Context, ...string) (app.Trust, error), stores []string) []state.Store {
	after, err := change(ctx, stores...)
	if err != nil {
		return nil // a store that was there is not; the look below shows what is
	}
	c.s.lookAtTrust(ctx)
	return trusted(after).Stores
}

// errNotServed is what the engine cannot do yet.
var errNotServed = errors.New("the engine does not serve this")

// Prove looks at stores anew: no program is asked yet.
func (c culvert) Prove(ctx context.Context, _ ...string) []state.Store {
	return c.s.lookAtTrust(ctx).Stores
}

// Renew puts a new CA in the place of this one.
func (c culvert) Renew(context.Context) error { return errNotServed }

// SetNames makes the second CA for these names.
func (c culvert) SetNames(context.Context, []string) (state.Trust, error) {
	return state.Trust{}, errNotServed
}

// TrustNamed makes stores trust the second CA.
func (c culvert) TrustNamed(context.Context, ...string) []state.Store { return nil }

// UntrustNamed takes the second CA out of stores.
func (c culvert) UntrustNamed(context.Context, ...string) []state.Store { return nil }

// Examine returns what is wrong with a project.
func (c culvert) Examine(context.Context, string) ([]state.Finding, error) { return nil, errNotServed }

// Do does what a fix of a finding stands for.
func (c culvert) Do(context.Context, string, state.Fix) error { return errNotServed }
