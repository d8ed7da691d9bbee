//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
)

type loadKind uint8

const (
	kindEcho    loadKind = iota // messages to the backend and back
	kindPush                    // messages from the backend only
	kindConnect                 // connections that open, echo once and close
	kindIdle                    // connections that say nothing
)

// A load is one way to use a tunnel.
type load struct {
	name        string
	about       string
	kind        loadKind
	connections int
	size        int // of a message's payload, bytes
	window      int // messages in flight on a connection
	burst       int // messages that are sent together when a rate is given
	rate        int // messages offered a second, all connections together; 0: as many as go through
}

// knownLoads are the loads in the order of the table. Messages up to 1 KiB are JSON-like text, larger ones binary.
func knownLoads() []load {
	return []load{
		{
			name: "idle", kind: kindIdle, connections: 1000, size: 128,
			about: "1,000 idle connections after one echo of 128 B each",
		},
		{
			name: "echo", kind: kindEcho, connections: 16, size: 128, window: 1, burst: 1,
			about: "echo of 128 B text, 16 connections, one in flight on each",
		},
		{
			name: "pipeline", kind: kindEcho, connections: 16, size: 128, window: 64, burst: 8,
			about: "echo of 128 B text, 16 connections, 64 in flight on each",
		},
		{
			name: "bulk", kind: kindEcho, connections: 4, size: 16 << 10, window: 8, burst: 1,
			about: "echo of 16 KiB binary, 4 connections, 8 in flight on each",
		},
		{
			name: "push1k", kind: kindPush, connections: 4, size: 1 << 10,
			about: "push of 1 KiB text by the server, 4 connections",
		},
		{
			name: "push64k", kind: kindPush, connections: 4, size: 64 << 10,
			about: "push of 64 KiB binary by the server, 4 connections",
		},
		{
			name: "connect", kind: kindConnect, connections: 16, size: 128,
			about: "full TLS handshake, upgrade, echo of 128 B, Close; 16 at once",
		},
	}
}

// parseLoads reads a comma-separated list of load names; NAME@RATE offers an echo load at so many messages a second.
func parseLoads(text string) ([]load, error) {
	known := knownLoads()
	if text == "" {
		return known, nil
	}
	var loads []load
	for item := range strings.SplitSeq(text, ",") {
		name, rate, paced := strings.Cut(item, "@")
		l, found := findLoad(known, name)
		if !found {
			return nil, fmt.Errorf("-loads: no load is called %q (there are %s)", name, loadNames(known))
		}
		if paced {
			n, err := strconv.Atoi(rate)
			if err != nil || n <= 0 || l.kind != kindEcho {
				return nil, fmt.Errorf("-loads %s: a rate is a number of messages a second, and for echo loads only", item)
			}
			l.name, l.rate = item, n
			l.about += fmt.Sprintf("; %s/s offered", grouped(float64(n), 0))
			if l.burst > 1 {
				l.about += fmt.Sprintf(" in bursts of %d", l.burst)
			}
		}
		loads = append(loads, l)
	}
	return loads, nil
}

func findLoad(loads []load, name string) (load, bool) {
	for _, l := range loads {
		if l.name == name {
			return l, true
		}
	}
	return load{}, false
}

func loadNames(loads []load) string {
	var names []string
	for _, l := range loads {
		names = append(names, l.name)
	}
	return strings.Join(names, ", ")
}
