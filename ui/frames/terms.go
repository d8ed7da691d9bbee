package frames

import (
	"strconv"
	"strings"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/words"
)

// terms are the words of the rows, looked up once: a row is filled at every redraw.
type terms struct {
	text, binary, continuation, close, ping, pong, reserved string // types of frames
	open, end, violation, http, refused                     string // and of the other rows
	heartbeats, rtt, frames, part, origin, backends         phrase
	cut, truncated, foreign                                 string
	inflating, notInflated, waiting, noAnswer, plain        string
	noCode, noCloseFrame, socketOpen, handshake, noRoute    string
	otherPaths                                              string
	ends                                                    [capture.ByLimit + 1][capture.Tunnel + 1]string
	codes                                                   [16]string // from 1000 on
	rules                                                   [frame.CloseMissing + 1]string
}

func newTerms() *terms {
	t := func(key string) string { return words.T("frames." + key) }
	w := &terms{
		text: t("type.text"), binary: t("type.binary"), continuation: t("type.continuation"), close: t("type.close"),
		ping: t("type.ping"), pong: t("type.pong"), reserved: t("type.reserved"),
		open: t("type.open"), end: t("type.end"), violation: t("type.violation"), http: t("type.http"),
		refused:    t("type.handshake"),
		heartbeats: newPhrase("heartbeats", "n"), rtt: newPhrase("rtt", "time"), frames: newPhrase("flag.frames", "n"),
		part: newPhrase("part", "n"), origin: newPhrase("origin", "origin"), backends: newPhrase("backends", "n"),
		cut: t("flag.cut"), truncated: t("flag.truncated"), foreign: t("flag.foreign"),
		inflating: t("inflating"), notInflated: t("notInflated"), waiting: t("waiting"), noAnswer: t("noAnswer"),
		plain: t("plain"), noCode: t("noCode"), noCloseFrame: t("noCloseFrame"),
		socketOpen: t("socket.open"), handshake: t("socket.handshake"), noRoute: t("noRoute"), otherPaths: t("otherPaths"),
	}
	parties := [...]string{t("party.unknown"), t("party.client"), t("party.backend"), t("party.tunnel")}
	for cause, key := range [...]string{
		capture.ByError: "error", capture.ByClose: "close", capture.ByFIN: "fin", capture.ByRST: "rst",
		capture.ByTLSAlert: "tls", capture.ByTimeout: "timeout", capture.ByRefusal: "refusal",
		capture.ByDialFailure: "dial", capture.ByStop: "stop", capture.ByLimit: "limit",
	} {
		for party, name := range parties {
			w.ends[cause][party] = words.T("frames.end."+key, "party", name)
		}
	}
	for i := range w.codes {
		if i != 4 { // 1004 has no meaning
			w.codes[i] = t("code." + strconv.Itoa(1000+i))
		}
	}
	for i := frame.MaskMissing; i <= frame.CloseMissing; i++ {
		w.rules[i] = t("rule." + strconv.Itoa(int(i)))
	}
	return w
}

// code returns what a close code means, "" where RFC 6455 §7.4.1 and IANA's registry do not tell.
func (w *terms) code(code int) string {
	if i := code - 1000; i >= 0 && i < len(w.codes) {
		return w.codes[i]
	}
	return ""
}

// ending returns how a connection ended, and whose doing it was.
func (w *terms) ending(e *capture.End) string {
	return w.ends[min(e.Cause, capture.ByLimit)][min(e.By, capture.Tunnel)]
}

// phrase is a text with a gap for a value.
type phrase struct{ before, after string }

func newPhrase(key, gap string) phrase {
	const mark = "\x00"
	before, after, _ := strings.Cut(words.T("frames."+key, gap, mark), mark)
	return phrase{before, after}
}

func (p *phrase) number(dst []byte, n int64) []byte {
	dst = append(dst, p.before...)
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, p.after...)
}
