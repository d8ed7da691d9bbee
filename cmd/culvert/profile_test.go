package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestARunLeavesAProfile(t *testing.T) {
	m := newMachine(t)
	file := filepath.Join(m.home, "cpu.prof")
	app, _ := m.run("--cpuprofile", file)
	if code := app.end(os.Interrupt); code != 0 {
		t.Errorf("exit code %d", code)
	}
	profile, err := os.ReadFile(file)
	if gzipped := []byte{0x1f, 0x8b}; err != nil || !bytes.HasPrefix(profile, gzipped) {
		t.Errorf("the profile begins with % x (%v)", profile[:min(len(profile), 8)], err)
	}
	if r := m.do("run", "--cpuprofile", m.home); r.code != 1 || !strings.HasPrefix(r.err, "culvert: cpuprofile: ") {
		t.Errorf("a folder in its place: %+v", r)
	}
}
