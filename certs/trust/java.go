package trust

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"culvert/certs"
)

// javaFolders are the folders that hold Java installations, one in each folder below, as patterns of [filepath.Glob].
// The system's come first, so that root finds them in the same order as a user with installations of their own.
func javaFolders(sys System) []string {
	switch sys.goos() {
	case "darwin":
		return append([]string{
			sys.path("/Library/Java/JavaVirtualMachines/*/Contents/Home"),
			sys.path("/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home"),
			sys.path("/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home"),
			sys.home("Library", "Java", "JavaVirtualMachines", "*", "Contents", "Home"),
		}, javaFoldersOf(sys)...)
	case "windows":
		var folders []string
		for _, vendor := range []string{"Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto", "BellSoft", "Semeru"} {
			for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)"} {
				if dir := sys.getenv(variable); filepath.IsAbs(dir) {
					folders = append(folders, filepath.Join(dir, vendor, "*"))
				}
			}
		}
		return append(folders, javaFoldersOf(sys)...)
	}
	system := []string{"/usr/lib/jvm/*", "/usr/lib64/jvm/*", "/usr/java/*", "/opt/*", "/opt/java/*", "/opt/*/jbr"}
	for i, dir := range system {
		system[i] = sys.path(dir)
	}
	return append(system, javaFoldersOf(sys)...)
}

// javaFoldersOf are where the tools of a user, SDKMAN, IntelliJ IDEA, Gradle, asdf and mise, put what they download.
func javaFoldersOf(sys System) []string {
	if sys.home() == "" {
		return nil
	}
	return []string{
		sys.home(".sdkman", "candidates", "java", "*"), sys.home(".jdks", "*"), sys.home(".jdks", "*", "Contents", "Home"),
		sys.home(".gradle", "jdks", "*"), sys.home(".asdf", "installs", "java", "*"),
		sys.home(".local", "share", "mise", "installs", "java", "*"),
	}
}

// javaStores returns the list of roots of each Java on the machine. Those that share one file, as all of Debian's do, are
// one store: /etc/ssl/certs/java/cacerts is made anew whenever the system's certificates change.
func javaStores(sys System) []Store {
	var stores []Store
	files, names := map[string]bool{}, map[string]int{}
	add := func(home string) bool {
		file := cacerts(home)
		if file == "" {
			return false
		}
		if files[file] {
			return true
		}
		files[file] = true
		name := javaName(home)
		if names[name]++; names[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, names[name])
		}
		stores = append(stores, &javaStore{sys: sys, name: name, home: home, file: file})
		return true
	}
	for _, pattern := range javaFolders(sys) {
		homes, _ := filepath.Glob(pattern) // fails only on a bad pattern
		for _, home := range homes {
			if real, err := filepath.EvalSymlinks(home); err == nil {
				add(real)
			}
		}
	}
	if home := sys.getenv("JAVA_HOME"); home != "" && (!filepath.IsAbs(home) || !add(filepath.Clean(home))) {
		stores = append(stores, noJava(home))
	}
	return stores
}

// cacerts is the file, links resolved, in which a Java keeps its roots, or "". Before version 9 the part that runs
// programs had a folder of its own.
func cacerts(home string) string {
	for _, dir := range []string{home, filepath.Join(home, "jre")} {
		file, err := filepath.EvalSymlinks(filepath.Join(dir, "lib", "security", "cacerts"))
		if err == nil && isFile(file) {
			return file
		}
	}
	return ""
}

// homeOf is the folder of the Java whose roots lie in the file, if it lies in one and is there.
func homeOf(file string) (home string, found bool) {
	home, found = strings.CutSuffix(file, filepath.FromSlash("/lib/security/cacerts"))
	home = strings.TrimSuffix(home, filepath.FromSlash("/jre"))
	return home, found && cacerts(home) == file
}

// javaName is the name of the store of a Java: "java/17-openjdk-amd64", "java/zulu-17.jdk".
func javaName(home string) string {
	if bundle, found := strings.CutSuffix(filepath.ToSlash(home), "/Contents/Home"); found {
		home = bundle
	}
	return "java/" + strings.TrimPrefix(filepath.Base(home), "java-")
}

// javaStore is the file in which a Java, or several, keeps the roots that its programs trust. The file is changed with
// that Java's own keytool, which knows its form; root is needed where the file is root's.
//
// Entries are told apart by the certificate, never by their alias.
type javaStore struct {
	sys  System
	name string
	home string
	file string
}

func (j *javaStore) Name() string  { return j.name }
func (j *javaStore) Where() string { return j.file }

// Reader is what reads the file, once, when a program of it starts.
func (j *javaStore) Reader() string { return "Java" }

// Kind tells the store in a receipt.
func (j *javaStore) Kind() string { return kindJava }

// NeedsRoot reports whether the file is root's.
func (j *javaStore) NeedsRoot() bool { return ownedByRoot(j.file) }

func (j *javaStore) Check(ctx context.Context, root *certs.Root) Status {
	found, err := j.aliases(ctx, root)
	switch {
	case err != nil:
		return cannot(j.explain(err))
	case len(found) > 0:
		return Status{State: Trusted}
	}
	return Status{State: NotTrusted}
}

func (j *javaStore) Add(ctx context.Context, root *certs.Root) error {
	found, err := j.aliases(ctx, root)
	if err != nil || len(found) > 0 {
		return j.explain(err)
	}
	_, err = j.keytool(ctx, root.PEM(), "-importcert", "-noprompt", "-trustcacerts", "-alias", anchorName(root))
	return j.explain(err)
}

