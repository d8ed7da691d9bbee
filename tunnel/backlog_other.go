//go:build !unix

package tunnel

// listenAgain does nothing: Windows takes the queue of the first call for good, and package net has it ask for the most
// that there is.
func listenAgain(uintptr, int) error { return nil }
