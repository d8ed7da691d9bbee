package app

import (
	"fmt"

	"culvert/tunnel/project"
)

// demoName is the name of the built-in project.
const demoName = "demo"

// demoFile is the built-in project, whose backend's address is filled in. It is also a small example of a file.
const demoFile = `
name        = "demo"
description = "Built-in demo: echo, chat and ticker"
redirect_http = true

[[route]]
path = "/ws"
to   = ["ws://%[1]s"]

[[route]]
path = "/chat"
to   = ["ws://%[1]s"]

[[route]]
path = "/ticker"
to   = ["ws://%[1]s"]

[[route]]
path = "/"
to   = ["http://%[1]s"]
`

// demoProject returns the demo project for a backend at addr.
func demoProject(addr string) (*project.Project, error) {
	p, err := project.Parse("demo", fmt.Appendf(nil, demoFile, addr))
	if err != nil {
		return nil, fmt.Errorf("built-in demo: %w", err)
	}
	p.File = ""
	return p, nil
}
