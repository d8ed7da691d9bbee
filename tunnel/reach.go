package tunnel

import (
	"strings"
	"sync/atomic"
)

// reach is what the last dial of a backend came to. Routes that lead to the same address share one.
type reach struct {
	down    atomic.Pointer[string] // why it could not be reached, nil if it could or was not dialled yet
	changed func()
}

// note keeps how a dial went, and tells of it where the last one went otherwise.
func (r *reach) note(err error) {
	if err == nil {
		if r.down.Load() != nil && r.down.Swap(nil) != nil {
			r.changed()
		}
		return
	}
	why := err.Error()
	if before := r.down.Swap(&why); before == nil || *before != why {
		r.changed()
	}
}

// reaches returns the reach of each of a service's backends, by where they are.
type reaches map[string]*reach

// of returns the reach of an upstream.
func (all reaches) of(u *upstream, changed func()) *reach {
	where := u.network + " " + strings.Join(u.addrs, " ")
	if u.secure != nil {
		where += " tls"
	}
	r := all[where]
	if r == nil {
		r = &reach{changed: changed}
		all[where] = r
	}
	return r
}

// down says why a backend could not be reached when it was last dialled, "" if all that were dialled could.
func (s *service) down() string {
	for _, r := range s.routes {
		if !r.forwards() {
			continue
		}
		if why := r.upstream.reach.down.Load(); why != nil {
			return *why
		}
	}
	return ""
}
