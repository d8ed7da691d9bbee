package app

import (
	"context"

	"culvert/certs/trust"
)

// AddHosts leads names to this machine in the hosts file, for which a password is asked. The error of a user who said no
// is one of [trust.IsCancelled].
func (a *App) AddHosts(ctx context.Context, names ...string) (changed bool, err error) {
	return trust.ChangeHosts(ctx, a.authorities.system(), names, nil)
}
