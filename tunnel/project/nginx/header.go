package nginx

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"culvert/tunnel/project"
)

// header is a header that the backend gets.
type header struct{ name, value string }

// sentAnyway are the values by which configurations set the headers that Culvert sends, too, by the header.
var sentAnyway = map[string][]string{
	"X-Real-Ip":         {"$remote_addr"},
	"X-Forwarded-For":   {"$proxy_add_x_forwarded_for"},
	"X-Forwarded-Proto": {"$scheme"},
	"X-Forwarded-Host":  {"$host", "$http_host", "$host:$server_port"},
}

// header reads the headers that a location's backend gets.
func (sv *server) header(r *route, pass *directive, t target, s *scope) {
	var hasHost, hasForwarded bool
	for _, d := range s.list("proxy_set_header") {
		name, value := http.CanonicalHeaderKey(d.arg(0)), strings.Join(d.args[min(1, len(d.args)):], " ")
		value = strings.ReplaceAll(strings.ReplaceAll(value, "${", "$"), "}", "")
		hasForwarded = hasForwarded || sentAnyway[name] != nil
		if name == "Host" {
			hasHost = true
			sv.hostHeader(r, d, value, t)
			continue
		}
		sv.setHeader(r, d, name, value)
	}
	if !hasHost {
		sv.ownHost(r, pass, t)
	}
	if !hasForwarded {
		sv.notes.add(Different, pass, "the backend also gets X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host and X-Real-IP, which nginx does not send unasked")
	}
	if d := s.get("proxy_pass_request_headers"); d != nil && d.arg(0) == "off" {
		sv.notes.add(NotCarried, d, "the headers of a request are passed on")
	}
}

// hostHeader is proxy_set_header Host.
func (sv *server) hostHeader(r *route, d *directive, value string, t target) {
	switch value {
	case "$http_host":
	case "$host":
		sv.notes.add(Different, d, "nginx takes the port off; here the backend sees Host as the browser sent it")
	case "$host:$server_port", "$host:$proxy_port", "$http_host:$server_port":
		sv.notes.add(Different, d, "here the backend sees Host as the browser sent it")
	case "$proxy_host":
		sv.ownHost(r, d, t)
	case "$server_name":
		if sv.anyName == "" || len(sv.names) == 0 {
			sv.notes.add(NotCarried, d, "the server has no name; the backend sees Host as the browser sent it")
			return
		}
		sv.literalHost(r, d, sv.names[0])
	case "":
		sv.notes.add(NotCarried, d, "a request without Host is none in HTTP/1.1; the backend sees Host as the browser sent it")
	default:
		if strings.Contains(value, "$") {
			sv.notes.add(NotCarried, d, "there are no variables here; the backend sees Host as the browser sent it")
			return
		}
		sv.literalHost(r, d, value)
	}
}

// ownHost is what nginx sends as Host unless it is told: what stands in proxy_pass.
func (sv *server) ownHost(r *route, d *directive, t target) {
	switch {
	case strings.HasPrefix(t.host, "unix:"):
		sv.literalHost(r, d, "localhost")
	case sv.im.upstreams[t.host] != nil:
		sv.literalHost(r, d, t.host)
	default:
		r.host = project.HostUpstream
	}
}

// literalHost makes the backend see a host. The two words of the key stand for something else than a host.
func (sv *server) literalHost(r *route, d *directive, host string) {
	if refused("host", project.Quote(host)) == "" && host != project.HostPreserve && host != project.HostUpstream {
		r.host = host
		return
	}
	if with := host + ":80"; refused("host", project.Quote(with)) == "" {
		r.host = with
		sv.notes.add(Different, d, fmt.Sprintf("nginx sends %s as Host, a word that a project file does not take for a host; here it is %s", host, with))
		return
	}
	sv.notes.add(NotCarried, d, fmt.Sprintf("%q is no host; the backend sees Host as the browser sent it", host))
}

