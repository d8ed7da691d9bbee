// Package doctor is the page that tells what is wrong between a project's browser and its backend, with a button for
// what can be done about it.
package doctor

import (
	"context"
	"time"

	"culvert/ui/state"
)

// Doctor examines projects. Its methods may take long, and are called through Options.Work.
type Doctor interface {
	// Examine returns what is wrong with a project and with the machine, the worst first. Without an error nothing else
	// was found.
	Examine(ctx context.Context, project string) ([]state.Finding, error)
	// Do does what a fix of a finding stands for. Where the user gave up when asked for the password, the error is
	// state.ErrCancelled.
	Do(ctx context.Context, project string, f state.Fix) error
}

// Options are what the page works with. All but Context and Now must be set.
type Options struct {
	Context context.Context // ends what is under way when the window goes; nil: nothing does
	Doctor  Doctor
	// Work runs task on another goroutine, and what that returns on the main one.
	Work func(task func() (done func()))
	// Clipboard takes a text.
	Clipboard func(text string)
	// Edit opens a project's form, which is the window's own.
	Edit func(project string)
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// whole fills in what was left out.
func (o Options) whole() Options {
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
