package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/cmd/internal/desktop/desktoptest"
	"culvert/tunnel/control"
)

// title is the window's.
const title = "Culvert"

func on(p control.Project) bool  { return p.State == control.On }
func off(p control.Project) bool { return p.State == control.Off }

func checked(e desktoptest.Entry) bool   { return e.Checkbox && e.Checked }
func unchecked(e desktoptest.Entry) bool { return e.Checkbox && !e.Checked }

// ready waits for the icon and for all of its menu, whose last entry is the one to quit.
func ready(t *testing.T, panel *desktoptest.Watcher) *desktoptest.Item {
	t.Helper()
	icon := panel.Item(t)
	icon.Wait(t, "Quit", nil)
	return icon
}

func TestAProjectIsToggledInTheTray(t *testing.T) {
	m := newMachine(t)
	m.trust()
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	icon := ready(t, panel)
	if got := icon.Property(t, "Title"); got != title {
		t.Errorf("the icon's title is %q", got)
	}
	icon.Wait(t, "demo", checked)
	icon.Wait(t, "CA trusted by 1 of", nil)
	demo := m.project("demo", on)
	iconOn := icon.Icon(t)
	conn, err := m.dial(demo.URLs[0], "/ws")
	if err != nil {
		t.Fatal(err)
	}
	m.echo(conn, "through the tunnel")
	_ = conn.Close()

	icon.Click(t, "demo")
	icon.Wait(t, "demo", unchecked)
	m.project("demo", off)
	if conn, err := m.dial(demo.URLs[0], "/ws"); err == nil {
		_ = conn.Close()
		t.Error("the project is off, and a client connects")
	}
	desktoptest.Until(t, "the icon changes", func() bool { return icon.Icon(t) != iconOn })

	icon.Click(t, "demo")
	icon.Wait(t, "demo", checked)
	demo = m.project("demo", on)
	if conn, err = m.dial(demo.URLs[0], "/ws"); err != nil {
		t.Fatal(err)
	}
	m.echo(conn, "on again")
	_ = conn.Close()
	desktoptest.Until(t, "the icon is as it was", func() bool { return icon.Icon(t) == iconOn })

	if m.screen.Shows(title) {
		t.Error("the window is shown, though it was to stay hidden")
	}
	icon.Click(t, "Quit")
	app.end(0)
}

