package runtimes

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/certs"
)

// Variable is one variable to set, and for what.
type Variable struct {
	Name  string
	Value string
	For   string // the programs that read it, for people
}

// Set is what to set so that programs trust some CAs. It does not change, and may be used by several goroutines.
type Set struct {
	Variables []Variable

	Omitted []Omission
}

// Omission says which variables could not be prepared, why, and what to do about it.
type Omission struct {
	Names []string
	Why   string
	Fix   string
}

// String puts an omission in one line.
func (o Omission) String() string {
	return fmt.Sprintf("%s: left out, %s (%s)", strings.Join(o.Names, ", "), o.Why, o.Fix)
}

// variable is how one variable works.
type variable struct {
	name    string
	readers string
	adds    bool // to the roots of its readers; else it replaces them
	ifSet   bool // is left alone unless the environment has it

	// configured returns the bundle that its reader's own configuration names, which the variable hides; nil for none.
	configured func(folder string, env []string) string
}

var variables = []variable{
	{name: "NODE_EXTRA_CA_CERTS", readers: "Node.js, Bun, Deno", adds: true},
	{name: "DENO_CERT", readers: "Deno", adds: true},
	{name: "SSL_CERT_FILE", readers: "OpenSSL, Python, Ruby, PHP, Go on Linux, Rust"},
	{name: "CURL_CA_BUNDLE", readers: "curl"},
	{name: "REQUESTS_CA_BUNDLE", readers: "Python's requests, pip"},
	{name: "AWS_CA_BUNDLE", readers: "the AWS CLI and SDKs"},
	{name: "GIT_SSL_CAINFO", readers: "git", configured: gitBundle},
	{name: "CARGO_HTTP_CAINFO", readers: "cargo"},
	{name: "PERL_LWP_SSL_CA_FILE", readers: "Perl's LWP"},
	{name: "PIP_CERT", readers: "pip", ifSet: true},
	{name: "NIX_SSL_CERT_FILE", readers: "Nix", ifSet: true},
}

// javaOptions is the variable that every JVM reads.
const javaOptions = "JAVA_TOOL_OPTIONS"

// Names returns the names of all variables that a [Set] may have.
func Names() []string {
	names := []string{javaOptions}
	for _, v := range variables {
		names = append(names, v.name)
	}
	return names
}

// Prepare says which variables make programs that run in the environment env, as "NAME=value", trust the roots. What
// they name is written to the folder, which is made if it is not there; the files there are made again where what they
// were made of has changed. A set that Prepare made is recognised in the environment and is not added to.
//
// The error is of the folder. What the environment or the machine does not allow is told in the set.
func Prepare(folder string, env []string, roots ...*certs.Root) (*Set, error) {
	return prepare(folder, env, systemBundles, roots)
}

func prepare(folder string, env, bundles []string, roots []*certs.Root) (*Set, error) {
	folder, err := filepath.Abs(folder)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("folder %w (make it writable)", err)
	}
	p := &preparation{folder: folder, env: env, system: firstFile(bundles), roots: roots}
	for _, v := range variables {
		if err := p.file(v); err != nil {
			return nil, err
		}
	}
	if err := p.java(); err != nil {
		return nil, err
	}
	return &p.set, nil
}

// preparation is what becomes a Set.
type preparation struct {
	folder string
	env    []string
	system string // the system's bundle, "" if there is none
	roots  []*certs.Root
	set    Set
}

// file prepares a variable that names a file of PEM blocks.
func (p *preparation) file(v variable) error {
	source := p.own(getenv(p.env, v.name))
	if source == "" && v.configured != nil {
		source = v.configured(p.folder, p.env)
	}
	switch {
	case source == "" && v.ifSet:
		return nil
	case source == "" && v.adds && len(p.roots) == 1:
		p.add(v.name, p.roots[0].File(), v.readers)
		return nil
	case source == "" && !v.adds:
		if source = p.system; source == "" {
			p.omit(v.name, "this system has no file with its roots that the CA could be added to",
				"culvert trust adds the CA to the system itself")
			return nil
		}
	}
	data, why := readBundle(source)
	if why != "" {
		p.omit(v.name, why, "mend that, or do without it")
		return nil
	}
	file := filepath.Join(p.folder, "roots-"+short(source)+".pem")
	if err := replace(file, merge(source, data, p.roots)); err != nil {
		return err
	}
	p.add(v.name, file, v.readers)
	return nil
}

// own returns what a variable's value was before a Set was applied to the environment: "" for a file of our own CA
// alone, and for a bundle of ours the file that it was made of.
func (p *preparation) own(value string) string {
	if value == "" || slices.ContainsFunc(p.roots, func(r *certs.Root) bool { return r.File() == value }) {
		return ""
	}
	if filepath.Dir(value) != p.folder {
		return value
	}
	data, err := os.ReadFile(value)
	if err != nil {
		return ""
	}
	source := madeOf(data)
	if source == p.system {
		return ""
	}
	return source
}

func (p *preparation) add(name, value, readers string) {
	p.set.Variables = append(p.set.Variables, Variable{Name: name, Value: value, For: readers})
}

// omit tells of a variable that is left out, together with those for the same reason.
func (p *preparation) omit(name, why, fix string) {
	for i, o := range p.set.Omitted {
		if o.Why == why && o.Fix == fix {
			p.set.Omitted[i].Names = append(o.Names, name)
			return
		}
	}
	p.set.Omitted = append(p.set.Omitted, Omission{Names: []string{name}, Why: why, Fix: fix})
}

// Environ returns the environment env with the variables set in it.
func (s *Set) Environ(env []string) []string {
	names := make([]string, len(s.Variables))
	for i, v := range s.Variables {
		names[i] = v.Name
	}
	env = Without(env, names...)
	for _, v := range s.Variables {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// Without returns a copy of the environment env without the variables of those names.
func Without(env []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(names, name)
	})
}

// getenv returns the last value of a variable, as exec does.
func getenv(env []string, name string) string {
	for _, kv := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}
