package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/capture"
)

// How many sockets must end alike for it to be a habit of somebody's, and how alike.
const (
	habit     = 3
	alike     = time.Second
	minSilent = 10 * time.Second // shorter silences are those of the application
)

// habits are whose idle timeout is that long by default.
var habits = map[time.Duration]string{
	30 * time.Second:  "the default of many load balancers and of HAProxy's timeout client",
	55 * time.Second:  "the limit of Heroku's router",
	60 * time.Second:  "the default of nginx's proxy_read_timeout and of AWS's load balancer",
	75 * time.Second:  "the default of nginx's keepalive_timeout",
	100 * time.Second: "the limit of Cloudflare",
	240 * time.Second: "the default of Azure's load balancer",
	350 * time.Second: "the limit of AWS's network load balancer",
}

// silent is a socket that ended without a Close frame after a silence.
type silent struct {
	conn   *capture.ConnInfo
	length time.Duration
}

// idleCut finds sockets that were cut after the same silence, which is an idle timeout of somebody between.
func idleCut(ctx context.Context, p *Patient) (found []Finding) {
	var own, cut []silent
	r := p.record(ctx)
	for _, a := range r.attempts {
		c := a.info
		if c.Status != 101 || !c.Over || c.CloseBy != capture.Unknown {
			continue
		}
		begin := c.Answered
		if last, ok := r.last[c.ID]; ok {
			begin = last
		}
		s := silent{c, c.End.Time.Sub(begin)}
		switch {
		case c.End.Cause == capture.ByTimeout && c.End.By == capture.Tunnel:
			own = append(own, s)
		case c.End.Cause != capture.ByStop && s.length >= minSilent:
			cut = append(cut, s)
		}
	}
	if f, ok := p.cutByTunnel(own); ok {
		found = append(found, f)
	}
	if group := largest(cut); len(group) >= habit {
		found = append(found, p.cutByOther(group))
	}
	return found
}

// largest returns the most sockets whose silences are alike.
func largest(list []silent) (best []silent) {
	slices.SortFunc(list, func(a, b silent) int { return int(a.length - b.length) })
	from := 0
	for to := range list {
		for list[to].length-list[from].length > 2*alike {
			from++
		}
		if to+1-from > len(best) {
			best = list[from : to+1]
		}
	}
	return best
}

// cutByOther is the finding of sockets that an intermediary, or the backend, cut.
func (p *Patient) cutByOther(group []silent) Finding {
	typical := group[len(group)/2].length.Round(time.Second)
	by := map[capture.Party]int{}
	var last time.Time
	for _, s := range group {
		by[s.conn.End.By]++
		last = later(last, s.conn.End.Time)
	}
	side := "the backend's side"
	if by[capture.Client] > by[capture.Backend] {
		side = "the client's side"
	}
	evidence := fmt.Sprintf("%d sockets ended from %s, without a Close frame, %s after the last frame; last at %s",
		len(group), side, span(typical), p.machine.clock(last))
	for usual, whose := range habits {
		if (typical - usual).Abs() <= alike {
			evidence += fmt.Sprintf("; %s is %s", span(usual), whose)
		}
	}
	return Finding{
		Severity: Warning,
		What:     fmt.Sprintf("Sockets are cut after %s of silence.", span(typical)),
		Evidence: evidence,
		Why: "Somebody between, or the backend itself, closes connections on which nothing passes for so long; pages see code " +
			"1006.",
		Fixes: []Fix{
			{What: "send a heartbeat more often than that: a ping by the backend, or a small message by the page"},
			{What: "or raise the timeout of who cuts them, in nginx proxy_read_timeout"},
		},
	}
}

// cutByTunnel is the finding of sockets that the project's own timeouts closed.
func (p *Patient) cutByTunnel(group []silent) (Finding, bool) {
	if len(group) == 0 {
		return Finding{}, false
	}
	last := group[len(group)-1].conn.End
	reading := 0
	for _, s := range group {
		if strings.HasPrefix(s.conn.End.Detail, "read_timeout ") {
			reading++
		}
	}
	if reading >= habit {
		return Finding{
			Severity: Warning,
			What:     "read_timeout cuts sockets on which the backend is silent.",
			Evidence: fmt.Sprintf("%s: %s", p.machine.times(reading, last.Time), safe(strings.TrimSpace(last.Detail))),
			Why: "A WebSocket is silent as long as nothing happens, which is no fault; read_timeout is for backends that hang. Pages " +
				"see code 1006.",
			Fixes: []Fix{
				p.edit("raise read_timeout of the route, or leave it out and set idle_timeout"),
				{What: "or have the backend send a ping more often than that"},
			},
		}, true
	}
	return Finding{
		Severity: Note,
		What:     "The tunnel closes silent sockets, as the project file says.",
		Evidence: fmt.Sprintf("%s: %s", p.machine.times(len(group), last.Time), safe(strings.TrimSpace(last.Detail))),
		Why:      "idle_timeout, read_timeout or send_timeout is set; pages see code 1006.",
		Fixes:    []Fix{p.edit("raise or remove the timeout, or send heartbeats more often")},
	}, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
