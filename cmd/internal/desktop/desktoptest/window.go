package desktoptest

import "strconv"

// Drag moves the pointer from one place of the screen to another while the left button is down.
func (s *Screen) Drag(t T, fromX, fromY, toX, toY int) {
	t.Helper()
	at := func(x, y int) []string { return []string{"mousemove", strconv.Itoa(x), strconv.Itoa(y)} }
	args := append(at(fromX, fromY), "mousedown", "1")
	// A drag begins with a move that is small.
	args = append(append(args, at(fromX+(toX-fromX)/4, fromY+(toY-fromY)/4)...), at(toX, toY)...)
	s.tool(t, "xdotool", append(args, "mouseup", "1")...)
}

// Resize gives a window another size, as its user does at its border.
func (s *Screen) Resize(t T, window string, width, height int) {
	t.Helper()
	s.tool(t, "xdotool", "windowsize", "--sync", window, strconv.Itoa(width), strconv.Itoa(height))
}
