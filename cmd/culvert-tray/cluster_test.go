package main

import (
	"fmt"
	"strings"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

func TestAClusterInTheWindow(t *testing.T) {
	m := newMachine(t)
	m.knowsTheStart()
	one, two := newBackend(t), newBackend(t)
	file := m.write("cluster/culvert.toml", fmt.Sprintf(`name = "cluster"
listen = ["0.0.0.0:0"]

[[route]]
path = "/ws"
to = [%q, "ws://127.0.0.1:1", %q]
`, one.address(), two.address()))
	panel := desktoptest.Watch(t, m.bus)
	m.start()
	m.screen.Window(t, title)
	m.see("CA not trusted")
	if _, err := m.control.Add(t.Context(), control.AddRequest{Files: []string{file}}); err != nil {
		t.Fatal(err)
	}
	cluster, err := m.control.On(t.Context(), "cluster")
	if err != nil {
		t.Fatal(err)
	}
	m.choose("cluster")

	// Sockets, one after the other: the dead backend costs none of them.
	for range 4 {
		m.client(cluster, "/ws", "hello")
	}
	m.find("project", "1 of 3 backends down")
	m.see("nothing listens on 127.0.0.1:1 ")
	m.find("project", "reachable, others refused")
	m.see("Other machines can reach 0.0.0.0:")
	ready(t, panel).Wait(t, "⚠ cluster", checked)

	// Which backend has each socket.
	m.screen.Key(t, "ctrl+2")
	for _, b := range []*backend{one, two} {
		m.see("open\t" + strings.TrimPrefix(b.address(), "ws://") + "\t")
	}

	// The paths, those without a route too.
	if _, err := m.https().Get(cluster.URLs[0] + "/favicon.ico"); err != nil {
		t.Fatal(err)
	}
	m.click("link", "(down)")
	m.find("row", "/ws\t/ws\t3 backends\t4\t4\t0\t0")
	m.screen.Shot(t, "cluster")
	m.click("row", "/favicon.ico\tno route\t\t0\t0\t1\t1")
	m.see("No route serves this path")
	m.click("button", "Show its frames")
	m.find("field", "path:/favicon.ico")
}
