package nginx

import (
	"strings"
	"testing"
)

// sent is the path that a route asks the backend for, as the tunnel makes it of a request's.
func sent(r *route, prefix, path string) string {
	if r.strip {
		path = "/" + strings.TrimPrefix(strings.TrimPrefix(path, r.path), "/")
	}
	return strings.TrimSuffix(prefix, "/") + path
}

// TestABackendIsAskedForThePathThatNginxAsksFor tries every kind of location with every kind of path in proxy_pass. What
// is different is said.
func TestABackendIsAskedForThePathThatNginxAsksFor(t *testing.T) {
	exactly := 0
	for _, path := range []string{"/", "/a", "/a/", "/a/b", "/a/b/"} {
		for _, uri := range []string{"/", "/x", "/x/", "/a", "/a/", "/x/a", "/x/a/", "/x/y/", "/xa"} {
			for _, exact := range []bool{false, true} {
				r := &route{path: path, exact: exact}
				prefix, differs, fault := target{host: "b", uri: uri, hasURI: true}.mapped(r)
				if fault != "" {
					continue
				}
				requests := []string{path}
				if !exact {
					requests = append(requests, path+"foo", strings.TrimSuffix(path, "/")+"/foo", strings.TrimSuffix(path, "/")+"/foo/")
				}
				same := true
				for _, request := range requests {
					if want := uri + strings.TrimPrefix(request, path); sent(r, prefix, request) != want {
						same = false
						if differs == "" {
							t.Errorf("location %s with proxy_pass http://b%s: %s becomes %s, in nginx %s, and nothing is said",
								path, uri, request, sent(r, prefix, request), want)
						}
					}
				}
				if same && differs != "" {
					t.Errorf("location %s with proxy_pass http://b%s does the same, and it is said: %s", path, uri, differs)
				}
				if same {
					exactly++
				}
			}
		}
	}
	if exactly < 30 {
		t.Errorf("only %d of the cases are exact", exactly)
	}
}
