//go:build !linux

package ui

import "time"

// threadTime returns zero: only Linux is measured.
func threadTime() time.Duration { return 0 }
