package frames

import "culvert/tunnel/capture"

// Chip is one of the filters that a click sets.
type Chip uint8

// The chips.
const (
	All Chip = iota
	Sent
	Received
	Text
	Binary
	Control
	Problems
)

// query returns the query that a chip stands for.
func (c Chip) query() *capture.Query {
	switch c {
	case Sent:
		return mustParse("dir:sent")
	case Received:
		return mustParse("dir:received")
	case Text:
		return mustParse("op:text")
	case Binary:
		return mustParse("op:binary")
	case Control:
		return mustParse("op:control")
	case Problems:
		return mustParse("is:problem")
	}
	return nil
}

// mustParse returns a query that is known to be one.
func mustParse(s string) *capture.Query {
	q, err := capture.ParseQuery(s)
	if err != nil {
		panic(err)
	}
	return q
}
