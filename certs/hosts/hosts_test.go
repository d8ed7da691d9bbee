package hosts

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const debian = `127.0.0.1	localhost
127.0.1.1	box.lan	box

# The following lines are desirable for IPv6 capable hosts
::1     localhost ip6-localhost ip6-loopback # standard
ff02::1 ip6-allnodes
`

func TestParse(t *testing.T) {
	t.Parallel()
	v4, v6 := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	tests := []struct {
		name string
		data string
		want []Entry
	}{
		{"tabs and several names", "127.0.0.1\tA.test  b.test\n", []Entry{{1, v4, []string{"a.test", "b.test"}, false}}},
		{"comments", "# x\n::1 a # culvert test\n", []Entry{{2, v6, []string{"a"}, false}}},
		{"ours", "\n::1 a # culvert\r\n", []Entry{{2, v6, []string{"a"}, true}}},
		{"ours, by hand", "::1 a#culvert\n::1 b # culvert  ", []Entry{{1, v6, []string{"a"}, false}, {2, v6, []string{"b"}, true}}},
		{"an address alone, and none at all", "::1\nlocalhost a\n", nil},
		{"no end of line", "127.0.0.1 a", []Entry{{1, v4, []string{"a"}, false}}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		if got := Parse([]byte(tt.data)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestEditsKeepEveryOtherByte(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before string
		add    []string
		remove []string
		after  string
	}{
		{"a name", debian, []string{"web.localhost"}, nil, debian + "127.0.0.1 web.localhost # culvert\n::1 web.localhost # culvert\n"},
		{"one that is there", debian + "127.0.0.1 web.test\n::1 WEB.test\n", []string{"Web.test"}, nil, debian + "127.0.0.1 web.test\n::1 WEB.test\n"},
		{"one that is half there", "127.0.0.1 web.test", []string{"web.test"}, nil, "127.0.0.1 web.test\n::1 web.test # culvert\n"},
		{"the same twice", "", []string{"a", "A"}, nil, "127.0.0.1 a # culvert\n::1 a # culvert\n"},
		{"lines as Windows ends them", "# c\r\n127.0.0.1 x", []string{"a"}, nil, "# c\r\n127.0.0.1 x\r\n127.0.0.1 a # culvert\r\n::1 a # culvert\r\n"},
		{"taken out", "::1 a # culvert\n" + debian + "127.0.0.1 a # culvert\n127.0.0.1 b # culvert\n", nil, []string{"A"}, debian + "127.0.0.1 b # culvert\n"},
		{"not what is not ours", "127.0.0.1 a\n::1 a # mine\n", nil, []string{"a"}, "127.0.0.1 a\n::1 a # mine\n"},
		{"one of a line", "::1 a b # culvert\r\n", nil, []string{"a"}, "::1 b # culvert\r\n"},
		{"out and in", "::1 old # culvert\n", []string{"new"}, []string{"old"}, "127.0.0.1 new # culvert\n::1 new # culvert\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "hosts")
			write(t, file, tt.before, 0o600)
			e := Edit{File: file, Add: tt.add, Remove: tt.remove}
			changed, err := e.Apply()
			if err != nil || changed != (tt.before != tt.after) || read(t, file) != tt.after {
				t.Errorf("changed %v, %v\n%q\nwant\n%q", changed, err, read(t, file), tt.after)
			}
			if changed, err := e.Apply(); err != nil || changed {
				t.Errorf("applied again: changed %v, %v", changed, err)
			}
			if needed, err := e.Needed(); err != nil || needed {
				t.Errorf("needed again: %v, %v", needed, err)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the mode is %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestNamesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hosts")
	write(t, file, debian, 0o644)
	for _, name := range []string{
		"", "localhost", "LocalHost", "a b", "a\n127.0.0.1 bank.example", "a#b", "a\tb", "127.0.0.1", "::1", "-a", "a-", "a..b", ".", "a.",
		"bücher.test", strings.Repeat("a", 64), strings.Repeat("a.", 130) + "a",
	} {
		if changed, err := (Edit{File: file, Add: []string{"good.test", name}}).Apply(); err == nil || changed || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: changed %v, %v", name, changed, err)
		}
	}
	for _, name := range []string{"web.localhost", "a", "A-1.b_c.test", "xn--bcher-kva.test", strings.Repeat("a", 63)} {
		if err := Check(name); err != nil {
			t.Error(err)
		}
	}
	if read(t, file) != debian {
		t.Errorf("the file was changed: %q", read(t, file))
	}
}

func TestMissingAndMarked(t *testing.T) {
	t.Parallel()
	data := []byte(debian + "127.0.0.1 half.test # culvert\n127.0.0.1 web.test other.test # culvert\n::1 web.test # culvert\n192.168.0.1 far.test\n")
	if got := Missing(data, "localhost", "half.test", "Web.test", "far.test", "new.test"); !slices.Equal(got, []string{"half.test", "far.test", "new.test"}) {
		t.Errorf("missing: %q", got)
	}
	if got := Marked(data); !slices.Equal(got, []string{"half.test", "web.test", "other.test"}) {
		t.Errorf("marked: %q", got)
	}
}

func TestALinkStaysOneAndAMissingFileIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	link, file := filepath.Join(dir, "hosts"), filepath.Join(dir, "real")
	write(t, file, "", 0o644)
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if changed, err := (Edit{File: link, Add: []string{"a"}}).Apply(); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if target, err := os.Readlink(link); err != nil || target != file || read(t, file) == "" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	missing := filepath.Join(dir, "none")
	if changed, err := (Edit{File: missing, Add: []string{"a"}}).Apply(); err != nil || !changed {
		t.Fatal(changed, err)
	}
	if names := Marked([]byte(read(t, missing))); !slices.Equal(names, []string{"a"}) {
		t.Errorf("the file has %q", names)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func FuzzEdit(f *testing.F) {
	f.Add(debian, "web.localhost")
	f.Add("::1 a b # culvert\r\n127.0.0.1 x", "a")
	f.Fuzz(func(t *testing.T, data, name string) {
		if Check(name) != nil {
			return
		}
		before := []byte(data)
		with := add(before, []string{name})
		if !strings.HasPrefix(string(with), data) || len(Missing(with, name)) > 0 {
			t.Fatalf("%q with %q is %q", data, name, with)
		}
		if again := add(with, []string{name}); string(again) != string(with) {
			t.Fatalf("added again: %q", again)
		}
		without := remove(with, []string{name})
		if again := remove(without, []string{name}); string(again) != string(without) || slices.Contains(Marked(without), strings.ToLower(name)) {
			t.Fatalf("%q without %q is %q", with, name, without)
		}
		if len(Marked(before)) == 0 && strings.TrimSuffix(strings.TrimSuffix(string(without), "\n"), "\r") != strings.TrimSuffix(strings.TrimSuffix(data, "\n"), "\r") {
			t.Fatalf("%q became %q", data, without)
		}
	})
}

func write(t *testing.T, file, data string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(data), mode); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