// setHeader is proxy_set_header for another header than Host.
func (sv *server) setHeader(r *route, d *directive, name, value string) {
	same := "$http_" + strings.ReplaceAll(strings.ToLower(name), "-", "_")
	switch {
	case slices.Contains([]string{"Connection", "Upgrade", "Keep-Alive", "Te", "Transfer-Encoding", "Content-Length"}, name),
		strings.HasPrefix(name, "Sec-Websocket-"):
		sv.notes.add(Needless, d, "the tunnel carries the upgrade itself")
	case slices.Contains(sentAnyway[name], value), value == same:
		sv.notes.add(Needless, d, "the backend gets it anyway")
	case name == "X-Forwarded-For" && value == "$remote_addr":
		sv.notes.add(Different, d, "the client's address is put behind those that the request brings")
	case name == "X-Forwarded-Proto" && value == "$http_x_forwarded_proto":
		sv.notes.add(Different, d, "it says how the request came here")
	case value == "":
		sv.notes.add(NotCarried, d, "a header of a request cannot be taken out")
	case value == "$server_name" && len(sv.names) > 0:
		sv.addHeader(r, d, name, sv.names[0])
	case value == "$server_port" && sv.port() != "":
		sv.addHeader(r, d, name, sv.port())
	case value == "$remote_addr" || value == "$proxy_add_x_forwarded_for" || value == "$binary_remote_addr":
		sv.notes.add(NotCarried, d, "there are no variables here; the client's address is in X-Real-IP and X-Forwarded-For")
	case strings.Contains(value, "$"):
		sv.notes.add(NotCarried, d, "there are no variables here")
	default:
		sv.addHeader(r, d, name, value)
	}
}

// addHeader makes the backend get a header.
func (sv *server) addHeader(r *route, d *directive, name, value string) {
	if fault := refused("set_headers", "{ "+project.Quote(name)+" = "+project.Quote(value)+" }"); fault != "" {
		sv.notes.add(NotCarried, d, fault)
		return
	}
	for _, h := range r.headers {
		if h.name == name {
			sv.notes.add(NotCarried, d, "a header has one value")
			return
		}
	}
	r.headers = append(r.headers, header{name, value})
}

// port is the one that all of the server's addresses have, "" if they differ.
func (sv *server) port() (port string) {
	for _, l := range sv.listens {
		_, p, _ := splitListen(l.addr)
		if port != "" && p != port {
			return ""
		}
		port = p
	}
	return port
}

// refused says why a route cannot have a value, written as in the file, under a key; "" if it can.
func refused(key, value string) string {
	_, err := project.Parse("", []byte("name = \"a\"\n[[route]]\nto = [\"http://127.0.0.1\"]\n"+key+" = "+value+"\n"))
	return fault(err)
}

// refusedPath says why a route cannot have a path, "" if it can.
func refusedPath(path string) string { return refused("path", project.Quote(path)) }

// refusedTop says why a project cannot have a value under a key above its tables, "" if it can.
func refusedTop(key, value string) string {
	_, err := project.Parse("", []byte("name = \"a\"\n"+key+" = "+value+"\n[[route]]\nto = [\"http://127.0.0.1\"]\n"))
	return fault(err)
}

// fault is the text of the first problem of a project file.
func fault(err error) string {
	problems, ok := err.(project.Errors)
	switch {
	case err == nil:
		return ""
	case !ok:
		return err.Error()
	}
	return withoutPlace(problems[0])
}

// withoutPlace is a problem without the file and the line, which are of a text that is nobody's file.
func withoutPlace(p project.Problem) string {
	p.File = ""
	return p.Error()
}

// refusedTail says why a project cannot have tables, "" if it can.
func refusedTail(tables string) string {
	_, err := project.Parse("", []byte("name = \"a\"\n[[route]]\nto = [\"http://127.0.0.1\"]\n"+tables))
	return fault(err)
}
