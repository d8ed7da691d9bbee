package proof

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"culvert/certs/runtimes"
	"culvert/certs/trust"
	"culvert/certs/trust/browser"
)

// javaSource is run by the JVM itself, which compiles it first (JEP 330); a JVM without a compiler cannot.
const javaSource = `class Handshake {
	public static void main(String[] args) {
		try {
			new java.net.URI(args[0]).toURL().openConnection(java.net.Proxy.NO_PROXY).getInputStream().read();
		} catch (Exception e) {
			System.err.println(e.getMessage());
			System.exit(1);
		}
	}
}
`

// onJava are the JVMs of the machine, each with the trust store that it has itself.
func (r *run) onJava(stores []trust.Store) []attempt {
	homes := r.defaultJava()
	for _, pattern := range []string{"/usr/lib/jvm/*", "/Library/Java/JavaVirtualMachines/*/Contents/Home"} {
		found, _ := filepath.Glob(filepath.Join(r.System.Root, pattern)) // fails only on a bad pattern
		for _, home := range found {
			if real, err := filepath.EvalSymlinks(home); err == nil && isProgram(javaIn(real)) && !slices.Contains(homes, real) {
				homes = append(homes, real)
			}
		}
	}
	var all []attempt
	for _, home := range homes {
		store := javaStore(home, stores)
		all = append(all, r.java(home, store, "run: culvert trust --store "+store, r.env))
	}
	return all
}

// defaultJava is the folder of the JVM that programs of the user get, or nothing.
func (r *run) defaultJava() []string {
	for _, kv := range slices.Backward(r.env) {
		if home, ok := strings.CutPrefix(kv, "JAVA_HOME="); ok && filepath.IsAbs(home) && isProgram(javaIn(home)) {
			if real, err := filepath.EvalSymlinks(home); err == nil {
				return []string{real}
			}
		}
	}
	if java, err := filepath.EvalSymlinks(runtimes.Look(r.env, "java")); err == nil && java != "" {
		if home := filepath.Dir(filepath.Dir(java)); isProgram(javaIn(home)) {
			return []string{home}
		}
	}
	return nil
}

// javaIn is the program of a JVM.
func javaIn(home string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(home, "bin", "java.exe")
	}
	return filepath.Join(home, "bin", "java")
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// javaStore is the name of the store that is the JVM's own list of roots.
func javaStore(home string, stores []trust.Store) string {
	for _, dir := range []string{"lib", "jre/lib"} { // the second in a JDK 8
		file, err := filepath.EvalSymlinks(filepath.Join(home, dir, "security", "cacerts"))
		if err != nil {
			continue
		}
		for _, s := range stores {
			if s.Where() == file {
				return s.Name()
			}
		}
	}
	return "java/" + strings.TrimPrefix(filepath.Base(home), "java-")
}

// java is a try of a JVM in an environment.
func (r *run) java(home, store, fix string, env []string) attempt {
	java := javaIn(home)
	return attempt{
		store: store, program: "Java", fix: fix, version: []string{java, "-version"},
		try: func(ctx context.Context, s *site) (string, error) {
			if compiler := filepath.Join(filepath.Dir(java), strings.Replace(filepath.Base(java), "java", "javac", 1)); !isProgram(compiler) {
				return "", &obstacle{why: home + " is a JVM without a compiler, which cannot run what is to be tried", fix: "install the JDK of it"}
			}
			dir, err := os.MkdirTemp(r.temp, "java-")
			if err != nil {
				return "", err
			}
			file := filepath.Join(dir, "Handshake.java")
			if err := os.WriteFile(file, []byte(javaSource), 0o600); err != nil {
				return "", err
			}
			return browser.Run(ctx, env, "", java, file, s.url())
		},
	}
}
