//go:build linux

package main

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startPipe starts a backend and, in front of it, a TLS proxy that passes the backend's bytes through alter.
func startPipe(t *testing.T, alter func([]byte)) (*bench, *proxy) {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := writeCertificate(dir); err != nil {
		t.Fatal(err)
	}
	cert, err := tls.LoadX509KeyPair(filepath.Join(dir, certFile), filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	front, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = plain.Close()
		_ = front.Close()
	})
	go func() { _ = acceptBackend(plain) }()
	go func() {
		for {
			client, err := front.Accept()
			if err != nil {
				return
			}
			go pipe(client, plain.Addr().String(), alter)
		}
	}()
	b := &bench{proc: "/proc", backend: &backend{pid: os.Getpid()}, self: os.Getpid(), cpus: 2, window: 50 * time.Millisecond}
	return b, &proxy{peer: peer{name: "pipe"}, addr: front.Addr().String(), pids: []int{os.Getpid()}}
}

func pipe(client net.Conn, addr string, alter func([]byte)) {
	defer client.Close()
	server, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer server.Close()
		_, _ = io.Copy(server, client)
	}()
	buf := make([]byte, 16<<10)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		alter(buf[:n])
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

func TestEveryLoadCountsWhatPasses(t *testing.T) {
	b, x := startPipe(t, func([]byte) {})
	loads, err := parseLoads("echo,pipeline,bulk,push1k,push64k,connect,echo@1000")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads {
		t.Run(l.name, func(t *testing.T) {
			before := x.frames
			s, err := b.measure(t.Context(), l, x)
			if err != nil {
				t.Fatal(err)
			}
			if s.Rate <= 0 || s.CPUMessage <= 0 || s.Megabytes <= 0 || x.frames <= before {
				t.Errorf("sample %+v, %d frames", s, x.frames-before)
			}
			if l.kind != kindPush && (s.P50 <= 0 || s.P99 < s.P50) {
				t.Errorf("p50 %v µs, p99 %v µs", s.P50, s.P99)
			}
		})
	}
}

func TestAnAlteredByteEndsTheRun(t *testing.T) {
	b, x := startPipe(t, func(p []byte) {
		if len(p) > 8000 {
			p[8000] ^= 1
		}
	})
	for _, name := range []string{"bulk", "push64k"} {
		l, _ := findLoad(knownLoads(), name)
		if _, err := b.measure(t.Context(), l, x); !errors.Is(err, errOtherBytes) {
			t.Errorf("%s: error %v, want %v", name, err, errOtherBytes)
		}
	}
}
