package trust

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"culvert/certs/hosts"
)

// Change is what is to be done as root, in one transaction that the user is asked for once. Its form as arguments is the
// command line of the verb `culvert elevated`, which does it: see [Elevated].
type Change struct {
	CA          []string // files with the certificates of the targets, as PEM or a receipt; "-" is standard input
	Remove      []Target // first
	Add         []Target
	RemoveHosts []string // names in the hosts file
	AddHosts    []string
}

// Target is a certificate in a store.
type Target struct {
	Store       string `json:"store"`
	Fingerprint string `json:"fingerprint,omitempty"` // SHA-256, in 64 hexadecimal digits
}

// String is the target as an argument.
func (t Target) String() string { return t.Store + "@" + t.Fingerprint }

// ElevatedVerb is the verb of culvert that [Change.Args] are the arguments of.
const ElevatedVerb = "elevated"

// Args returns the change as arguments of the verb. No shell ever reads them.
func (c Change) Args() []string {
	var args []string
	flag := func(name string, values []string) {
		for _, v := range values {
			args = append(args, name, v)
		}
	}
	flag("--ca", c.CA)
	for _, t := range c.Remove {
		flag("--remove", []string{t.String()})
	}
	for _, t := range c.Add {
		flag("--add", []string{t.String()})
	}
	flag("--remove-host", c.RemoveHosts)
	flag("--add-host", c.AddHosts)
	return args
}

// ParseChange reads the arguments that Args returns, in any order.
//
// SECURITY: they are the only thing that the root process is told, so that nothing but this form is taken.
func ParseChange(args []string) (Change, error) {
	var c Change
	for len(args) > 0 {
		if len(args) == 1 {
			return Change{}, fmt.Errorf("%.80q has no value", args[0])
		}
		if err := c.set(args[0], args[1]); err != nil {
			return Change{}, err
		}
		args = args[2:]
	}
	switch certificates := len(c.Add)+len(c.Remove) > 0; {
	case !certificates && len(c.AddHosts)+len(c.RemoveHosts) == 0:
		return Change{}, errors.New("there is nothing to do")
	case certificates != (len(c.CA) > 0):
		return Change{}, errors.New("--ca goes with --add and --remove")
	}
	return c, nil
}

func (c *Change) set(flag, value string) error {
	switch flag {
	case "--ca":
		if value != "-" && !filepath.IsAbs(value) {
			return fmt.Errorf("--ca %.80q: not an absolute path", value)
		}
		c.CA = append(c.CA, value)
		return nil
	case "--add", "--remove":
		target, err := parseTarget(value)
		if flag == "--add" {
			c.Add = append(c.Add, target)
		} else {
			c.Remove = append(c.Remove, target)
		}
		return err
	case "--add-host", "--remove-host":
		if flag == "--add-host" {
			c.AddHosts = append(c.AddHosts, value)
		} else {
			c.RemoveHosts = append(c.RemoveHosts, value)
		}
		return hosts.Check(value)
	}
	return fmt.Errorf("%.80q: no such flag", flag)
}

func parseTarget(s string) (Target, error) {
	i := strings.LastIndexByte(s, '@')
	if i <= 0 {
		return Target{}, fmt.Errorf("%.200q: not STORE@FINGERPRINT", s)
	}
	t := Target{Store: s[:i], Fingerprint: s[i+1:]}
	if len(t.Fingerprint) != 64 || strings.Trim(t.Fingerprint, "0123456789abcdef") != "" {
		return Target{}, fmt.Errorf("%.200q: the fingerprint is not 64 hexadecimal digits", s)
	}
	return t, nil
}

// Outcome is what the elevated process says of a target, or of the hosts file, whose Store is "hosts".
type Outcome struct {
	Target
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	Fix    string `json:"fix,omitempty"`
}

// hostsOutcome is the Store of the hosts file's outcome.
const hostsOutcome = "hosts"

// problem returns the outcome as an error if it is one.
func (o Outcome) problem() error {
	if o.State != Cannot.String() {
		return nil
	}
	return &Problem{Reason: o.Reason, Fix: o.Fix}
}

// patience is for a person to find their password.
const patience = 5 * time.Minute

// elevate has the change done as root: it asks the user once, in the terminal through sudo, or else through polkit's
// agent. why is the purpose, "to put …", told before. pem are the certificates. The error is a [*Problem] with the
// command to copy.
func (sys System) elevate(ctx context.Context, c Change, why string, pem []byte) ([]Outcome, error) {
	byHand := "run: " + sys.byHand(c)
	if pem != nil {
		c.CA = []string{"-"} // root need not be able to read the user's files, those on a server for example
	}
	args := append(append([]string{sys.Culvert, ElevatedVerb}, c.Args()...), "--json")
	sudo, pkexec := sys.find("sudo"), sys.find("pkexec")
	var command Command
	switch {
	case sys.Culvert == "":
		return nil, &Problem{Reason: "changing it takes root, and the culvert command is not found, which would do it", Fix: byHand}
	case sys.Prompt != nil && sudo != "":
		fmt.Fprintf(sys.Prompt, "culvert: sudo may ask for your password, %s\n", why)
		command = Command{Path: sudo, Args: append([]string{"--"}, args...)}
	case pkexec != "":
		command = sys.pkexec(pkexec, args)
		if sys.Prompt != nil {
			fmt.Fprintf(sys.Prompt, "culvert: pkexec may ask for your password, %s\n", why)
		}
	default:
		return nil, &Problem{Reason: "changing it takes root, and nobody can be asked here", Fix: byHand}
	}
	command.Stdin, command.Timeout = pem, patience
	out, err := sys.run(ctx, command)
	if err != nil {
		return nil, refusal(err, byHand)
	}
	var outcomes []Outcome
	if err := json.Unmarshal(out, &outcomes); err != nil {
		return nil, &Problem{Reason: "what ran as root gave no answer that can be read: " + err.Error(), Fix: byHand, Err: err}
	}
	return outcomes, nil
}