func (j *javaStore) Remove(ctx context.Context, root *certs.Root) error {
	found, err := j.aliases(ctx, root)
	if err != nil || len(found) == 0 {
		return j.explain(err)
	}
	if found[0] == "" { // deleting takes the name
		if found, err = j.listed(ctx, root); err != nil {
			return j.explain(err)
		}
	}
	for _, alias := range found {
		if _, err := j.keytool(ctx, nil, "-delete", "-alias", alias); err != nil {
			return j.explain(err)
		}
	}
	return nil
}

// aliases returns the names of the entries that hold the root, "" for one whose name its form does not show here.
// The file is read in this process, which takes no time, and by keytool where that fails.
func (j *javaStore) aliases(ctx context.Context, root *certs.Root) ([]string, error) {
	data, err := os.ReadFile(j.file)
	if err != nil {
		return nil, err
	}
	entries, err := readKeystore(data, j.password())
	if err != nil {
		return j.listed(ctx, root)
	}
	return holders(entries, root), nil
}

// listed returns the names of the entries that hold the root, as keytool knows them.
func (j *javaStore) listed(ctx context.Context, root *certs.Root) ([]string, error) {
	out, err := j.keytool(ctx, nil, "-list", "-rfc")
	return holders(parseKeytoolList(string(out)), root), err
}

// storePassword is the variable that holds the password of the keystores, for a user who changed it.
const storePassword = "CULVERT_JAVA_STOREPASS"

// password is what the file is sealed with: it keeps nothing secret, and every Java comes with the same.
func (j *javaStore) password() string {
	if word := j.sys.getenv(storePassword); word != "" {
		return word
	}
	return "changeit"
}

func (j *javaStore) tool() string {
	if j.sys.goos() == "windows" {
		return filepath.Join(j.home, "bin", "keytool.exe")
	}
	return filepath.Join(j.home, "bin", "keytool")
}

// keytool runs the Java's own tool on the file.
func (j *javaStore) keytool(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	// SECURITY: root runs no program that another user could replace.
	if tool := j.tool(); foreignTo(os.Geteuid() == 0, tool) {
		return nil, &Problem{Reason: tool + " belongs to another user, and so is not run as root", Fix: "run it without sudo"}
	}
	// SECURITY: the password goes by the environment; arguments can be seen by every user of the machine.
	args = append(args, "-keystore", j.file, "-storepass:env", storePassword, "-J-Duser.language=en")
	return j.sys.run(ctx, Command{
		Path: j.tool(), Args: args, Stdin: stdin, Timeout: time.Minute,
		Env: append(slices.Clone(j.sys.Env), storePassword+"="+j.password()),
	})
}

// explain puts in words what the file system or keytool said.
func (j *javaStore) explain(err error) error {
	problem := (*Problem)(nil)
	switch {
	case err == nil || errors.As(err, &problem):
		return err
	case said(err, "password was incorrect"):
		return j.passwordProblem(err)
	case errors.Is(err, fs.ErrPermission) || said(err, "(Permission denied)") || said(err, "(Access is denied)"):
		return &Problem{
			Reason: j.file + " may not be changed by this user",
			Fix:    "run culvert trust as the user whom it belongs to, on Windows in a terminal of the administrator",
			Err:    err,
		}
	case errors.Is(err, syscall.EROFS) || said(err, "Read-only file system"):
		return &Problem{
			Reason: j.file + " is read-only on this system",
			Fix:    "start programs with culvert exec, which gives Java a list of its own",
			Err:    err,
		}
	case errors.Is(err, fs.ErrNotExist) && !isFile(j.tool()):
		return &Problem{
			Reason: "this Java has no keytool, which its certificates are changed with",
			Fix:    "start programs with culvert exec, which gives Java a list of its own",
			Err:    err,
		}
	case said(err, "keystore format") || said(err, "EOFException") || said(err, "but is empty"):
		return &Problem{Reason: j.file + " is damaged", Fix: "reinstall this Java, or its certificates", Err: err}
	}
	return &Problem{Reason: "keytool failed: " + err.Error(), Fix: "mend that, then try again", Err: err}
}

// passwordProblem is the problem of a file with another password. What runs as root is told nothing by the environment.
func (j *javaStore) passwordProblem(err error) error {
	problem := &Problem{
		Reason: "the password of " + j.file + " is another one",
		Fix:    "run: " + storePassword + "=PASSWORD culvert trust --store " + j.name,
		Err:    err,
	}
	if j.NeedsRoot() {
		byHand := Command{Path: j.tool(), Args: []string{"-importcert", "-alias", "culvert", "-file", "ca.pem", "-keystore", j.file}}
		problem.Fix = "run: sudo " + byHand.String()
	}
	return problem
}

// noJava stands for a JAVA_HOME in which there is no Java: the variable's value.
type noJava string

func (noJava) Name() string    { return "java/JAVA_HOME" }
func (n noJava) Where() string { return string(n) }

func (n noJava) Check(context.Context, *certs.Root) Status {
	return Status{
		State:  Absent,
		Reason: "JAVA_HOME is " + string(n) + ", in which there is no lib/security/cacerts",
		Fix:    "set JAVA_HOME to the folder of a Java, or unset it",
	}
}

func (noJava) Add(context.Context, *certs.Root) error    { return nil }
func (noJava) Remove(context.Context, *certs.Root) error { return nil }
