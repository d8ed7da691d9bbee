package frame

import "fmt"

// Rule is a rule of RFC 6455 or RFC 7692 that a stream broke; it says how, not where ([Violation] does).
// The zero Rule is none.
type Rule uint8

// The rules, in the order in which a frame is checked.
const (
	_ Rule = iota

	MaskMissing              // a frame of the client is not masked
	MaskForbidden            // a frame of the server is masked
	ReservedBits             // RSV bits that no negotiated extension defines
	CompressedControl        // RSV1 on a control frame, with permessage-deflate
	CompressedContinuation   // RSV1 on a frame that is not a message's first, with permessage-deflate
	ReservedOpcode           // opcodes 3–7 and 11–15
	ContinuationWithoutStart // a continuation where no message is open
	MessageInterrupted       // a new data message inside an unfinished one
	ControlFragmented        // a control frame without FIN
	ControlTooLong           // a control frame of more than 125 bytes
	LengthNotMinimal         // a length in a longer form than it needs
	LengthTooLarge           // a 64-bit length with its most significant bit set; sync is lost
	FrameAfterClose          // any frame after a Close frame
	CloseTooShort            // a Close frame with a payload of one byte
	CloseCodeReserved        // 1004, 1005, 1006, 1015: never on the wire
	CloseCodeUndefined       // a code outside the ranges that are defined or free to use
	CloseReasonInvalid       // a Close frame's reason is not UTF-8
	TextInvalid              // a text message holds a byte that UTF-8 forbids there
	TextTruncated            // a text message ends inside a character
	DeflateInvalid           // a compressed message does not inflate; found by who inflates, not by a Decoder
	FrameTruncated           // the stream ended inside a frame
	MessageUnfinished        // the stream ended inside a fragmented message
	CloseMissing             // the stream ended without a Close frame: close code 1006
)

var rules = [...]struct{ section, text string }{
	0:                        {"", "no rule"},
	MaskMissing:              {"RFC 6455 §5.1", "frame from the client is not masked"},
	MaskForbidden:            {"RFC 6455 §5.1", "frame from the server is masked"},
	ReservedBits:             {"RFC 6455 §5.2", "reserved bits are set that no extension defines"},
	CompressedControl:        {"RFC 7692 §6", "control frame is marked as compressed"},
	CompressedContinuation:   {"RFC 7692 §6", "continuation frame is marked as compressed"},
	ReservedOpcode:           {"RFC 6455 §5.2", "opcode is reserved"},
	ContinuationWithoutStart: {"RFC 6455 §5.4", "continuation frame continues no message"},
	MessageInterrupted:       {"RFC 6455 §5.4", "new message starts inside an unfinished one"},
	ControlFragmented:        {"RFC 6455 §5.5", "control frame is fragmented"},
	ControlTooLong:           {"RFC 6455 §5.5", "control frame is longer than 125 bytes"},
	LengthNotMinimal:         {"RFC 6455 §5.2", "payload length is not in its shortest form"},
	LengthTooLarge:           {"RFC 6455 §5.2", "payload length has its most significant bit set"},
	FrameAfterClose:          {"RFC 6455 §5.5.1", "frame follows a Close frame"},
	CloseTooShort:            {"RFC 6455 §5.5.1", "Close frame has a payload of one byte"},
	CloseCodeReserved:        {"RFC 6455 §7.4.1", "close code must not be sent"},
	CloseCodeUndefined:       {"RFC 6455 §7.4.2", "close code is not defined"},
	CloseReasonInvalid:       {"RFC 6455 §5.5.1", "close reason is not UTF-8"},
	TextInvalid:              {"RFC 6455 §8.1", "text is not UTF-8"},
	TextTruncated:            {"RFC 6455 §8.1", "text ends inside a character"},
	DeflateInvalid:           {"RFC 7692 §7.2.2", "compressed message does not inflate"},
	FrameTruncated:           {"RFC 6455 §5.2", "stream ended inside a frame"},
	MessageUnfinished:        {"RFC 6455 §5.4", "stream ended inside a fragmented message"},
	CloseMissing:             {"RFC 6455 §7.1.5", "stream ended without a Close frame"},
}

// Section names the RFC and section that states the rule, such as "RFC 6455 §5.1"; "" for the zero Rule.
func (r Rule) Section() string {
	if int(r) < len(rules) {
		return rules[r].section
	}
	return ""
}

// String says in a short sentence what is wrong, such as "frame from the client is not masked".
func (r Rule) String() string {
	if int(r) < len(rules) {
		return rules[r].text
	}
	return fmt.Sprintf("rule %d", uint8(r))
}
