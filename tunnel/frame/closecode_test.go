package frame

import "testing"

func TestCloseCodesFallIntoTheRangesOfTheRegistry(t *testing.T) {
	for code := range 1 << 16 {
		var want Rule
		switch {
		case code < 1000:
			want = CloseCodeUndefined
		case code == 1004 || code == 1005 || code == 1006 || code == 1015:
			want = CloseCodeReserved
		case code >= 1016 && code < 3000, code >= 5000:
			want = CloseCodeUndefined
		}
		if got := closeCodeRule(uint16(code)); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
	}
}
