package proof

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"culvert/certs/runtimes"
	"culvert/certs/trust"
	"culvert/certs/trust/browser"
)

// program is one that is run on the command line and takes its roots from the system or the environment.
type program struct {
	name     string
	commands []string
	version  string                                        // its argument for that
	system   bool                                          // it reads the system's store
	args     func(s *site) (arguments []string, in string) // in is its standard input
}

const pythonScript = `import ssl, sys, urllib.request as r
https = r.HTTPSHandler(context=ssl.create_default_context())
r.build_opener(r.ProxyHandler({}), https).open(sys.argv[1])`

const nodeScript = `require("https").get(process.argv[1], r => r.resume())
	.on("error", e => { console.error(e.message); process.exit(1); })`

// programs check certificates and names, each by its own default.
var programs = []program{
	{"curl", []string{"curl"}, "--version", true, func(s *site) ([]string, string) {
		// Without -q, ~/.curlrc may say otherwise.
		return []string{"-q", "--silent", "--show-error", "--noproxy", "*", "--output", os.DevNull, s.url()}, ""
	}},
	{"OpenSSL", []string{"openssl"}, "version", true, func(s *site) ([]string, string) {
		return []string{
			"s_client", "-quiet", "-connect", s.address, "-servername", "localhost", "-verify_return_error", "-verify_hostname", "localhost",
		}, "GET / HTTP/1.0\r\n\r\n"
	}},
	{"Python", []string{"python3", "python"}, "--version", true, func(s *site) ([]string, string) {
		return []string{"-c", pythonScript, s.url()}, ""
	}},
	{"git", []string{"git"}, "--version", true, func(s *site) ([]string, string) {
		return []string{"-c", "http.proxy=", "ls-remote", s.url() + "repository.git"}, ""
	}},
	{"Node", []string{"node", "nodejs"}, "--version", false, func(s *site) ([]string, string) {
		return []string{"-e", nodeScript, s.url()}, ""
	}},
}

// neutral is an environment without what would have programs trust other roots than those of the store that is tried, or
// none, or ask a proxy.
func neutral(env []string) []string {
	names := append(runtimes.Names(), "SSL_CERT_DIR", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY", "NODE_TLS_REJECT_UNAUTHORIZED",
		"NODE_USE_SYSTEM_CA", "NODE_OPTIONS", "PYTHONHTTPSVERIFY", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
		"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
	return append(runtimes.Without(env, names...), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0")
}

// onSystem are the programs that read the system's store, which is the first of the stores.
func (r *run) onSystem(ctx context.Context, stores []trust.Store) []attempt {
	if len(stores) == 0 {
		return nil
	}
	store := stores[0].Name()
	fix := func(string) string { return "run: culvert trust --store " + store }
	if len(r.Roots) > 0 && stores[0].Check(ctx, r.Roots[0]).State == trust.Trusted {
		// Who refuses nevertheless has roots of its own: a Python of conda, a curl of Homebrew.
		fix = func(command string) string { return "run: culvert exec -- " + command }
	}
	var all []attempt
	if r.Culvert != "" {
		all = append(all, attempt{
			store: store, program: "Go", fix: fix("COMMAND"),
			try: func(ctx context.Context, s *site) (string, error) {
				return browser.Run(ctx, r.env, "", r.Culvert, "handshake", s.address, "localhost")
			},
		})
	}
	for _, p := range programs {
		if p.system {
			all = append(all, r.attempt(p, store, fix(p.commands[0]), r.env))
		}
	}
	return all
}

// onEnvironment are all programs with the variables of package runtimes.
func (r *run) onEnvironment() []attempt {
	set, err := runtimes.Prepare(cmp.Or(r.Folder, filepath.Join(r.temp, "runtimes")), r.env, r.Roots...)
	if err != nil {
		return []attempt{{store: Environment, program: "all", try: func(context.Context, *site) (string, error) {
			return "", &obstacle{why: err.Error()}
		}}}
	}
	env := set.Environ(r.env)
	const fix = "run: culvert env" // which says what it left out
	var all []attempt
	for _, p := range programs {
		all = append(all, r.attempt(p, Environment, fix, env))
	}
	for _, home := range r.defaultJava() {
		all = append(all, r.java(home, Environment, fix, env))
	}
	return all
}

// attempt is a try of a program in an environment.
func (r *run) attempt(p program, store, fix string, env []string) attempt {
	path := runtimes.Look(env, p.commands...)
	a := attempt{store: store, program: p.name, fix: fix}
	if path == "" {
		a.try = func(context.Context, *site) (string, error) {
			return "", &obstacle{why: p.name + " is not installed"}
		}
		return a
	}
	a.version = []string{path, p.version}
	a.try = func(ctx context.Context, s *site) (string, error) {
		args, in := p.args(s)
		return browser.Run(ctx, slices.Clone(env), in, path, args...)
	}
	return a
}
