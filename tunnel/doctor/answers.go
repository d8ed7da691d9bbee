package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnel/capture"
	"culvert/tunnel/project"
)

// This file has what the tunnel itself answers: files, redirects, and what pages of other origins may ask for.

// folderMissing finds folders of files that are not there, or have no page where one was asked for.
func folderMissing(ctx context.Context, p *Patient) (found []Finding) {
	for i := range p.Project.Routes {
		r := &p.Project.Routes[i]
		if r.Root == "" {
			continue
		}
		info, err := os.Stat(r.Root)
		switch {
		case err != nil:
			found = append(found, p.noFolder(r, lacking(r.Root, err)))
		case !info.IsDir():
			found = append(found, p.noFolder(r, r.Root+": it is a file"))
		case r.Fallback != "" && !isFile(r, r.Fallback):
			found = append(found, Finding{
				Severity: Warning,
				What:     fmt.Sprintf("The fallback of the route %s is not there: %s.", r.Path, r.Fallback),
				Evidence: filepath.Join(r.Root, r.Fallback) + ": there is no such file",
				Why:      "Every path that is no file gets a 404 instead of the page.",
				Fixes:    []Fix{{What: "build the page"}, p.edit("or correct fallback, which is a path below root")},
			})
		case r.Fallback == "" && !isFile(r, "index.html"):
			if n, last := p.askedInVain(ctx, r); n > 0 {
				found = append(found, Finding{
					Severity: Warning,
					What:     fmt.Sprintf("The folder of the route %s has no index.html.", r.Path),
					Evidence: fmt.Sprintf("%s was answered with 404 %s", r.Path, p.machine.times(n, last.Time)),
					Why:      "A browser that opens the address itself gets no page.",
					Fixes:    []Fix{{What: "build the page, or open a path that is there"}, p.edit("or correct root if the page is in another folder")},
				})
			}
		}
	}
	return found
}

func (p *Patient) noFolder(r *project.Route, evidence string) Finding {
	return Finding{
		Severity: Error,
		What:     fmt.Sprintf("The folder of the route %s is not there.", r.Path),
		Evidence: evidence,
		Why:      "Whatever is asked for below the path gets a 404.",
		Fixes:    []Fix{{What: "build the page, which makes the folder in most projects"}, p.edit("or correct root, which is relative to the project file")},
	}
}

// lacking is why a folder cannot be looked at, in words.
func lacking(folder string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return folder + ": there is no such folder"
	case errors.Is(err, fs.ErrPermission):
		return folder + ": this user may not look into it"
	}
	return err.Error()
}

func isFile(r *project.Route, name string) bool {
	info, err := os.Stat(filepath.Join(r.Root, filepath.FromSlash(name)))
	return err == nil && info.Mode().IsRegular()
}

// askedInVain tells how often the path of a route itself was answered with 404, and when last.
func (p *Patient) askedInVain(ctx context.Context, r *project.Route) (n int, last capture.Exchange) {
	for _, x := range p.record(ctx).missing {
		if path := pathOf(x.URL); strings.TrimSuffix(path, "/") == strings.TrimSuffix(r.Path, "/") && p.route(path) == r {
			n, last = n+1, x
		}
	}
	return n, last
}

// redirectLoop finds redirects that lead to where they begin.
func redirectLoop(_ context.Context, p *Patient) (found []Finding) {
	for i := range p.Project.Routes {
		r := &p.Project.Routes[i]
		way := []string{r.Path}
		for at := r; at != nil && at.Redirect != "" && len(way) <= len(p.Project.Routes)+1; {
			path, ours := p.leads(at, way[len(way)-1])
			if !ours {
				break
			}
			way = append(way, path)
			if at = p.route(path); at == r {
				found = append(found, Finding{
					Severity: Error,
					What:     fmt.Sprintf("The route %s redirects to itself.", r.Path),
					Evidence: safe(strings.Join(way, " → ")),
					Why:      "A browser follows some twenty redirects, then shows an error instead of the page.",
					Fixes:    []Fix{p.edit("let redirect lead to a path that another route serves, or make the route exact")},
				})
				break
			}
		}
	}
	return found
}

// leads returns where on this project a redirect of a path leads; false where it leads elsewhere. A URL without a path
// keeps the request's.
func (p *Patient) leads(r *project.Route, path string) (to string, ours bool) {
	u, err := url.Parse(r.Redirect)
	if err != nil {
		return "", false
	}
	if u.Host == "" {
		return u.Path, true
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	here := slices.ContainsFunc(slices.Concat(p.Listen, p.Project.Listen), func(addr string) bool {
		_, own, err := net.SplitHostPort(addr)
		return err == nil && own == port
	})
	if !here || !slices.Contains(p.Project.Hosts, strings.ToLower(u.Hostname())) {
		return "", false
	}
	if u.Scheme == "http" && !p.Project.RedirectHTTP && len(r.Listen) > 0 {
		return "", false // another of its addresses may answer otherwise
	}
	if u.Path == "" {
		return path, true
	}
	return u.Path, true
}

// corsRefuses finds pages of other origins that the project's [cors] turned away, and has not let in since.
func corsRefuses(ctx context.Context, p *Patient) (found []Finding) {
	if p.Project.CORS == nil {
		return nil
	}
	count, last := map[string]int{}, map[string]capture.Exchange{}
	var order []string
	for _, x := range p.record(ctx).preflights {
		if x.Err == "" {
			for why := range count {
				if last[why].URL == x.URL {
					count[why] = 0 // it may be another page's, but who has mended it asks again
				}
			}
			continue
		}
		if _, known := count[x.Err]; !known {
			order = append(order, x.Err)
		}
		count[x.Err]++
		last[x.Err] = x
	}
	for _, why := range order {
		if count[why] == 0 {
			continue
		}
		at, _, _ := strings.Cut(last[why].URL, "?") // what follows may be secret
		evidence := safe(why)
		evidence += fmt.Sprintf("; for %s, %s", safe(at), p.machine.times(count[why], last[why].Time))
		found = append(found, Finding{
			Severity: Warning,
			What:     "The project turns away what pages of another origin ask for.",
			Evidence: evidence,
			Why:      "The browser asks before (a preflight, Fetch standard); after this answer it sends nothing, and the script gets an error without a reason.",
			Fixes:    []Fix{p.edit("name the page's origin, its method and its headers in [cors], if it is yours")},
		})
	}
	return found
}
