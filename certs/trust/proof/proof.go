package proof

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"culvert/certs"
	"culvert/certs/trust"
	"culvert/certs/trust/browser"

	"golang.org/x/sync/errgroup"
)

// State is what came of a try.
type State string

const (
	Proven  State = "proven"  // the program accepted the certificate
	Refused State = "refused" // the program ended the handshake because of the certificate
	Untried State = "untried" // the program could not be run, or did not come to a handshake
)

// Environment is the Store of proofs of what the variables of package runtimes do, which is no store of the machine.
const Environment = "environment"

// Proof is what one program did.
type Proof struct {
	Store   string    `json:"store"`   // that the program reads, by [trust.Store.Name]; or Environment
	Program string    `json:"program"` // as people call it: "curl", "Firefox"
	Version string    `json:"version,omitempty"`
	State   State     `json:"state"`
	Reason  string    `json:"reason,omitempty"` // in the program's own words, where it is not proven
	Fix     string    `json:"fix,omitempty"`
	At      time.Time `json:"at"`
}

// Options say what is tried, and where.
type Options struct {
	// GetCertificate is what the servers answer handshakes with, for the name localhost. It must be of the roots.
	GetCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)

	// System is the machine whose stores are tried. Its Run is not used.
	System trust.System

	// Stores are the names of those of which programs are tried, and Environment. Default: all.
	Stores []string

	// Roots are what the environment's variables have programs trust.
	Roots []*certs.Root

	// Culvert is the path of this program's command line, which is run as the fresh process of Go. Go is not tried without.
	Culvert string

	// Folder is where the files lie that the environment's variables name. Default: one that goes at the end.
	Folder string

	// Timeout ends a program that hangs. Default: two minutes.
	Timeout time.Duration
}

// attempt is one try of a program.
type attempt struct {
	store, program string
	fix            string // where it is refused

	// version runs the program for its version; nil where it tells none.
	version []string

	// try has the program ask the site for a page, and returns its last words, or an *obstacle.
	try func(ctx context.Context, s *site) (words string, err error)
}

// obstacle is why a program could not be tried.
type obstacle struct{ why, fix string }

func (o *obstacle) Error() string { return o.why }

// Run tries every program of the machine that is known here, a few at a time, and returns what each did. When ctx ends,
// so do the programs; those that had not come to a handshake by then are untried.
func Run(ctx context.Context, o Options) []Proof {
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	folder, err := os.MkdirTemp("", "culvert-proof-") // 0700
	if err != nil {
		return []Proof{{Store: Environment, State: Untried, Reason: err.Error(), Fix: "make room", At: time.Now()}}
	}
	defer os.RemoveAll(folder)
	r := &run{Options: o, temp: folder, env: neutral(o.System.Env)}
	attempts := r.attempts(ctx)
	proofs := make([]Proof, len(attempts))
	var group errgroup.Group
	group.SetLimit(max(2, runtime.NumCPU()))
	for i, a := range attempts {
		group.Go(func() error {
			proofs[i] = r.prove(ctx, a)
			return nil
		})
	}
	_ = group.Wait()
	return proofs
}

// run is one run of all.
type run struct {
	Options
	temp string
	env  []string // of programs that are tried
}

func (r *run) attempts(ctx context.Context) []attempt {
	stores := trust.Stores(r.System)
	all := r.onSystem(ctx, stores)
	all = append(all, r.onJava(stores)...)
	all = append(all, r.onNSS(stores)...)
	all = append(all, r.onChromium(stores)...)
	all = append(all, r.onFirefox(stores)...)
	all = append(all, r.onEnvironment()...)
	return slices.DeleteFunc(all, func(a attempt) bool {
		return len(r.Stores) > 0 && !slices.Contains(r.Stores, a.store)
	})
}

// prove makes one try.
func (r *run) prove(ctx context.Context, a attempt) Proof {
	ctx, cancel := context.WithTimeoutCause(ctx, r.Timeout, fmt.Errorf("it did not end within %v", r.Timeout))
	defer cancel()
	p := Proof{Store: a.store, Program: a.program, Version: r.version(ctx, a.version), State: Untried}
	// A browser may show its error for ever. Others get the time for their last words.
	const patience = 3 * time.Second
	s, err := newSite(r.GetCertificate, func() { time.AfterFunc(patience, cancel) })
	if err != nil {
		p.Reason, p.At = err.Error(), time.Now()
		return p
	}
	words, err := a.try(ctx, s)
	s.close()
	p.At = time.Now()
	var o *obstacle
	switch alert := s.alert(); {
	case errors.As(err, &o):
		p.Reason, p.Fix = o.why, o.fix
	case s.asked.Load():
		p.State = Proven
	case alert != "" || s.met.Load() && ctx.Err() == nil:
		p.State, p.Reason, p.Fix = Refused, reason(words, alert, err), a.fix
	default:
		p.Reason = reason(words, "", err)
	}
	return p
}

// reason is one line: what a program said about certificates, or else the alert that it sent, or else its last words.
func reason(words, alert string, err error) string {
	why := strings.TrimSpace(about.FindString(words))
	switch {
	case why != "":
	case alert != "":
		why = "it sent the alert " + alert
	case strings.TrimSpace(words) != "":
		why = browser.LastWords(words)
	case err != nil:
		why = err.Error()
	default:
		why = "it ended without a word"
	}
	const most = 300
	return strings.ToValidUTF8(why[:min(len(why), most)], "")
}

// about is a line that tells of certificates.
var about = regexp.MustCompile(`(?im)^.*(?:verif|certificate|unknown authority|PKIX).*$`)

// version asks a program for its version, which each has among other words.
func (r *run) version(ctx context.Context, command []string) string {
	if len(command) == 0 {
		return ""
	}
	out, _ := browser.Run(ctx, r.env, "", command[0], command[1:]...)
	return number.FindString(out)
}

var number = regexp.MustCompile(`\d+\.\d[\w.+-]*`)
