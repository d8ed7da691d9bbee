package desktoptest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Close asks a window to close, as its own button does: it sends WM_DELETE_WINDOW (Inter-Client Communication
// Conventions Manual §4.2.8.1), which no tool here does without a window manager.
func (s *Screen) Close(t T, window string) {
	t.Helper()
	if err := s.close(window); err != nil {
		t.Fatalf("close window %s: %v", window, err)
	}
}

func (s *Screen) close(window string) error {
	id, err := strconv.ParseUint(window, 10, 32)
	if err != nil {
		return err
	}
	c, err := connectX(s.Display)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	protocols, err := c.atom("WM_PROTOCOLS")
	if err != nil {
		return err
	}
	deleteWindow, err := c.atom("WM_DELETE_WINDOW")
	if err != nil {
		return err
	}
	const sendEvent, clientMessage, format = 25, 33, 32
	request := put([]byte{sendEvent, 0}, uint16(11), uint32(id), uint32(0))
	request = append(request, clientMessage, format)
	request = put(request, uint16(0), uint32(id), protocols, deleteWindow, [4]uint32{})
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	const getInputFocus = 43 // whose answer tells that the event was taken
	_, err = c.ask(put([]byte{getInputFocus, 0}, uint16(1)))
	return err
}

// xConn is a connection to an X server (X Window System Protocol, version 11, appendix B), little-endian.
type xConn struct{ conn net.Conn }

// connectX connects to a display of this machine without an authority.
func connectX(display string) (*xConn, error) {
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+strings.TrimPrefix(display, ":"))
	if err != nil {
		return nil, err
	}
	c := &xConn{conn}
	if err := c.setUp(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *xConn) setUp() error {
	if _, err := c.conn.Write(put([]byte{'l', 0}, uint16(11), uint16(0), uint16(0), uint16(0), uint16(0))); err != nil {
		return err
	}
	var head [8]byte
	if _, err := io.ReadFull(c.conn, head[:]); err != nil {
		return err
	}
	rest := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(c.conn, rest); err != nil {
		return err
	}
	if head[0] != 1 {
		return fmt.Errorf("the X server refuses: %q", rest)
	}
	return nil
}

// atom returns the number of a name.
func (c *xConn) atom(name string) (uint32, error) {
	const internAtom = 16
	words := (len(name) + 3) / 4
	request := put([]byte{internAtom, 0}, uint16(2+words), uint16(len(name)), uint16(0))
	request = append(append(request, name...), make([]byte, 4*words-len(name))...)
	answer, err := c.ask(request)
	return binary.LittleEndian.Uint32(answer[8:]), err
}

// ask sends a request whose answer has 32 bytes.
func (c *xConn) ask(request []byte) (answer [32]byte, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return answer, err
	}
	if _, err := io.ReadFull(c.conn, answer[:]); err != nil {
		return answer, err
	}
	if answer[0] != 1 {
		return answer, fmt.Errorf("the X server answered with error %d", answer[1])
	}
	return answer, nil
}

// put appends numbers of fixed size.
func put(dst []byte, numbers ...any) []byte {
	for _, n := range numbers {
		dst, _ = binary.Append(dst, binary.LittleEndian, n) // fails for other types only
	}
	return dst
}
