package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/cmd/internal/app"
	"culvert/tunnel/project/nginx"

	"github.com/spf13/cobra"
)

func newImport() *cobra.Command {
	c := &cobra.Command{
		Use:   "import KIND",
		Short: "Make project files of another program's configuration",
		Long: `Make project files of another program's configuration, and say what they cannot do as it did. KIND is nginx:
culvert import nginx --help tells more.`,
		Example: `  culvert import nginx /etc/nginx/nginx.conf --out culvert`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return &usageError{c, fmt.Errorf("knows nginx, not %q", args[0])}
		},
	}
	c.AddCommand(newImportNginx())
	return c
}

// importOptions are the flags of import nginx.
type importOptions struct {
	nginx.Options
	force, asJSON, verbose bool
}

func newImportNginx() *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "nginx FILE…",
		Short: "Make project files of an nginx configuration",
		Long: `Make project files of an nginx configuration: nginx.conf with all that it includes, a file of conf.d, or a single
server block. Several files are read as if one included them. The configuration itself is only read.

Servers with a name in common, or without a name, become one project, NAME.toml in the folder that --out names, else in
this one. Comments in the files say where each part is from. A file that is there already is replaced only with --force.

Nothing is guessed silently, and nothing becomes more open than it was: everything listens on loopback only. What became
of the rest is printed, with file, line and reason:

  careful       it kept somebody out in nginx, and nothing in the project file does: look at these first
  not carried   there is nothing that would do the same
  insecure      dropped on purpose: old protocols, broken ciphers
  different     it is carried, and does something else from then on
  needless      nothing has to be done for it here (with --verbose)

The exit code is 0 if something was written, 1 if nothing could be.`,
		Example: `  culvert import nginx /etc/nginx/nginx.conf --out culvert
  culvert import nginx chat.conf && culvert add chat.toml
  culvert import nginx imserver.conf appserver.conf web.conf
  culvert import nginx chat.conf --out -         # to standard output`,
		Args: atLeast(1, "at least one file of nginx"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.asJSON && o.Out == "-" {
				return &usageError{c, errors.New("--json and --out - exclude each other")}
			}
			return o.run(c.OutOrStdout(), c.ErrOrStderr(), args)
		},
	}
	c.Flags().StringVar(&o.Out, "out", ".", "the `folder` to write to; - prints the files instead")
	c.Flags().StringVar(&o.Prefix, "prefix", "", "nginx's -p: the `folder` that root and alias are relative to (default the one above conf, else the file's)")
	c.Flags().BoolVar(&o.force, "force", false, "replace files that are there")
	c.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "list also what needs nothing here")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	return c
}

// importedFile is a project file as import --json prints it.
type importedFile struct {
	Name  string         `json:"name"`
	File  string         `json:"file"`
	Notes []importedNote `json:"notes"`
}

// importedNote is a note as import --json prints it.
type importedNote struct {
	Kind      nginx.Kind      `json:"kind"`
	Places    []importedPlace `json:"places"`
	Directive string          `json:"directive"`
	Why       string          `json:"why"`
}

type importedPlace struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// run reads the configuration, writes the project files and tells what became of it.
func (o *importOptions) run(out, errOut io.Writer, files []string) error {
	printed := o.Out == "-"
	options := o.Options
	if printed {
		options.Out = "."
	}
	result, err := nginx.Read(files, options)
	if err != nil {
		return fmt.Errorf("import nginx: %w", err)
	}
	var names []string
	for _, f := range result.Files {
		names = append(names, filepath.Join(options.Out, f.Project.Name+".toml"))
	}
	report := out
	if printed {
		report = errOut
		for i, f := range result.Files {
			if i > 0 {
				fmt.Fprintln(out)
			}
			if _, err := out.Write(f.Text); err != nil {
				return err
			}
		}
	} else if err := o.write(names, result.Files); err != nil {
		return err
	}
	if o.asJSON {
		err = o.printJSON(out, names, result)
	} else {
		err = o.tell(report, names, result, printed)
	}
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("import nginx: %s: nothing in it can be carried (the list above says why)", files[0])
		if o.asJSON {
			err = errSilent
		}
	}
	return err
}

// write writes the project files: all of them, or none if one is there already.
func (o *importOptions) write(names []string, files []nginx.File) error {
	for _, name := range names {
		if _, err := os.Lstat(name); err == nil && !o.force {
			return fmt.Errorf("import nginx: %s is there already (choose another folder with --out, or add --force)", name)
		}
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return cannotWrite("import nginx", o.Out, err)
	}
	for i, name := range names {
		put := writeNewFile
		if o.force {
			put = writeFile
		}
		text := func(w io.Writer) error { _, err := w.Write(files[i].Text); return err }
		if err := put("import nginx", name, text); err != nil {
			return err
		}
	}
	return nil
}

func (o *importOptions) printJSON(out io.Writer, names []string, result *nginx.Import) error {
	state := struct {
		Files []importedFile `json:"files"`
		Notes []importedNote `json:"notes"`
	}{[]importedFile{}, importedNotes(result.Notes)}
	for i, f := range result.Files {
		state.Files = append(state.Files, importedFile{f.Project.Name, names[i], importedNotes(f.Notes)})
	}
	return printJSON(out, state)
}

func importedNotes(notes []nginx.Note) []importedNote {
	list := []importedNote{}
	for _, n := range notes {
		var places []importedPlace
		for _, p := range n.Places {
			places = append(places, importedPlace(p))
		}
		list = append(list, importedNote{n.Kind, places, n.Directive, n.Why})
	}
	return list
}

// tell prints what was written, and what became of the rest.
func (o *importOptions) tell(w io.Writer, names []string, result *nginx.Import, printed bool) error {
	var b strings.Builder
	shared := nginx.Shared(result.Files)
	for i, f := range result.Files {
		if i > 0 {
			b.WriteString("\n")
		}
		if printed {
			fmt.Fprintf(&b, "%s\n", f.Project.Name)
		} else {
			fmt.Fprintf(&b, "%s written\n", app.Printable(names[i]))
		}
		o.notes(&b, slices.DeleteFunc(slices.Clone(f.Notes), func(n nginx.Note) bool {
			return slices.ContainsFunc(shared, n.Same)
		}))
	}
	for _, more := range []struct {
		title string
		notes []nginx.Note
	}{{"in several of them", shared}, {"in the configuration as a whole", result.Notes}} {
		var list strings.Builder
		if o.notes(&list, more.notes); list.Len() > 0 {
			if b.Len() > 0 {
				b.WriteString("\n")
			}
			b.WriteString(more.title + "\n" + list.String())
		}
	}
	if len(names) > 0 && !printed {
		them := "them"
		if len(names) == 1 {
			them = "it"
		}
		fmt.Fprintf(&b, "\nculvert add %s makes %s known\n", app.Printable(strings.Join(names, " ")), them)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// notes prints notes by kind.
func (o *importOptions) notes(b *strings.Builder, notes []nginx.Note) {
	var kind nginx.Kind
	for _, n := range notes {
		if n.Kind == nginx.Needless && !o.verbose {
			continue
		}
		if n.Kind != kind {
			kind = n.Kind
			fmt.Fprintf(b, "  %s:\n", kind)
		}
		fmt.Fprintf(b, "    %s %s: %s\n", nginx.Where(n.Places, app.Printable), app.Printable(n.Directive), app.Printable(n.Why))
	}
}
