//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// captured says how many frames of a load a product's capture has counted.
type captured struct {
	Load     string `json:"load"`
	Peer     string `json:"peer"`
	Passed   int64  `json:"frames_passed"`
	Recorded int64  `json:"frames_recorded"`
}

// checkCaptures asks every culvert among the proxies what it has recorded since it started.
func (r *report) checkCaptures(ctx context.Context, l load, proxies []*proxy) error {
	for _, x := range proxies {
		if !x.subject || x.cmd == nil {
			continue
		}
		recorded, err := x.recorded(ctx)
		if err != nil {
			return fmt.Errorf("capture of %s: %w", x.name, err)
		}
		r.Captures = append(r.Captures, captured{l.name, x.name, x.frames, recorded})
	}
	return nil
}

// recorded runs `culvert list --json`. The last frames may still be on their way, so it asks for a while.
func (x *proxy) recorded(ctx context.Context) (int64, error) {
	for attempt := 0; ; attempt++ {
		cmd := exec.CommandContext(ctx, x.cmd.Path, "list", "--json")
		cmd.Env = x.environ()
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("list --json: %w", err)
		}
		n, err := recordedFrames(out, projectName)
		if err != nil || n == x.frames || attempt == 10 {
			return n, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// recordedFrames finds a project's count of frames, those evicted since included, in what `culvert list --json` prints.
func recordedFrames(list []byte, project string) (int64, error) {
	var projects []struct {
		Name   string `json:"name"`
		Frames *int64 `json:"frames"`
	}
	if err := json.Unmarshal(list, &projects); err != nil {
		return 0, fmt.Errorf("list --json: %w", err)
	}
	for _, p := range projects {
		if p.Name == project && p.Frames != nil {
			return *p.Frames, nil
		}
	}
	return 0, fmt.Errorf("list --json: no project %q with frames", project)
}

func (r *report) writeCaptures(w io.Writer) {
	if len(r.Captures) > 0 {
		fmt.Fprintln(w, "\nCapture")
	}
	for _, c := range r.Captures {
		verdict := "whole "
		if c.Passed != c.Recorded {
			verdict = "BROKEN"
		}
		fmt.Fprintf(w, "  %s  %s, %s: %s of %s frames recorded\n",
			verdict, c.Load, c.Peer, grouped(float64(c.Recorded), 0), grouped(float64(c.Passed), 0))
	}
}
