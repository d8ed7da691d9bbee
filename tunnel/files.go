package tunnel

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// folder serves the static files of a route's root.
type folder struct {
	*route
	w   http.ResponseWriter
	r   *http.Request
	why string // what went wrong, for the record

	unlisted bool // the path is that of a folder without index.html
}

// files answers a request with a file below the route's root, and says what went wrong, "" if nothing did.
//
// SECURITY: os.Root keeps what is opened below the folder, wherever symbolic links and dot-dot lead. It is opened for each
// request, since a build may have replaced the folder.
func (rt *route) files(w http.ResponseWriter, r *http.Request) (why string) {
	f := &folder{route: rt, w: w, r: r}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff") // SECURITY: the types below are what browsers are to go by
	// A developer's file must never be stale. Without this browsers keep it for a tenth of its age (RFC 9111 §4.2.2); with
	// it they ask each time, and the ETag makes the answer a short one.
	h.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		f.refuse(http.StatusMethodNotAllowed, "route %s serves files, which are for GET and HEAD, not %.20s", rt.Path, r.Method)
		return f.why
	}
	root, err := os.OpenRoot(rt.Root)
	if err != nil {
		f.noRoot(err)
		return f.why
	}
	defer root.Close()
	if !f.found(root) {
		f.fallback(root)
	}
	return f.why
}

// refuse answers with what went wrong.
func (f *folder) refuse(status int, format string, args ...any) {
	f.why = fmt.Sprintf(format, args...)
	refusePage(f.w, status, f.why)
}

// noRoot explains a root that cannot be opened.
func (f *folder) noRoot(err error) {
	if errors.Is(err, fs.ErrNotExist) {
		f.refuse(http.StatusNotFound, "the root of route %s is not there: %s (build your page, or correct root in the project file)", f.Path, f.Root)
		return
	}
	f.refuse(http.StatusInternalServerError, "the root of route %s cannot be opened: %v (correct root in the project file)", f.Path, err)
}

// found answers with the file that the request names, or with words where it may not have that, and reports whether it
// did: else there is no such file.
func (f *folder) found(root *os.Root) bool {
	asked := normalPath(f.r.URL.Path)
	name, ok := f.name(asked)
	if !ok {
		return false
	}
	info, err := root.Stat(name)
	if err == nil && info.IsDir() {
		name = path.Join(name, "index.html")
		f.unlisted = true
		if info, err = root.Stat(name); err == nil && !strings.HasSuffix(asked, "/") && !f.Exact {
			// The links of its page are relative to it. The path is a normal one: "//host/" would be another origin.
			to := url.URL{Path: asked + "/", RawQuery: f.r.URL.RawQuery}
			f.w.Header().Set("Location", to.String())
			f.w.Header().Set("Content-Length", "0")
			f.w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}
	} else if strings.HasSuffix(asked, "/") {
		return false
	}
	switch {
	case err == nil:
		return f.send(root, name, info)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return false
	case errors.Is(err, fs.ErrPermission):
		f.refuse(http.StatusForbidden, "the file for %.80q may not be read: %v (change its mode)", f.r.URL.Path, err)
	default: // most of all a link that leads out of the folder
		f.refuse(http.StatusNotFound, "there is no file for %.80q below the root of route %s: %v", f.r.URL.Path, f.Path, err)
	}
	return true
}

// send answers with a file, or a range of it, or with 304, and reports whether it is a file at all.
func (f *folder) send(root *os.Root, name string, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() { // SECURITY: opening a pipe would wait for its other end, and a device may be anything
		return false
	}
	file, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		f.refuse(http.StatusForbidden, "the file for %.80q may not be read: %v (change its mode)", f.r.URL.Path, err)
		return true
	}
	defer file.Close()
	f.w.Header().Set("Content-Type", contentType(name, file))
	f.w.Header().Set("Etag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size())) // as nginx, but finer than a second
	http.ServeContent(f.w, f.r, "", info.ModTime(), file)
	return true
}

// fallback answers for a path that has no file: with the file of that name where somebody goes to a page that does its
// own routing, else with words. A script or an image that is missing must not become a page, which would hide that.
func (f *folder) fallback(root *os.Root) {
	if f.Fallback != "" {
		f.w.Header().Add("Vary", "Accept")
		if strings.Contains(f.r.Header.Get("Accept"), "text/html") { // which browsers send for pages and frames alone
			info, err := root.Stat(filepath.FromSlash(f.Fallback))
			if err == nil && f.send(root, filepath.FromSlash(f.Fallback), info) {
				return
			}
			f.refuse(http.StatusNotFound, "the fallback of route %s is not there: %s below %s (correct fallback in the project file)",
				f.Path, f.Fallback, f.Root)
			return
		}
	}
	if f.unlisted {
		f.refuse(http.StatusNotFound, "the folder %.80q below the root of route %s has no index.html, and folders are not listed", f.r.URL.Path, f.Path)
		return
	}
	f.refuse(http.StatusNotFound, "there is no file for %.80q below the root of route %s", f.r.URL.Path, f.Path)
}

// name is the name below root of what a path means, which is normal; false where that is nothing to be served.
func (f *folder) name(asked string) (string, bool) {
	if f.StripPrefix {
		asked = strings.TrimPrefix(asked, f.Path)
	}
	name := strings.Trim(asked, "/")
	if name == "" {
		return ".", true
	}
	// SECURITY: a backslash separates folders on Windows, and NUL ends a name for the system.
	if strings.ContainsAny(name, "\\\x00") {
		return "", false
	}
	first := true
	for segment := range strings.SplitSeq(name, "/") {
		if hidden(segment, runtime.GOOS == "windows") && !(first && segment == ".well-known") { // RFC 8615
			return "", false
		}
		first = false
	}
	name = filepath.FromSlash(name)
	return name, filepath.IsLocal(name) // SECURITY: on Windows, no devices such as NUL
}

// hidden reports whether a file of that name, and what is below it, is not for others.
//
// SECURITY: .git has the source and its history, .env has passwords. On Windows GIT~1 is another name of .git, and
// "closed." and "closed::$DATA" are others of "closed", which a route may have closed.
func hidden(name string, windows bool) bool {
	return strings.HasPrefix(name, ".") ||
		windows && (strings.ContainsAny(name, "~:") || strings.TrimRight(name, ". ") != name)
}

// contentType is the media type of a file, by its name. Of other files only those that are text by their first bytes are
// shown as such.
//
// SECURITY: no other is guessed: a file that only looks like a page must not run as one.
func contentType(name string, file io.ReadSeeker) string {
	if t := mediaTypes[strings.ToLower(filepath.Ext(name))]; t != "" {
		return t
	}
	start := make([]byte, 512)
	n, err := io.ReadFull(file, start)
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "application/octet-stream" // ServeContent says it
	}
	if text := "text/plain; charset=utf-8"; (err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) &&
		http.DetectContentType(start[:n]) == text {
		return text
	}
	return "application/octet-stream"
}
