// Package welcome is what leads a newcomer to the first frame: trusting the CA, and adding a project. Its parts are
// pages of their own later on.
package welcome

import (
	"context"
	"time"

	"culvert/ui/state"
)

// Trust changes trust stores. Its methods may take long, and ask for a password; they are called through Options.Work.
// Each asks for the password once at most; where the user gives that up, errors are state.ErrCancelled.
type Trust interface {
	// Check looks at all stores.
	Check(ctx context.Context) state.Trust
	// Trust makes the CA, if there is none, and makes the named stores trust it; all that are there without names. It
	// returns how these are afterwards.
	Trust(ctx context.Context, stores ...string) []state.Store
	// Untrust is the opposite. Without names it takes back everything: the second CA too.
	Untrust(ctx context.Context, stores ...string) []state.Store
	// Prove has the programs that use the named stores, all without names, make a real handshake each, and returns those
	// stores with what came of it.
	Prove(ctx context.Context, stores ...string) []state.Store
	// Renew makes a new CA for each of the two that ends soon, has the stores that trust the old one trust it, and puts it
	// in the old one's place then.
	Renew(ctx context.Context) error
	// SetNames makes the second CA anew, for exactly these names, in the stores that trust the one before; without names
	// that one goes, from the stores too.
	SetNames(ctx context.Context, names []string) (state.Trust, error)
	// TrustNamed and UntrustNamed do with the second CA what Trust and Untrust do with the first.
	TrustNamed(ctx context.Context, stores ...string) []state.Store
	UntrustNamed(ctx context.Context, stores ...string) []state.Store
}

// Add makes projects known. Its methods are called through Options.Work. Errors are in words that are shown.
type Add interface {
	// AddAddress adds a project that carries everything to a backend, and returns its name.
	AddAddress(name, to string) (string, error)
	// AddFiles adds the projects of files, and returns the names of those that it could add.
	AddFiles(paths []string) ([]string, error)
	// Import makes projects of an nginx configuration, and says what could not be carried over.
	Import(path string) (state.Import, error)
	// Demo adds or finds the built-in demo, switches it on, and returns its name.
	Demo() (string, error)
}

// Clipboard takes a text.
type Clipboard interface{ SetContent(text string) }

// Options are what the pages work with. All but Done must be set; Pick and PickFile may be nil where there is no file dialog.
type Options struct {
	Context context.Context // ends what is under way when the window goes; nil: nothing does
	Trust   Trust
	Add     Add
	// Work runs task on another goroutine, and what that returns on the main one.
	Work func(task func() (done func()))
	// Pick lets the user choose a folder, and PickFile a file. They call done unless that was given up.
	Pick, PickFile func(done func(path string))
	// Form opens the form with every key for a new project; nil: that is not offered.
	Form      func()
	Clipboard Clipboard
	// Done is told the name of a project that was added.
	Done func(project string)
	// Skip is told that the user wants to go on without changing a store.
	Skip func()
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

func (o *Options) context() context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}
