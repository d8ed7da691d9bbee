package inspector

import (
	"encoding/hex"
	"strconv"
	"strings"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/payload"
)

// framesShown is how many frames of one message are told of; a message of more is told of by its first ones.
const framesShown = 200

// timing tells when a row came, and how long that was after what one compares it with.
func timing(log *capture.Log, r *capture.Row, marks []int64) section {
	s := newSection("timing")
	s.add("header", stamp(r.Time()))
	if r.Ended > r.Mono {
		s.add("complete", stamp(r.Time().Add(r.Ended-r.Mono)))
		s.add("took", span(r.Ended-r.Mono))
	}
	if before, ok := log.Row(r.ID - 1); ok {
		s.add("sincerow", gap(&before, r))
	}
	if before, ok := frameBefore(log, r); ok {
		s.add("sinceframe", gap(&before, r))
	}
	if c, ok := log.Conn(r.Conn); ok && r.Kind != capture.Open {
		if first, ok := log.Row(c.First); ok {
			s.add("sinceopen", gap(&first, r))
		} else {
			s.add("sinceopen", span(r.Time().Sub(c.Opened)))
		}
	}
	for _, id := range marks {
		if mark, ok := log.Row(id); ok && id != r.ID {
			name := word("key.sincemark", "n", count(id))
			s.Fields = append(s.Fields, payload.Field{Name: name, Value: []byte(gap(&mark, r))})
		}
	}
	return s
}

func gap(from, to *capture.Row) string { return signed(to.Mono - from.Mono) }

// lookBack is how many rows are searched for the frame before one.
const lookBack = 4096

// frameBefore returns the frame that passed before r in its direction of its connection, if it is not far.
func frameBefore(log *capture.Log, r *capture.Row) (before capture.Row, ok bool) {
	if r.Kind != capture.Frame || r.Number <= 1 {
		return before, false
	}
	var rows [256]capture.Row
	for end := r.ID; end > max(r.ID-lookBack, 0) && end > 0; end -= int64(len(rows)) {
		n := log.Rows(rows[:], max(end-int64(len(rows)), 1))
		for i := n - 1; i >= 0; i-- {
			b := &rows[i]
			if b.ID < end && b.Kind == capture.Frame && b.Conn == r.Conn && b.Dir == r.Dir && b.Number == r.Number-1 {
				return *b, true
			}
		}
	}
	return before, false
}

// frameList tells of each frame of a message as it was on the wire.
func frameList(rows []capture.Row) []section {
	sections := make([]section, 0, min(len(rows), framesShown))
	for i := range rows[:min(len(rows), framesShown)] {
		sections = append(sections, frameSection(&rows[i], &rows[0]))
	}
	return sections
}

func frameSection(r, first *capture.Row) section {
	s := newSection("frame", "n", count(r.Number))
	s.add("id", "#"+count(r.ID))
	s.add("direction", directionWord(r.Dir))
	s.add("opcode", opcode(r.Opcode))
	s.add("fin", yesNo(r.Fin))
	s.add("rsv", rsv(r.RSV))
	if r.Masked {
		s.add("mask", hex.EncodeToString(r.Key[:]))
	} else {
		s.add("mask", word("value.none"))
	}
	s.add("length", word("value.bits", "size", size(int64(min(r.Wire, 1<<62))), "bits", r.LengthForm()))
	if uint64(r.Stored) < r.Wire {
		s.add("held", size(r.Stored))
	}
	s.add("headersize", size(int64(r.Header)))
	s.add("offset", count(r.Offset))
	s.add("time", stamp(r.Time()))
	if r.ID != first.ID {
		s.add("sincerow", gap(first, r))
	}
	s.add("flags", strings.Join(flagWords(r.Flags), ", "))
	return s
}

func opcode(o frame.Opcode) string {
	return o.String() + " (0x" + strconv.FormatUint(uint64(o), 16) + ")"
}

func rsv(bits uint8) string {
	var on []string
	for i, bit := range [...]uint8{frame.RSV1, frame.RSV2, frame.RSV3} {
		if bits&bit != 0 {
			on = append(on, "RSV"+strconv.Itoa(i+1))
		}
	}
	if on == nil {
		return word("value.none")
	}
	return strings.Join(on, ", ")
}

func yesNo(v bool) string {
	if v {
		return word("value.yes")
	}
	return word("value.no")
}

func flagWords(f capture.Flags) (list []string) {
	for _, w := range [...]struct {
		flag capture.Flags
		name string
	}{
		{capture.Cut, "cut"},
		{capture.Truncated, "truncated"},
		{capture.Compressed, "compressed"},
		{capture.NotInflated, "notinflated"},
		{capture.InvalidUTF8, "utf8"},
		{capture.Faulty, "faulty"},
		{capture.LostSync, "lost"},
	} {
		if f&w.flag != 0 {
			list = append(list, word("flag."+w.name))
		}
	}
	return list
}

// size returns a number of bytes as people read it, and exactly where that differs.
func size(n int64) string {
	text := capture.SizeText(n)
	if n >= 1024 {
		text += " (" + count(n) + " B)"
	}
	return text
}
