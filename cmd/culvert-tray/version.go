package main

import "culvert/cmd/internal/app"

// release is set by the linker: -ldflags "-X main.release=1.2.3".
var release string

func version() string { return app.Version(release) }
