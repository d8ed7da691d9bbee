package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"culvert/certs/trust/browser"
	"culvert/cmd/internal/app"
	"culvert/tunnel/control"

	"github.com/spf13/cobra"
)

// openOptions are the flags of open.
type openOptions struct {
	isolated bool
	browser  string
	asJSON   bool
}

func newOpen() *cobra.Command {
	var o openOptions
	c := &cobra.Command{
		Use:   "open [N]",
		Short: "Open a project's page in a browser",
		Long: `Open the page of a project that is on, or of the only one, in the default browser or in the one that --browser names.

With --isolated it is a browser with a profile of its own, which accepts the project's certificates though no trust store
of the machine has the CA: for machines on which none may be changed, and to see a page without one's own profile. It
believes nothing else that a browser would not. The profile is removed when the browser ends; until then, culvert open
waits. Ctrl-C ends the browser. A culvert that is started anew has other keys: open the page anew then.`,
		Example: `  culvert open
  culvert open web-chat --isolated
  culvert open web-chat --isolated --browser firefox`,
		Args: atMost(1, "the name of a project, or none for the only one that is on"), ValidArgsFunction: completeProject,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := projectToOpen(c, args)
			if err != nil {
				return err
			}
			return o.open(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), p)
		},
	}
	c.Flags().BoolVar(&o.isolated, "isolated", false, "in a browser of its own, which needs no trust store")
	c.Flags().StringVar(&o.browser, "browser", "", "the browser's `name`, such as google-chrome, or its kind, chromium or firefox")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	return c
}

// projectToOpen returns the named project, or the only one that is on.
func projectToOpen(c *cobra.Command, names []string) (control.Project, error) {
	var all []control.Project
	err := withProjects(c, func(p app.Projects) (err error) {
		all, err = p.Projects(c.Context())
		return err
	})
	if err != nil {
		return control.Project{}, err
	}
	if len(names) > 0 {
		i := slices.IndexFunc(all, func(p control.Project) bool { return p.Name == names[0] })
		switch {
		case i < 0:
			return control.Project{}, fmt.Errorf("project %s: not known (culvert list shows the projects)", names[0])
		case len(all[i].URLs) == 0:
			return control.Project{}, fmt.Errorf("project %s: %s (it must be on, and culvert must run)", names[0], stateWord(all[i]))
		}
		return all[i], nil
	}
	on := slices.DeleteFunc(all, func(p control.Project) bool { return len(p.URLs) == 0 })
	switch len(on) {
	case 0:
		return control.Project{}, errors.New("open: no project is on (culvert on N switches one on, culvert run serves it)")
	case 1:
		return on[0], nil
	}
	var choice []string
	for _, p := range on {
		choice = append(choice, p.Name)
	}
	return control.Project{}, fmt.Errorf("open: several projects are on (name one of %s)", strings.Join(choice, ", "))
}

// opened is what was opened, as --json prints it.
type opened struct {
	Project  string `json:"project"`
	URL      string `json:"url"`
	Browser  string `json:"browser,omitempty"` // empty for the default one
	Isolated bool   `json:"isolated"`
	Profile  string `json:"profile,omitempty"` // folder of an isolated browser, while it runs
}

func (o openOptions) open(ctx context.Context, out, errOut io.Writer, p control.Project) error {
	done := opened{Project: p.Name, URL: p.URLs[0] + "/", Isolated: o.isolated}
	if o.browser == "" && !o.isolated {
		if err := browser.Open(os.Environ(), done.URL); err != nil {
			return err
		}
		return o.print(out, done)
	}
	b, err := browser.Choose(browser.Find(os.Environ()), o.browser)
	if err != nil {
		return err
	}
	done.Browser = b.Name
	if o.isolated {
		return o.isolate(ctx, out, errOut, p, b, done)
	}
	if err := b.Open(os.Environ(), done.URL); err != nil {
		return err
	}
	return o.print(out, done)
}

// isolate shows the page in an isolated browser until that ends.
func (o openOptions) isolate(ctx context.Context, out, errOut io.Writer, p control.Project, b browser.Browser, done opened) error {
	folders, err := app.FindFolders()
	if err != nil {
		return err
	}
	roots, err := loadRoots(folders, errOut)
	if err != nil {
		return err
	}
	var servers []browser.Server
	for i, url := range p.URLs {
		s, err := browser.Meet(ctx, url, roots...)
		switch {
		case err == nil:
			servers = append(servers, s)
		case i == 0:
			return err
		}
		// The page may do without its other names; one in no hosts file leads nowhere.
	}
	profile, err := b.Isolate(ctx, folders.Browsers(), os.Environ(), servers, roots...)
	if err != nil {
		return err
	}
	done.Profile = profile.Folder
	if err = o.print(out, done); err == nil {
		err = profile.Show(ctx, os.Environ(), done.URL)
	}
	return errors.Join(err, profile.Remove())
}

func (o openOptions) print(out io.Writer, done opened) error {
	if o.asJSON {
		return newLineEncoder(out).Encode(done) // a line, to be read while the browser runs
	}
	where := "the default browser"
	switch {
	case done.Isolated:
		where = "an isolated " + done.Browser + ", until it is closed"
	case done.Browser != "":
		where = done.Browser
	}
	_, err := fmt.Fprintf(out, "%s  %s  in %s\n", done.Project, done.URL, where)
	return err
}
