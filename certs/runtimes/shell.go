package runtimes

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// Shell is a language in which variables can be set.
type Shell string

const (
	Sh         Shell = "sh"         // and bash, zsh, dash, ksh
	Fish       Shell = "fish"       //
	PowerShell Shell = "powershell" // on any system
	JSON       Shell = "json"       // one object, a member for each variable
)

// ShellOf returns the language of a user's shell, given by its path as in SHELL, or Sh where it is not known.
func ShellOf(path string) Shell {
	switch strings.TrimSuffix(filepath.Base(path), ".exe") {
	case "fish":
		return Fish
	case "pwsh", "powershell":
		return PowerShell
	}
	return Sh
}

// Format returns a program in the shell's language that sets the variables for it and the programs that it runs.
func (s *Set) Format(shell Shell) (string, error) {
	switch shell {
	case Sh:
		return s.lines("export %s=%s\n", quoteSh), nil
	case Fish:
		return s.lines("set -gx %s %s\n", quoteFish), nil
	case PowerShell:
		return s.lines("$env:%s = %s\n", quotePowerShell), nil
	case JSON:
		object := make(map[string]string)
		for _, v := range s.Variables {
			object[v.Name] = v.Value
		}
		data, err := json.MarshalIndent(object, "", "  ")
		return string(data) + "\n", err
	}
	return "", fmt.Errorf("shell %q: not known (one of sh, fish, powershell, json)", string(shell))
}

func (s *Set) lines(format string, quote func(string) string) string {
	var b strings.Builder
	for _, v := range s.Variables {
		fmt.Fprintf(&b, format, v.Name, quote(v.Value))
	}
	return b.String()
}

// quoteSh quotes a word for a POSIX shell: within single quotes every character but the quote stands for itself (POSIX,
// Shell Command Language §2.2.2).
func quoteSh(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// quoteFish quotes a word for fish: within single quotes a backslash escapes itself and the quote, and nothing else (fish
// documentation, "Quotes").
func quoteFish(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// quotePowerShell quotes a word for PowerShell: within single quotes a quote is doubled, and typographic ones are quotes
// too (PowerShell documentation, about_Quoting_Rules; CodeGeneration.EscapeSingleQuotedStringContent).
func quotePowerShell(s string) string {
	double := strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛")
	return "'" + double.Replace(s) + "'"
}