// byHand is the command that does the change without us.
func (sys System) byHand(c Change) string {
	culvert := sys.Culvert
	if culvert == "" {
		culvert = "culvert"
	}
	return Command{Path: "sudo", Args: append([]string{culvert, ElevatedVerb}, c.Args()...)}.String()
}

// pkexec returns the command that asks through polkit's agent.
func (sys System) pkexec(path string, args []string) Command {
	if sys.Prompt == nil {
		// Without an agent it would ask in the terminal that the desktop was started from, where nobody looks.
		args = append([]string{"--disable-internal-agent"}, args...)
	}
	// It refuses to run where one of many variables, SHELL for example, is not what it expects. It needs these alone.
	env := []string{}
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "LC_MESSAGES"} {
		if v := sys.getenv(name); v != "" && !strings.ContainsAny(v, "%") && (name == "PATH" || !strings.Contains(v, "/")) {
			env = append(env, name+"="+v)
		}
	}
	return Command{Path: path, Args: args, Env: env}
}

// refusals are the last words of sudo and pkexec, in English, and what is to be said instead.
var refusals = []struct {
	words  string
	why    string
	cancel bool
}{
	// pkexec(1): 126 is for a dialog that was dismissed, 127 for every other failure.
	{words: "Request dismissed", why: "you said no at the prompt, nothing was changed", cancel: true},
	{words: "No authentication agent found", why: "changing it takes root, and no polkit agent runs here that could ask for your password"},
	{words: "Not authorized", why: "polkit does not let you act as root here, or the password was wrong"},
	{words: "Error getting authority", why: "changing it takes root, and polkit does not run here"},
	{words: "must be setuid root", why: "changing it takes root, and pkexec is not allowed to become root here"},
	// sudo(8)
	{words: "no password was provided", why: "you gave no password, nothing was changed", cancel: true},
	{words: "incorrect password attempt", why: "the password was wrong each time"},
	{words: "not in the sudoers file", why: "you are not allowed to use sudo here"},
	{words: "may not run sudo", why: "you are not allowed to use sudo here"},
	{words: "is not allowed to execute", why: "sudo does not allow you this command"},
	{words: "no new privileges", why: "this program runs where no password can give it more rights, in a sandbox or a container"},
}

// refusal puts in words why nobody became root, or what the root process said before it changed anything.
func refusal(err error, byHand string) error {
	failed, exit := (*CommandError)(nil), (*exec.ExitError)(nil)
	if !errors.As(err, &failed) {
		failed = &CommandError{Err: err}
	}
	const ours = "culvert: " + ElevatedVerb + ": "
	if i := strings.LastIndex(failed.Output, ours); i >= 0 {
		line, _, _ := strings.Cut(failed.Output[i+len(ours):], "\n")
		return &Problem{Reason: "what ran as root refused: " + line, Fix: "mend that, then try again", Err: err}
	}
	for _, r := range refusals {
		if !strings.Contains(failed.Output, r.words) {
			continue
		}
		if r.cancel {
			return cancelled(r.why, err)
		}
		return &Problem{Reason: r.why, Fix: byHand, Err: err}
	}
	tool := filepath.Base(failed.Command.Path)
	switch {
	case errors.Is(err, context.Canceled):
		why := "it was interrupted at the prompt, nothing was changed"
		return cancelled(why, err)
	case errors.Is(err, context.DeadlineExceeded):
		return &Problem{Reason: "nobody answered the prompt of " + tool, Fix: byHand, Err: err}
	case tool == "pkexec" && errors.As(err, &exit) && exit.ExitCode() == 126:
		return cancelled(refusals[0].why, err)
	}
	return &Problem{Reason: tool + " did not do it: " + err.Error(), Fix: byHand, Err: err}
}

func cancelled(why string, err error) error {
	return &Problem{Reason: why, Fix: "try again when you like", Err: errors.Join(errCancelled, err)}
}

// ChangeHosts gives names both loopback addresses in the hosts file of the machine, and takes out others that were given
// them before. Where that changes nothing, nobody is asked for a password. The error is a [*Problem]; a user who said no
// is told by [IsCancelled].
func ChangeHosts(ctx context.Context, sys System, add, remove []string) (changed bool, err error) {
	edit := hosts.Edit{File: sys.hostsFile(), Add: add, Remove: remove}
	needed, err := edit.Needed()
	if err != nil || !needed {
		return false, err
	}
	if sys.UID == 0 {
		return edit.Apply()
	}
	goal := "to write " + strings.Join(slices.Concat(add, remove), ", ") + " into " + edit.File
	if len(add) == 0 {
		goal = "to take " + strings.Join(remove, ", ") + " out of " + edit.File
	}
	c := Change{AddHosts: add, RemoveHosts: remove}
	outcomes, err := sys.elevate(ctx, c, goal, nil)
	if err != nil {
		return false, err
	}
	for _, o := range outcomes {
		if err := o.problem(); err != nil {
			return false, err
		}
	}
	if needed, err := edit.Needed(); err != nil || needed {
		return false, &Problem{Reason: "it was written, yet reading back finds " + edit.File + " unchanged", Fix: "run: " + sys.byHand(c), Err: err}
	}
	return true, nil
}

// IsCancelled reports whether an error is a user's who said no at the prompt.
func IsCancelled(err error) bool { return errors.Is(err, errCancelled) }

// hostsFile is the hosts file of the machine.
func (sys System) hostsFile() string {
	if sys.Root == "" {
		return hosts.Path()
	}
	return sys.path("/etc/hosts")
}
