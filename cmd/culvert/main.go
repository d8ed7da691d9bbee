// Command culvert is Culvert without a window: the engine in the foreground, and the verbs that talk to it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	// The first signal ends things in order; a second one ends the process.
	context.AfterFunc(ctx, stop)
	err := newCulvert().ExecuteContext(ctx)
	os.Exit(report(os.Stderr, err))
}

// endings returns the signals that ask a program to end. A terminal's hang-up is one unless nohup made it ignored.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}
