//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"
)

// A peer is one TLS proxy that can stand in front of the backend: how to configure and to start it.
type peer struct {
	name    string
	binary  string   // looked up in PATH, or a path
	pkg     string   // the Debian package that brings it
	config  string   // template of its configuration, executed with a site
	file    string   // what the configuration's file is called
	args    []string // of its command line; each is a template too
	subject bool     // the product that is measured, not one it is compared with

	// attached is a proxy that runs already and leads to the backend's address: nothing is started.
	attached    string // host:port
	attachedPID int
}

// site is what a peer's configuration is made of.
type site struct {
	Dir     string // the peer's own folder
	Config  string // its configuration file
	Addr    string // listens here
	Backend string // leads here
	Cert    string // certificate, PEM
	Key     string // its key
	CertKey string // both in one file
}

// knownPeers are the proxies of the comparison, each with the configuration that its manual gives for WebSockets and
// its own defaults for the rest: threads, buffers, tickets. None of them logs requests. All have the same
// certificate and TLS 1.3 with AES-128-GCM, which Go chooses by itself.
func knownPeers() []peer {
	return []peer{
		{
			name: "haproxy", binary: "haproxy", pkg: "haproxy", file: "haproxy.cfg",
			args: []string{"-q", "-db", "-f", "{{.Config}}"},
			config: `global
	ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
	ssl-default-bind-options ssl-min-ver TLSv1.3
defaults
	mode http
	option forwardfor
	timeout connect 5s
	timeout client 60s
	timeout server 60s
	timeout tunnel 1h
frontend tls
	bind {{.Addr}} ssl crt {{.CertKey}} alpn h2,http/1.1
	default_backend plain
backend plain
	server one {{.Backend}}
`,
		},
		{
			name: "nginx", binary: "nginx", pkg: "nginx", file: "nginx.conf",
			args: []string{"-p", "{{.Dir}}/", "-c", "{{.Config}}", "-e", "stderr"},
			config: `daemon off;
pid {{.Dir}}/nginx.pid;
error_log stderr error;
worker_processes auto;
worker_rlimit_nofile 20000;
events { worker_connections 8192; }
http {
	access_log off;
	client_body_temp_path {{.Dir}}/body;
	proxy_temp_path {{.Dir}}/proxy;
	fastcgi_temp_path {{.Dir}}/fastcgi;
	uwsgi_temp_path {{.Dir}}/uwsgi;
	scgi_temp_path {{.Dir}}/scgi;
	map $http_upgrade $connection_upgrade { default upgrade; '' close; }
	server {
		listen {{.Addr}} ssl http2;
		ssl_certificate {{.Cert}};
		ssl_certificate_key {{.Key}};
		ssl_protocols TLSv1.3;
		ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
		ssl_session_cache shared:SSL:10m;
		location / {
			proxy_pass http://{{.Backend}};
			proxy_http_version 1.1;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection $connection_upgrade;
			proxy_set_header Host $host;
			proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
			proxy_read_timeout 1h;
			proxy_send_timeout 1h;
		}
	}
}
`,
		},
		{
			name: "caddy", binary: "caddy", pkg: "caddy", file: "Caddyfile",
			args: []string{"run", "--config", "{{.Config}}", "--adapter", "caddyfile"},
			config: `{
	admin off
	auto_https disable_redirects
	servers {
		protocols h1 h2
	}
}
https://localhost:{{.Port}}, https://{{.Addr}} {
	bind 127.0.0.1
	tls {{.Cert}} {{.Key}} {
		protocols tls1.3
	}
	reverse_proxy {{.Backend}}
}
`,
		},
		culvertPeer("culvert", filepath.Join("bin", "culvert")),
	}
}

// projectName is the name of the project that a culvert under test serves.
const projectName = "bench"

// culvertPeer is the product, from any of its builds.
func culvertPeer(name, binary string) peer {
	return peer{
		name: name, binary: binary, file: "culvert.toml", subject: true,
		args: []string{"run", "--project", "{{.Config}}"},
		config: `name = "` + projectName + `"
listen = ["{{.Addr}}"]

[[route]]
path = "/"
to = ["ws://{{.Backend}}"]
`,
	}
}

// Port is the port of Addr.
func (s site) Port() string {
	_, port, _ := net.SplitHostPort(s.Addr)
	return port
}

// proxy is a peer that runs.
type proxy struct {
	peer
	addr   string
	pids   []int // the process and its descendants
	frames int64 // WebSocket frames that have passed, both ways, Close included

	home   string // the process's HOME, and CULVERT_HOME
	cmd    *exec.Cmd
	log    *bytes.Buffer // of the process; read it after exited is closed
	exited chan struct{}
}

