package payload_test

import (
	"testing"

	"culvert/ui/payload"
)

func TestHexShowsOffsetBytesAndText(t *testing.T) {
	equal(t, lines(payload.Hex([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00~\x7f"))), []string{
		"00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  ·PNG········IHDR",
		"00000010  00 7e 7f                                          ·~·",
	})
	equal(t, lines(payload.Hex(nil)), nil)
}

func TestInksOfADump(t *testing.T) {
	want := "<faint>00000000 <foreground> 41 00 42                                        " +
		"<string>  A<faint>·<string>B"
	if got := inked(payload.Hex([]byte("A\x00B")), 0); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
