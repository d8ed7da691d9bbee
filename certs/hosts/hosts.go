package hosts

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// mark ends each line that is ours.
const mark = "# culvert"

// loopback are the addresses that a name gets.
var loopback = [...]netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}

// Path returns where this system has its hosts file.
func Path() string {
	if runtime.GOOS != "windows" {
		return "/etc/hosts"
	}
	root := os.Getenv("SystemRoot")
	if root == "" {
		root = `C:\Windows`
	}
	return filepath.Join(root, `System32\drivers\etc\hosts`)
}

// Entry is a line that gives names an address.
type Entry struct {
	Line  int // from 1
	Addr  netip.Addr
	Names []string // in lower case
	Ours  bool     // the line carries our mark
}

// Parse returns the entries of a hosts file. Lines that are none are passed over, as the system does.
func Parse(data []byte) []Entry {
	var entries []Entry
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if e, ok := parseLine(string(line)); ok {
			e.Line = n
			entries = append(entries, e)
		}
	}
	return entries
}

func parseLine(line string) (Entry, bool) {
	text, comment, _ := strings.Cut(line, "#")
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return Entry{}, false
	}
	addr, err := netip.ParseAddr(fields[0])
	if err != nil {
		return Entry{}, false
	}
	e := Entry{Addr: addr, Names: fields[1:], Ours: "#"+strings.TrimRight(comment, " \t\r\n") == mark}
	for i, name := range e.Names {
		e.Names[i] = strings.ToLower(name)
	}
	return e, true
}

// Missing returns those of the names that the file does not lead to both loopback addresses, in the order given.
func Missing(data []byte, names ...string) []string {
	entries := Parse(data)
	var missing []string
	for _, name := range names {
		for _, addr := range loopback {
			if !has(entries, addr, name) && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	return missing
}

func has(entries []Entry, addr netip.Addr, name string) bool {
	return slices.ContainsFunc(entries, func(e Entry) bool {
		return e.Addr == addr && slices.Contains(e.Names, strings.ToLower(name))
	})
}

// Marked returns the names that the file has by our lines.
func Marked(data []byte) []string {
	var names []string
	for _, e := range Parse(data) {
		for _, name := range e.Names {
			if e.Ours && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Check reports why a name may not be added: it is no host name, or a name of every machine whose meaning nobody may
// change.
func Check(name string) error {
	switch {
	case strings.EqualFold(name, "localhost"):
		return fmt.Errorf("host name %q: it is in every hosts file already (name another)", name)
	case !valid(name):
		return fmt.Errorf("host name %.80q: not a host name (use letters, digits, hyphens and dots)", name)
	}
	return nil
}

// valid reports whether a name has the form of a host name.
//
// SECURITY: the name is written to a file that root owns; a space, a line break or a # in it would write another entry.
func valid(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// add returns the data with an entry for each name at each loopback address that has none yet.
func add(data []byte, names []string) []byte {
	end := lineEnd(data)
	out := slices.Clone(data)
	entries := Parse(data)
	for _, name := range names {
		name = strings.ToLower(name)
		for _, addr := range loopback {
			if has(entries, addr, name) {
				continue
			}
			entries = append(entries, Entry{Addr: addr, Names: []string{name}})
			if len(out) > 0 && out[len(out)-1] != '\n' {
				out = append(out, end...)
			}
			out = append(out, addr.String()+" "+name+" "+mark+end...)
		}
	}
	return out
}

// remove returns the data without our lines for the names. A line of ours that names others too keeps those.
func remove(data []byte, names []string) []byte {
	var out []byte
	for line := range bytes.Lines(data) {
		e, ok := parseLine(string(line))
		if !ok || !e.Ours {
			out = append(out, line...)
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(e.Names), func(n string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(n, name) })
		})
		switch {
		case len(kept) == len(e.Names):
			out = append(out, line...)
		case len(kept) > 0:
			out = append(out, e.Addr.String()+" "+strings.Join(kept, " ")+" "+mark+lineEnd(line)...)
		}
	}
	return out
}

// lineEnd is how the data ends its lines.
func lineEnd(data []byte) string {
	if i := bytes.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
