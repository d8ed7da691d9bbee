package inspector

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"culvert/tunnel/capture"
	"culvert/tunnel/frame"
	"culvert/ui/frames"
	"culvert/ui/ink"
	"culvert/ui/payload"
	"culvert/ui/words"
)

// section is a payload.Section in the making.
type section struct {
	payload.Section
}

func newSection(part string, data ...any) section {
	return section{payload.Section{Heading: word("part."+part, data...)}}
}

// add appends a field, unless there is nothing to tell.
func (s *section) add(key, value string) { s.addInked(key, value, ink.None) }

func (s *section) addInked(key, value string, i ink.Ink) {
	if value != "" {
		s.Fields = append(s.Fields, payload.Field{Name: word("key." + key), Value: []byte(value), Ink: i})
	}
}

// sheet returns the document of sections.
func sheet(sections ...section) *payload.Sheet {
	list := make([]payload.Section, len(sections))
	for i := range sections {
		list[i] = sections[i].Section
	}
	return payload.Fields(list...)
}

// word returns a text of this package. What the table calls things too (rules, parties, close codes) has its words in
// package frames, so that one thing has one name.
func word(key string, data ...any) string { return words.T("inspector."+key, data...) }

// connection tells all there is to know of a connection: who it joins, both handshakes, what passed, how it ended.
func connection(c *capture.ConnInfo, now time.Time) []section {
	sections := []section{parties(c)}
	if c.Over {
		sections = append(sections, ending(c))
	}
	sections = append(sections, totals(c, now))
	return append(sections, heads(c)...)
}

// handshake tells how a connection came about.
func handshake(c *capture.ConnInfo) []section {
	return append([]section{parties(c)}, heads(c)...)
}

func parties(c *capture.ConnInfo) section {
	s := newSection("connection")
	s.add("url", c.URL)
	s.add("client", c.Client)
	s.add("backend", c.Upstream)
	s.addInked("skipped", words.Sentence(c.Skipped), ink.Warning)
	s.add("tls", or(c.TLS, word("value.plain")))
	if c.Status == 0 {
		s.add("status", word("value.unanswered"))
	} else {
		s.add("status", strconv.Itoa(c.Status))
	}
	if c.ForeignOrigin != "" {
		s.addInked("origin", word("value.foreign", "origin", c.ForeignOrigin), ink.Warning)
	}
	s.add("subprotocol", or(c.Subprotocol, word("value.none")))
	s.add("extensions", or(c.Extensions, word("value.none")))
	s.add("opened", stamp(c.Opened))
	if !c.Answered.IsZero() {
		s.add("answered", span(c.Answered.Sub(c.Opened)))
	}
	return s
}

// heads are those of both sides as they were: names and order untouched.
func heads(c *capture.ConnInfo) []section {
	sections := []section{head("request", c.Request)}
	if len(c.Forwarded) > 0 {
		sections = append(sections, added(head("forwarded", c.Forwarded), sections[0]))
	}
	if len(c.Response) > 0 {
		sections = append(sections, head("response", c.Response))
	}
	return sections
}

// head splits the head of an HTTP message into its lines; the first is the section's own.
func head(part string, b []byte) section {
	s := newSection(part)
	for i, line := range bytes.Split(bytes.TrimRight(b, "\r\n"), []byte("\n")) {
		line := string(bytes.TrimSuffix(line, []byte("\r")))
		name, value, ok := strings.Cut(line, ":")
		if i == 0 || !ok {
			s.Fields = append(s.Fields, payload.Field{Value: []byte(line), Ink: ink.Accent})
			continue
		}
		s.Fields = append(s.Fields, payload.Field{Name: name, Value: []byte(strings.TrimLeft(value, " \t"))})
	}
	return s
}

// added notes the fields of a forwarded head that the client's did not have like this.
func added(forwarded, request section) section {
	came := map[string]bool{}
	for _, f := range request.Fields {
		came[strings.ToLower(f.Name)+": "+string(f.Value)] = true
	}
	for i := range forwarded.Fields {
		f := &forwarded.Fields[i]
		if !came[strings.ToLower(f.Name)+": "+string(f.Value)] {
			f.Note = word("value.added")
		}
	}
	return forwarded
}

func totals(c *capture.ConnInfo, now time.Time) section {
	s := newSection("totals")
	s.add("duration", span(c.Duration(now)))
	s.add("sent", traffic(c.Sent, c.SentMessages))
	s.add("received", traffic(c.Received, c.ReceivedMessages))
	if c.Violations > 0 {
		s.add("violations", count(c.Violations))
	}
	return s
}

func traffic(t capture.Traffic, messages int64) string {
	return word("value.traffic", "messages", count(messages), "frames", count(t.Frames),
		"payload", capture.SizeText(t.Payload), "wire", capture.SizeText(t.Wire))
}