func TestTheIconAsksForAttentionWhenATunnelFails(t *testing.T) {
	m := newMachine(t)
	m.trust()
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	icon := ready(t, panel)
	icon.Wait(t, "demo", checked)
	icon.Wait(t, "CA trusted by 1 of", nil)
	iconOn := icon.Icon(t)
	add := control.AddRequest{Name: "chat", To: "ws://127.0.0.1:1"}
	if _, err := m.control.Add(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	chat, err := m.control.On(t.Context(), "chat")
	if err != nil {
		t.Fatal(err)
	}
	icon.Wait(t, "chat", checked)
	if conn, err := m.dial(chat.URLs[0], "/"); err == nil {
		_ = conn.Close()
		t.Error("a backend that is not there accepts")
	}
	icon.Wait(t, "chat · backend down", checked)
	desktoptest.Until(t, "the icon changes", func() bool { return icon.Icon(t) != iconOn })
	icon.Click(t, "Quit")
	app.end(0)
}

func TestPauseAllAndResumeInTheTray(t *testing.T) {
	m := newMachine(t)
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	icon := ready(t, panel)
	icon.Wait(t, "demo", checked)
	icon.Click(t, "Pause all")
	icon.Wait(t, "demo", unchecked)
	m.project("demo", off)
	icon.Click(t, "Resume all")
	icon.Wait(t, "demo", checked)
	m.project("demo", on)
	icon.Click(t, "Quit")
	app.end(0)
}

func TestWithoutATrayTheWindowStays(t *testing.T) {
	m := newMachine(t)
	app := m.start("--hidden")
	m.screen.Window(t, title)
	text := func(part string) func() bool {
		return func() bool { return strings.Contains(m.outline(), part) }
	}
	desktoptest.Until(t, "the window says that there is no tray", text("no tray"))

	panel := desktoptest.Watch(t, m.bus) // a panel that comes later
	icon := ready(t, panel)
	icon.Wait(t, "demo", nil)
	desktoptest.Until(t, "the line about the tray goes", func() bool { return !text("no tray")() })

	panel.Close() // and goes again
	desktoptest.Until(t, "the line about the tray comes back", text("no tray"))
	if err := app.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	app.end(0)
}

func TestAHiddenWindowComesBackWhenItsPanelGoes(t *testing.T) {
	m := newMachine(t)
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	ready(t, panel).Wait(t, "demo", nil)
	panel.Close()
	m.screen.Window(t, title)
	if err := app.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	app.end(0)
}

func TestASecondLaunchRaisesTheFirst(t *testing.T) {
	m := newMachine(t)
	panel := desktoptest.Watch(t, m.bus)
	first := m.start("--hidden")
	icon := ready(t, panel)
	icon.Wait(t, "demo", nil)
	if m.screen.Shows(title) {
		t.Fatal("the window is shown, though it was to stay hidden")
	}
	m.start().end(0)
	m.screen.Window(t, title)
	icon.Click(t, "Quit")
	first.end(0)
}

func TestSIGTERMClosesTunnelsInOrderAndLosesNoSetting(t *testing.T) {
	m := newMachine(t)
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	ready(t, panel).Wait(t, "demo", checked)
	if _, err := m.control.Add(t.Context(), control.AddRequest{Name: "chat", To: "ws://127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.control.Off(t.Context(), "demo"); err != nil {
		t.Fatal(err)
	}
	chat, err := m.control.On(t.Context(), "chat")
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	app.end(0)

	again := m.start("--hidden")
	m.project("demo", off)
	if after := m.project("chat", on); after.URLs[0] != chat.URLs[0] {
		t.Errorf("the address was %s and is %s", chat.URLs[0], after.URLs[0])
	}
	if err := again.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	again.end(0)
}

func TestWithoutADisplayItNamesTheHeadlessEngine(t *testing.T) {
	m := newMachine(t)
	m.env = []string{"DISPLAY=", "WAYLAND_DISPLAY="}
	app := m.start()
	app.end(3)
	if got := app.out.String(); !strings.Contains(got, "culvert run") || strings.Count(got, "\n") != 1 {
		t.Errorf("it printed %q, want one line that names culvert run", got)
	}
}

func TestTheIconAsksForAttentionWhileNothingTrustsTheCA(t *testing.T) {
	m := newMachine(t)
	panel := desktoptest.Watch(t, m.bus)
	app := m.start("--hidden")
	icon := ready(t, panel)
	icon.Wait(t, "CA not trusted", nil)
	untrusted := icon.Icon(t)
	icon.Click(t, "Quit")
	app.end(0)

	m = newMachine(t)
	m.trust()
	panel = desktoptest.Watch(t, m.bus)
	app = m.start("--hidden")
	icon = ready(t, panel)
	icon.Wait(t, "CA trusted by 1 of", nil)
	if icon.Icon(t) == untrusted {
		t.Error("the icon is the same whether the CA is trusted or not")
	}
	icon.Click(t, "Quit")
	app.end(0)
}

func TestTheEngineInATerminalIsLeftAlone(t *testing.T) {
	m := newMachine(t)
	engine := exec.Command(command, "run")
	engine.Env = m.environment()
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Process.Kill(); _ = engine.Wait() })
	m.project("demo", on)
	app := m.start()
	app.end(1)
	if got := app.out.String(); !strings.Contains(got, "has no window") || strings.Count(got, "\n") != 1 {
		t.Errorf("it printed %q, want one line that says what runs", got)
	}
	m.project("demo", on)
}

func TestDamagedSettingsAreToldAndKept(t *testing.T) {
	m := newMachine(t)
	desktoptest.Watch(t, m.bus)
	file := filepath.Join(m.home, "c", "config", "settings.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(`{"window.preferences": {"appear`), 0o600); err != nil {
		t.Fatal(err)
	}
	m.start()
	m.screen.Window(t, title)
	m.see("settings.json")
	if kept, err := filepath.Glob(file + ".damaged-*"); err != nil || len(kept) != 1 {
		t.Errorf("the damaged file is kept as %q, %v", kept, err)
	}
}
