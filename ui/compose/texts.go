package compose

import (
	"errors"
	"strconv"

	"culvert/ui/ink"
	"culvert/ui/words"
)

// phaseText says in ink and words how a connection does.
func phaseText(l *line) (ink.Ink, string) {
	switch l.phase {
	case connecting:
		return ink.Faint, words.T("compose.phase.connecting")
	case connected:
		if p := l.session.Subprotocol(); p != "" {
			return ink.Accent, words.T("compose.phase.connectedAs", "protocol", brief(p, 40))
		}
		return ink.Accent, words.T("compose.phase.connected")
	case closing:
		return ink.Faint, words.T("compose.phase.closing")
	}
	if l.err != nil {
		return ink.Error, words.T("compose.phase.ended")
	}
	return ink.Faint, words.T("compose.phase.idle")
}

// errorText says why there is no connection. What the other end said is quoted, so that nothing in it is unseen.
func errorText(err error) string {
	var closed interface {
		Code() int
		Reason() string
	}
	var refused interface {
		Status() int
		Body() string
	}
	switch {
	case err == nil:
		return ""
	case errors.As(err, &closed) && closed.Code() == 1006:
		return words.T("compose.error.dropped")
	case errors.As(err, &closed) && closed.Code() == 1005:
		return words.T("compose.error.closedBare")
	case errors.As(err, &closed):
		return words.T("compose.error.closed", "code", closed.Code()) + quoted(closed.Reason())
	case errors.As(err, &refused):
		return words.T("compose.error.refused", "status", refused.Status()) + quoted(refused.Body())
	default:
		return brief(words.Sentence(err.Error()), 300)
	}
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return " · " + strconv.Quote(brief(s, 200))
}

// mistakeText says where a text is not in its notation, and why.
func mistakeText(m *Mistake, text string) string {
	line, column := m.position(text)
	return words.T("compose.at", "line", line, "column", column) + " " +
		words.T("compose."+m.Cause, "detail", strconv.Quote(m.Detail))
}