// ending tells who closed a connection, and how.
func ending(c *capture.ConnInfo) section {
	s := newSection("ending")
	s.add("how", causeWord(c.End.Cause))
	if c.End.By != capture.Unknown {
		s.add("who", partyWord(c.End.By))
	}
	switch {
	case c.CloseBy == capture.Unknown && c.Status == 101:
		s.add("code", word("value.noclose"))
	case c.CloseBy != capture.Unknown:
		s.add("closeby", partyWord(c.CloseBy))
		s.add("closeat", stamp(c.CloseAt))
		if c.CloseCode == 0 {
			s.add("code", word("value.nocode"))
		} else {
			s.add("code", closeCode(c.CloseCode))
		}
		s.add("reason", c.CloseReason)
	}
	if c.End.Cause == capture.ByRefusal {
		s.add("status", strconv.Itoa(c.Status))
	}
	s.add("detail", frames.EndDetail(&c.End))
	s.add("ended", stamp(c.End.Time))
	return s
}

// violation tells what rule was broken, where, and which RFC states it. text is that of the row.
func violation(r *capture.Row, text []byte) section {
	s := newSection("violation")
	s.addInked("rule", words.T("frames.rule."+strconv.Itoa(int(r.Rule))), ink.Error)
	s.add("section", r.Rule.Section())
	s.add("direction", directionWord(r.Dir))
	s.add("frame", "#"+count(r.Number))
	s.add("offset", count(r.Offset))
	if r.Has(capture.LostSync) {
		s.add("sync", word("value.lost"))
	}
	s.add("detail", frames.FaultDetail(r.Rule, text))
	s.add("time", stamp(r.Time()))
	return s
}

// exchange tells of an HTTP request and its answer.
func exchange(x *capture.Exchange) section {
	s := newSection("exchange")
	s.add("method", x.Method)
	s.add("url", x.URL)
	s.add("protocol", x.Proto)
	if x.Status != 0 {
		s.add("status", strconv.Itoa(x.Status))
	} else {
		s.add("status", word("value.unanswered"))
	}
	s.addInked("error", words.Sentence(x.Err), ink.Error)
	s.add("client", x.Client)
	s.add("backend", x.Upstream)
	s.addInked("skipped", words.Sentence(x.Skipped), ink.Warning)
	s.add("content", x.ContentType)
	s.add("requestbody", capture.SizeText(x.RequestBytes))
	s.add("responsebody", capture.SizeText(x.ResponseBytes))
	s.add("time", stamp(x.Time))
	s.add("took", span(x.Duration))
	return s
}

// refused tells of a TLS handshake that failed, and what to do about it.
func refused(h *capture.FailedHandshake) section {
	s := newSection("refused")
	s.addInked("error", words.Sentence(h.What()), ink.Error)
	s.addInked("fix", words.Sentence(h.Fix), ink.Accent)
	s.add("program", h.Program)
	s.add("client", h.Client)
	s.add("address", h.Address)
	s.add("name", or(h.ServerName, word("value.none")))
	s.add("alpn", or(h.ALPN, word("value.none")))
	s.add("who", partyWord(h.By))
	if h.Alert != "" {
		s.add("alert", h.Alert)
		s.add("section", "RFC 8446 §6.2")
	}
	if h.Count > 1 {
		s.add("count", count(h.Count))
	}
	s.add("time", stamp(h.Time))
	s.add("took", span(h.Duration))
	return s
}

func causeWord(c capture.Cause) string {
	names := [...]string{
		capture.ByError: "error", capture.ByClose: "close", capture.ByFIN: "fin", capture.ByRST: "rst",
		capture.ByTLSAlert: "tls", capture.ByTimeout: "timeout", capture.ByRefusal: "refusal",
		capture.ByDialFailure: "dial", capture.ByStop: "stop", capture.ByLimit: "limit",
	}
	if int(c) >= len(names) {
		c = capture.ByError
	}
	return word("cause." + names[c])
}

func partyWord(p capture.Party) string {
	names := [...]string{
		capture.Unknown: "unknown", capture.Client: "client", capture.Backend: "backend", capture.Tunnel: "tunnel",
	}
	if int(p) >= len(names) {
		p = capture.Unknown
	}
	return words.T("frames.party." + names[p])
}

func directionWord(d frame.Direction) string {
	if d == frame.Sent {
		return word("value.dirsent")
	}
	return word("value.dirreceived")
}

// closeCode returns a close code with the name that RFC 6455 §7.4.1 or the IANA registry gives it.
func closeCode(code int) string {
	number := strconv.Itoa(code)
	if code >= 1000 && code <= 1015 && code != 1004 {
		return number + " " + words.T("frames.code."+number)
	}
	return number
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
