package frame

// Close codes that stand for the lack of one and are never sent (RFC 6455 §7.4.1).
const (
	noStatus = 1005 // the Close frame held no code
)

// closeCodeRule returns the rule that a Close frame with code breaks, or 0 (RFC 6455 §7.4; 1012 to 1014 are from the
// IANA registry of close codes).
func closeCodeRule(code uint16) Rule {
	switch {
	case code == 1004, code == 1005, code == 1006, code == 1015:
		return CloseCodeReserved
	case 1000 <= code && code <= 1014, 3000 <= code && code <= 4999:
		return 0
	}
	return CloseCodeUndefined
}
