package doctor

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"culvert/tunnel/project"
)

// Bounds of what is fetched of pages.
const (
	maxBody    = 1 << 20 // bytes of a page or a script
	maxFetched = 3       // pages
	maxScripts = 20      // of all pages
	fetchTime  = 2 * time.Second
)

// page is a page of the project, with its scripts.
type page struct {
	part
	from     string // the backend
	header   http.Header
	scripts  []part
	upgraded bool // it has the browser make wss:// of ws://
}

// part is a text, and where it is.
type part struct {
	url  string // as the browser has it: path and query
	body []byte
}

// pages fetches the project's pages from its backends: those that browsers fetched last, else the start page.
func (p *Patient) pages(ctx context.Context) []page {
	return p.fetched.get(func() (list []page) {
		ctx, cancel := context.WithTimeout(ctx, fetchTime)
		defer cancel()
		f := &fetcher{patient: p, clients: map[*url.URL]*http.Client{}}
		defer f.close()
		scripts := 0
		for _, path := range p.pagePaths(ctx) {
			pg, ok := f.page(ctx, path)
			if !ok {
				continue
			}
			for _, src := range sources(pg.body, path) {
				if scripts++; scripts > maxScripts {
					break
				}
				if body, _, _, ok := f.get(ctx, src); ok {
					pg.scripts = append(pg.scripts, part{src, body})
				}
			}
			list = append(list, pg)
		}
		return list
	})
}

// pagePaths are the paths of the pages to be looked at.
func (p *Patient) pagePaths(ctx context.Context) (paths []string) {
	for _, x := range slices.Backward(p.record(ctx).pages) {
		u, err := url.Parse(x.URL)
		if err == nil && x.Method == http.MethodGet && !slices.Contains(paths, u.EscapedPath()) && len(paths) < maxFetched {
			paths = append(paths, u.EscapedPath()) // SECURITY: not the query, which may hold a secret that is good for once
		}
	}
	if len(paths) == 0 {
		paths = append(paths, "/")
	}
	return paths
}

// fetcher fetches from the backends of a project what a browser fetches through its tunnel.
type fetcher struct {
	patient *Patient
	clients map[*url.URL]*http.Client
}

// close lets go of idle connections.
func (f *fetcher) close() {
	for _, c := range f.clients {
		c.CloseIdleConnections()
	}
}

// page fetches a page.
func (f *fetcher) page(ctx context.Context, path string) (page, bool) {
	body, from, header, ok := f.get(ctx, path)
	if !ok || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		return page{}, false
	}
	policy := header.Get("Content-Security-Policy") + string(body)
	return page{
		part: part{path, body}, from: from, header: header,
		upgraded: strings.Contains(policy, "upgrade-insecure-requests"),
	}, true
}

// get fetches what a path leads to, from the first of the backends that answers; false for anything but a 200.
func (f *fetcher) get(ctx context.Context, path string) (body []byte, from string, h http.Header, ok bool) {
	plainPath, err := url.PathUnescape(path)
	if err != nil {
		return nil, "", nil, false
	}
	r := f.patient.pageRoute(plainPath)
	if r == nil {
		return nil, "", nil, false
	}
	for _, to := range r.To {
		resp, err := f.ask(ctx, r, to, plainPath)
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		body, _ = io.ReadAll(io.LimitReader(resp.Body, maxBody))
		return body, to.String(), resp.Header, resp.StatusCode == http.StatusOK
	}
	return nil, "", nil, false
}

// ask asks one backend for a path.
func (f *fetcher) ask(ctx context.Context, r *project.Route, to *url.URL, path string) (*http.Response, error) {
	host := f.patient.authority()
	scheme := map[speech]string{plain: "http", secure: "https"}[wanted(to)]
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+host+target(r, to, path), nil)
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"User-Agent": {userAgent}, "Accept": {"text/html,*/*"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {host},
	}
	for name, value := range r.SetHeaders {
		req.Header.Set(name, value)
	}
	return f.client(to).Do(req)
}

// client asks one backend, whatever the address says.
func (f *fetcher) client(to *url.URL) *http.Client {
	if c := f.clients[to]; c != nil {
		return c
	}
	own, _ := addresses(to)
	host := to.Hostname()
	c := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{ServerName: host, InsecureSkipVerify: loopbackName(host)},
			DialContext: func(ctx context.Context, _, _ string) (c net.Conn, err error) {
				for _, addr := range own {
					if c, err = dial(ctx, to, addr); err == nil {
						return c, nil
					}
				}
				return nil, err
			},
		},
	}
	f.clients[to] = c
	return c
}

// pageRoute is the route that takes a path, nil where it leads to no pages of a backend.
func (p *Patient) pageRoute(path string) *project.Route {
	r := p.route(path)
	if r == nil || len(r.To) == 0 || r.To[0].Scheme == "ws" || r.To[0].Scheme == "wss" {
		return nil
	}
	return r
}

// scriptSource is the address of a script, or of a module that is loaded ahead.
var scriptSource = regexp.MustCompile(`(?i)<script\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)`)

// sources returns the paths of the page's scripts that come from the page's own address.
func sources(body []byte, path string) (list []string) {
	base := &url.URL{Path: path}
	for _, m := range scriptSource.FindAllSubmatch(body, -1) {
		u, err := base.Parse(string(m[1]))
		if err == nil && u.Host == "" && u.Scheme == "" && !slices.Contains(list, u.EscapedPath()) {
			list = append(list, u.EscapedPath())
		}
	}
	return list
}
