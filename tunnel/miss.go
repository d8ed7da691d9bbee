package tunnel

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"culvert/tunnel/capture"
)

// miss is why an upstream did not serve a request.
type miss struct {
	upstream *upstream
	why      string
	status   int // that the client is answered with where nobody else serves it
	cause    capture.Cause
}

// undialled is the miss at an upstream that could not be reached.
func undialled(u *upstream, err error) miss {
	status := http.StatusBadGateway
	if isTimeout(err) {
		status = http.StatusGatewayTimeout
	}
	return miss{upstream: u, why: err.Error(), status: status, cause: capture.ByDialFailure}
}

// misses are those of one request, in the order in which they came.
type misses []miss

// at reports whether the request failed at an upstream.
func (f misses) at(u *upstream) bool {
	return slices.ContainsFunc(f, func(m miss) bool { return m.upstream == u })
}

// told is the answer to a request along a route that nobody serves: each upstream with its reason, if all were asked.
func (f misses) told(along *route) (status int, why string) {
	last := f[len(f)-1]
	n := len(along.pool.upstreams)
	if len(f) < n || n == 1 {
		return last.status, last.why
	}
	status = last.status
	for _, one := range f {
		if one.status != http.StatusGatewayTimeout {
			status = one.status // a timeout is told where all timed out
		}
	}
	return status, f.in(along.Path)
}

// in says why all upstreams of the route with that path fail, each with its reason.
func (f misses) in(path string) string {
	if len(f) == 1 {
		return f[0].why
	}
	why := fmt.Sprintf("none of the %d upstreams of the route %s serves: %s", len(f), path, f.list())
	if slices.ContainsFunc(f, func(one miss) bool { return strings.HasSuffix(one.why, startIt) }) {
		why += startIt
	}
	return why
}

// list is each failure, without what to do about it.
func (f misses) list() string {
	reasons := make([]string, len(f))
	for i, one := range f {
		reasons[i] = strings.TrimSuffix(one.why, startIt)
	}
	return strings.Join(reasons, "; ")
}

// isTimeout reports whether err is that of something that did not come in time.
func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
