package main

import (
	"context"
	"errors"
	"fmt"

	"culvert/certs/trust"
	"culvert/tunnel/doctor"
	"culvert/ui/state"
)

// Examine returns what is wrong with a project and with the machine.
func (c culvert) Examine(ctx context.Context, project string) ([]state.Finding, error) {
	found, err := c.s.app.Doctor(ctx, project)
	if err != nil {
		return nil, told(err)
	}
	list := make([]state.Finding, 0, len(found))
	for _, f := range found {
		list = append(list, finding(f))
	}
	return list, nil
}

func finding(f doctor.Finding) state.Finding {
	shown := state.Finding{
		Check: f.Check, Severity: state.Severity(f.Severity), What: f.What, Evidence: f.Evidence, Why: f.Why,
	}
	for _, fix := range f.Fixes {
		shown.Fixes = append(shown.Fixes, state.Fix{
			What: fix.What, Command: fix.Command, Action: state.Action(fix.Action), Args: fix.Args,
		})
	}
	return shown
}

// Do does what a fix of a finding stands for.
func (c culvert) Do(ctx context.Context, project string, f state.Fix) error {
	switch f.Action {
	case state.DoTrust:
		return failure(c.Trust(ctx, f.Args...))
	case state.DoName:
		return c.addNames(ctx, f.Args)
	case state.DoHosts:
		_, err := c.s.app.AddHosts(ctx, f.Args...)
		return told(err)
	case state.DoRenew:
		return c.Renew(ctx)
	case state.DoSwitch:
		return c.s.app.Switch(ctx, project, true)
	case state.DoIsolated:
		return c.s.openIsolated(project)
	}
	return fmt.Errorf("no such action: %s", f.Action)
}

// addNames has the second CA sign more names, and all stores trust it.
func (c culvert) addNames(ctx context.Context, names []string) error {
	if second, err := c.s.app.Authorities().Second(); err == nil {
		names = append(second.Names(), names...)
	}
	if _, err := c.SetNames(ctx, names); err != nil {
		return err
	}
	return failure(c.TrustNamed(ctx))
}

// failure is what kept a change of trust from being made; nil if it was.
func failure(stores []state.Store) error {
	for _, s := range stores {
		switch s.State {
		case state.Cancelled:
			return state.ErrCancelled
		case state.Cannot:
			return errors.New(trust.Status{State: trust.Cannot, Reason: s.Reason, Fix: s.Fix}.String())
		}
	}
	return nil
}

// openIsolated opens a project's page in a browser of its own, and returns once that runs. The browser ends with the app.
func (s *session) openIsolated(project string) error {
	begun := make(chan error, 1)
	s.tasks.Go(func() {
		runs := false
		err := s.app.ShowIsolated(s.ctx, project, func(string) error {
			runs = true
			begun <- nil
			return nil
		})
		switch {
		case !runs:
			begun <- err
		case err != nil:
			s.window.Post(func() { s.window.Tell(told(err)) })
		}
	})
	return told(<-begun)
}
