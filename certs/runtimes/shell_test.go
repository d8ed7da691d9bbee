package runtimes

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// awkward are values that a careless quotation breaks.
var awkward = []string{
	"", "plain", "/home/a b/ca.pem", "it's", `"`, `back\slash`, `\`, `\'`, `'\''`, "$HOME `id` $(id)", "a\nb\n", "*?[a]~", "世界 ’", "%PATH% !x!", "-n", "#",
}

// evaluate has the real shell run what Format says, and print the variable.
func evaluate(t testing.TB, shell string, language Shell, value string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatalf("%s is not installed (run: apt-get install %s)", shell, shell)
	}
	set := &Set{Variables: []Variable{{Name: "CULVERT_A", Value: value}}}
	program, err := set.Format(language)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", program + `printenv CULVERT_A`} // a program sees it, not the shell alone
	cmd := exec.Command(path, args...)
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/nowhere", "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v for %q", shell, err, program)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func TestShellsReadBackWhatWasSet(t *testing.T) {
	t.Parallel()
	for shell, language := range map[string]Shell{"sh": Sh, "bash": Sh, "fish": Fish} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			for _, value := range awkward {
				if got := evaluate(t, shell, language, value); got != value {
					t.Errorf("%q is read back as %q", value, got)
				}
			}
		})
	}
}

func FuzzShell(f *testing.F) {
	for _, value := range awkward {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.Contains(value, "\x00") {
			t.Skip("no environment can hold it")
		}
		if got := evaluate(t, "sh", Sh, value); got != value {
			t.Errorf("%q is read back as %q", value, got)
		}
	})
}

func TestPowerShellIsQuotedByItsRule(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":                 "''",
		`C:\a b\ca.pem`:    `'C:\a b\ca.pem'`,
		"it's":             "'it''s'",
		"$env:PATH `n $()": "'$env:PATH `n $()'",
		"‘a’ ‚b‛":          "'‘‘a’’ ‚‚b‛‛'",
	} {
		set := &Set{Variables: []Variable{{Name: "A", Value: value}}}
		got, err := set.Format(PowerShell)
		if err != nil || got != "$env:A = "+want+"\n" {
			t.Errorf("%q is %q, %v", value, got, err)
		}
	}
}

func TestJSONIsAnObject(t *testing.T) {
	t.Parallel()
	set := &Set{Variables: []Variable{{Name: "A", Value: "x\n\"<"}, {Name: "B"}}}
	text, err := set.Format(JSON)
	got := map[string]string{}
	if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != 2 || got["A"] != "x\n\"<" {
		t.Errorf("%s is %q, %v", text, got, err)
	}
	if err != nil || !strings.HasSuffix(text, "}\n") {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAShellThatIsNotKnownIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := new(Set).Format("tcsh"); err == nil || !strings.Contains(err.Error(), "powershell") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheUsersShellIsKnown(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]Shell{
		"": Sh, "/bin/bash": Sh, "/usr/bin/fish": Fish, "/usr/bin/pwsh": PowerShell, "/usr/local/bin/zsh": Sh, "powershell.exe": PowerShell,
	} {
		if got := ShellOf(path); got != want {
			t.Errorf("%q is %s, want %s", path, got, want)
		}
	}
}
