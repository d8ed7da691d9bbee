package trust

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"

	"culvert/certs"
)

// anchorLayout is how a family of distributions keeps the CAs that its administrator added. The folder takes one
// file per CA; the command makes of all of them the bundle that programs read.
type anchorLayout struct {
	ids     []string // in os-release's ID or ID_LIKE
	dir     string
	suffix  string // of a file that the command takes
	command string
	add     []string // the command's arguments after a file came
	remove  []string // and after one went
	bundle  string   // what is read back
}

// anchorLayouts, the one that is hardest to mistake first: SUSE's command has Debian's name, and Arch has Fedora's.
var anchorLayouts = []anchorLayout{
	{
		ids: []string{"suse", "opensuse", "sles"}, dir: "/etc/pki/trust/anchors", suffix: ".pem",
		command: "update-ca-certificates", bundle: "/var/lib/ca-certificates/ca-bundle.pem",
	},
	{
		ids: []string{"arch"}, dir: "/etc/ca-certificates/trust-source/anchors", suffix: ".crt",
		command: "trust", add: []string{"extract-compat"}, remove: []string{"extract-compat"},
		bundle: "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
	},
	{
		ids: []string{"fedora", "rhel", "centos"}, dir: "/etc/pki/ca-trust/source/anchors", suffix: ".pem",
		command: "update-ca-trust", add: []string{"extract"}, remove: []string{"extract"},
		bundle: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	},
	{
		ids: []string{"debian", "ubuntu", "alpine"}, dir: "/usr/local/share/ca-certificates", suffix: ".crt",
		command: "update-ca-certificates", remove: []string{"--fresh"}, // without it, links to what went stay
		bundle: "/etc/ssl/certs/ca-certificates.crt",
	},
}

// systemAnchors is the system's own store, which OpenSSL, curl, Go, Python and git read. Changing it takes root.
type systemAnchors struct {
	sys    System
	layout anchorLayout
	tool   string // the command's path
}

// systemStore returns the store of the machine's distribution.
func systemStore(sys System) Store {
	var fitting []systemAnchors
	for _, l := range anchorLayouts {
		// Both must be there: packages of other distributions leave folders behind that no command reads.
		if tool := sys.find(l.command); tool != "" && isDir(sys.path(l.dir)) {
			fitting = append(fitting, systemAnchors{sys: sys, layout: l, tool: tool})
		}
	}
	if len(fitting) == 0 {
		return &noAnchors{}
	}
	for _, id := range sys.distribution() {
		for _, s := range fitting {
			if slices.Contains(s.layout.ids, id) {
				return &s
			}
		}
	}
	return &fitting[0]
}

func (s *systemAnchors) Name() string  { return "system" }
func (s *systemAnchors) Where() string { return s.sys.path(s.layout.dir) }

func (s *systemAnchors) Check(_ context.Context, root *certs.Root) Status {
	bundle := s.sys.path(s.layout.bundle)
	data, err := os.ReadFile(bundle)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot(&Problem{Reason: "the system's bundle cannot be read: " + err.Error(), Fix: "reinstall the package ca-certificates", Err: err})
	}
	if holds(data, root) {
		return Status{State: Trusted}
	}
	if files, err := s.anchors(root); err == nil && len(files) > 0 {
		return Status{State: NotTrusted, Reason: files[0] + " is there, but not in " + bundle}
	}
	return Status{State: NotTrusted}
}

// NeedsRoot is always so: the folder belongs to root.
func (s *systemAnchors) NeedsRoot() bool { return true }

// Kind tells the store in a receipt.
func (s *systemAnchors) Kind() string { return kindAnchors }

func (s *systemAnchors) Add(ctx context.Context, root *certs.Root) error {
	file := filepath.Join(s.Where(), anchorName(root)+s.layout.suffix)
	if err := writeForAll(file, root.PEM()); err != nil {
		return s.explain(err)
	}
	_, err := s.sys.run(ctx, Command{Path: s.tool, Args: s.layout.add})
	return s.explain(err)
}

func (s *systemAnchors) Remove(ctx context.Context, root *certs.Root) error {
	files, err := s.anchors(root)
	if err != nil {
		return s.explain(err)
	}
	if len(files) == 0 && s.Check(ctx, root).State != Trusted {
		return nil
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			return s.explain(err)
		}
	}
	_, err = s.sys.run(ctx, Command{Path: s.tool, Args: s.layout.remove})
	return s.explain(err)
}

// anchors returns the files in the anchors' folder that hold the root, whatever their name.
func (s *systemAnchors) anchors(root *certs.Root) ([]string, error) {
	entries, err := os.ReadDir(s.Where())
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(s.Where(), e.Name())
		if data, err := os.ReadFile(file); err == nil && holds(data, root) {
			files = append(files, file)
		}
	}
	return files, nil
}

// writeForAll writes a file that every user may read, whatever root's umask is.
func writeForAll(file string, data []byte) error {
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	return os.Chmod(file, 0o644)
}

// anchorName is the file's name without its suffix: that of the CA, so that an administrator knows what it is.
func anchorName(root *certs.Root) string { return "culvert-ca-" + root.Fingerprint()[:8] }

// explain puts in words what the file system or a command said.
func (s *systemAnchors) explain(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.EROFS) || said(err, "Read-only file system") {
		return &Problem{
			Reason: s.Where() + " is read-only on this system",
			Fix:    "add the CA's certificate in the system's own configuration; browsers do not need it",
			Err:    err,
		}
	}
	if problem := (*Problem)(nil); errors.As(err, &problem) {
		return err
	}
	return &Problem{Reason: "the system's certificates could not be changed: " + err.Error(), Fix: "mend that, then try again", Err: err}
}

// noAnchors stands for a Linux whose store is not known, or not installed.
type noAnchors struct{}

func (*noAnchors) Name() string  { return "system" }
func (*noAnchors) Where() string { return "the system's certificates" }

func (*noAnchors) Check(context.Context, *certs.Root) Status {
	if runtime.GOOS != "linux" {
		return Status{State: Absent, Reason: "not served on this system yet"}
	}
	return Status{State: Absent, Reason: "no known store of CAs is installed", Fix: "install the package ca-certificates"}
}

func (*noAnchors) Add(context.Context, *certs.Root) error    { return nil }
func (*noAnchors) Remove(context.Context, *certs.Root) error { return nil }
