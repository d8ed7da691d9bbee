package desktoptest

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Screen is an X display of the test's own.
type Screen struct {
	Display string // ":99"
}

// NewScreen starts a display of 1280 × 800 pixels. It ends with the test.
func NewScreen(t T) *Screen {
	t.Helper()
	number, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "+extension", "GLX",
		"-noreset") // or it would turn clients away whenever the last one has gone, as one that only looks does
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb told no display: %v", err)
	}
	return &Screen{Display: ":" + strings.TrimSpace(line)}
}

// tool runs a program on the display and returns what it prints.
func (s *Screen) tool(t T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.Display)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// Window waits for a visible window with a title and gives it the focus.
func (s *Screen) Window(t T, title string) (id string) {
	t.Helper()
	Until(t, fmt.Sprintf("a window %q is on the screen", title), func() bool {
		id = s.find(title)
		return id != ""
	})
	s.tool(t, "xdotool", "windowfocus", "--sync", id)
	return id
}

// Shows reports whether a visible window has the title.
func (s *Screen) Shows(title string) bool { return s.find(title) != "" }

func (s *Screen) find(title string) string {
	cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^"+title+"$")
	cmd.Env = append(os.Environ(), "DISPLAY="+s.Display)
	out, _ := cmd.Output() // it fails when there is none
	id, _, _ := strings.Cut(string(out), "\n")
	return id
}

// Key presses keys one after another, named as X does: "ctrl+f", "Return".
func (s *Screen) Key(t T, keys ...string) {
	t.Helper()
	s.tool(t, "xdotool", append([]string{"key", "--delay", "20"}, keys...)...)
}

// Tap presses one key and lets it go at once.
func (s *Screen) Tap(t T, key string) {
	t.Helper()
	s.tool(t, "xdotool", "key", "--delay", "0", key)
}

// Type types a text.
func (s *Screen) Type(t T, text string) {
	t.Helper()
	s.tool(t, "xdotool", "type", "--delay", "10", text)
}

// Click presses a mouse button (1 left, 3 right, 4 and 5 the wheel) at a place of the screen.
func (s *Screen) Click(t T, x, y, button int) {
	t.Helper()
	s.tool(t, "xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", strconv.Itoa(button))
}

// Shot returns what is on the screen. With the environment variable CULVERT_SHOTS it is also kept there as NAME.png,
// for people to look at.
func (s *Screen) Shot(t T, name string) image.Image {
	t.Helper()
	data := s.tool(t, "import", "-window", "root", "png:-")
	if dir := os.Getenv("CULVERT_SHOTS"); dir != "" {
		if err := os.WriteFile(dir+"/"+name+".png", data, 0o644); err != nil {
			t.Error(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("screenshot: %v", err)
	}
	return img
}