// start starts p in a folder of its own under dir and waits until a WebSocket opens through it.
func (p peer) start(ctx context.Context, dir, backend string, extra []string) (*proxy, error) {
	if p.attached != "" {
		return p.attach(ctx)
	}
	binary, err := exec.LookPath(p.binary)
	if err != nil {
		fix := "apt-get install " + p.pkg
		if p.subject {
			fix = "make build"
		}
		return nil, fmt.Errorf("%s: %s is not there (%s, or leave it out with -peers)", p.name, p.binary, fix)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return nil, err
	}
	s, args, err := p.configure(dir, backend)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	x := &proxy{peer: p, addr: s.Addr, home: s.Dir, log: new(bytes.Buffer), exited: make(chan struct{})}
	x.cmd = exec.Command(binary, append(args, extra...)...)
	x.cmd.Dir = s.Dir
	x.cmd.Env = x.environ()
	x.cmd.Stdout, x.cmd.Stderr = x.log, x.log
	// A process group of its own, for a Ctrl-C on the terminal is this program's to handle; and no proxy outlives it.
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := x.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	go func() {
		_ = x.cmd.Wait()
		close(x.exited)
	}()
	if err := x.waitReady(ctx); err != nil {
		x.stop()
		return nil, fmt.Errorf("%s: %w\n%s", p.name, err, x.log)
	}
	x.pids, err = procFS("/proc").tree(x.cmd.Process.Pid)
	if err != nil {
		x.stop()
		return nil, err
	}
	return x, nil
}

// environ gives the process, and a culvert that asks it, folders of its own.
func (x *proxy) environ() []string {
	return append(os.Environ(), "HOME="+x.home, "CULVERT_HOME="+x.home, "XDG_DATA_HOME="+x.home, "XDG_CONFIG_HOME="+x.home)
}

func (p peer) attach(ctx context.Context) (*proxy, error) {
	pids, err := procFS("/proc").tree(p.attachedPID)
	if err != nil {
		return nil, err
	}
	x := &proxy{peer: p, addr: p.attached, pids: pids, exited: make(chan struct{})}
	return x, x.waitReady(ctx)
}

// configure writes the peer's configuration and returns what it was made of and the command line.
func (p peer) configure(dir, backend string) (site, []string, error) {
	own, err := os.MkdirTemp(dir, p.name+"-")
	if err != nil {
		return site{}, nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return site{}, nil, err
	}
	s := site{
		Dir: own, Config: filepath.Join(own, p.file), Addr: addr, Backend: backend,
		Cert: filepath.Join(dir, certFile), Key: filepath.Join(dir, keyFile), CertKey: filepath.Join(dir, certKeyFile),
	}
	text, err := expand(p.config, s)
	if err != nil {
		return site{}, nil, err
	}
	if err := os.WriteFile(s.Config, []byte(text), 0o600); err != nil {
		return site{}, nil, err
	}
	var args []string
	for _, a := range p.args {
		arg, err := expand(a, s)
		if err != nil {
			return site{}, nil, err
		}
		args = append(args, arg)
	}
	return s, args, nil
}

func expand(text string, s site) (string, error) {
	t, err := template.New("").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, s)
	return b.String(), err
}

// freeAddr returns a loopback address that was free a moment ago.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// waitReady opens WebSockets until one works, the process ends, or time is up.
func (x *proxy) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for {
		err := probe(ctx, x)
		if err == nil {
			return nil
		}
		select {
		case <-x.exited:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("no WebSocket opens through it: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// probe opens a WebSocket and closes it again.
func probe(ctx context.Context, x *proxy) error {
	c, err := dial(ctx, x, echoPath)
	if err != nil {
		return err
	}
	defer c.hangUp()
	x.frames += 2
	return c.closeAfter(0)
}

// stop ends the process, politely first, and all that it has started.
func (x *proxy) stop() {
	if x.cmd == nil {
		return
	}
	_ = x.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-x.exited:
		return
	case <-time.After(5 * time.Second):
	}
	if pids, err := procFS("/proc").tree(x.cmd.Process.Pid); err == nil {
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	<-x.exited
}

// parseAttached reads "host:port,pid".
func parseAttached(text string) (peer, error) {
	addr, pidText, found := strings.Cut(text, ",")
	pid, err := strconv.Atoi(pidText)
	if !found || err != nil {
		return peer{}, fmt.Errorf("-addr %q: want host:port,pid", text)
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return peer{}, fmt.Errorf("-addr %q: %w", text, err)
	}
	return peer{name: "pid " + pidText, subject: true, attached: addr, attachedPID: pid}, nil
}
