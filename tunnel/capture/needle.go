package capture

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// needle is a text to be found in payloads. It is looked for by its rarest byte: the search jumps from one occurrence
// of that byte to the next at the speed of [bytes.IndexByte], and compares there only. Where even that byte is a common
// one, it is looked for by two bytes at once, eight places at a time.
type needle struct {
	text  []byte
	fold  bool       // any case
	alts  [][][]byte // with fold: of each character of text, the forms that match it, all of one length
	ascii bool       // with fold: text is ASCII, and its characters have no other forms than capitals
	rare  int        // offset of the byte that is looked for
	a, b  byte       // its forms; the same where there is one

	pair   [2]probe
	paired bool // look for pair
}

// probe is a byte of the needle at the offset at, eight times over: a byte c is one of its forms if c|mask == want.
type probe struct {
	at, rank   int
	mask, want uint64
}

// often is the most common bytes, of which it is faster to look at every place than to jump from one to the next.
const often = "rsnioat:,\"e \x00\xff"

// newNeedle returns a needle for text. With smart case a text without capitals is found in any case.
func newNeedle(text string) *needle {
	n := &needle{text: []byte(text)}
	n.fold = text == strings.ToLower(text) && text != strings.ToUpper(text)
	if n.fold {
		n.forms()
	}
	n.choose()
	return n
}

// forms fills in alts.
func (n *needle) forms() {
	n.ascii = true
	for p := n.text; len(p) > 0; {
		r, size := utf8.DecodeRune(p)
		forms := [][]byte{p[:size]}
		if r != utf8.RuneError {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				if utf8.RuneLen(f) == size {
					forms = append(forms, utf8.AppendRune(nil, f))
				}
			}
		}
		n.alts = append(n.alts, forms)
		n.ascii = n.ascii && size == 1
		p = p[size:]
	}
}

// common lists bytes by how often they turn up in traffic, the most frequent last; what it does not list is rarer.
const common = "zqjXQZKVYJWxkvUGHFBMPONDLRCTIEASbywgp;><=}{][)('/*&%$#@!?|~^`+\\mfu98765432d-_.10clhrsnioat:,\"e \x00\xff"

// choose picks the bytes to look for: the rarest that have at most two forms.
func (n *needle) choose() {
	const none = 1 << 30
	best := none
	n.pair = [2]probe{{rank: none}, {rank: none}}
	consider := func(at int, a, b byte) {
		rank := strings.IndexByte(common, a) + 1
		if b != a {
			rank += strings.IndexByte(common, b)/2 + 2
		}
		if rank < best {
			best, n.rare, n.a, n.b = rank, at, a, b
		}
		if bits.OnesCount8(a^b) > 1 {
			return
		}
		p := probe{at: at, rank: rank, mask: eight * uint64(a^b), want: eight * uint64(a|b)}
		if p.rank < n.pair[0].rank {
			n.pair[0], p = p, n.pair[0]
		}
		if p.rank < n.pair[1].rank && p.want != n.pair[0].want { // the same byte twice tells less
			n.pair[1] = p
		}
	}
	n.eachByte(consider)
	if best == none { // every byte has three forms: no such text is known
		n.fold = false
		n.eachByte(consider)
	}
	n.paired = (strings.IndexByte(often, n.a) >= 0 || strings.IndexByte(often, n.b) >= 0) && n.pair[1].rank < none
}

// eight times a byte is that byte eight times over.
const eight = 0x0101010101010101

// eachByte calls do with each byte of the text that has at most two forms.
func (n *needle) eachByte(do func(at int, a, b byte)) {
	if !n.fold {
		for i, c := range n.text {
			do(i, c, c)
		}
		return
	}
	at := 0
	for _, forms := range n.alts {
		for i := range forms[0] {
			var bytes []byte
			for _, f := range forms {
				if !slices.Contains(bytes, f[i]) {
					bytes = append(bytes, f[i])
				}
			}
			if len(bytes) <= 2 {
				do(at+i, bytes[0], bytes[len(bytes)-1])
			}
		}
		at += len(forms[0])
	}
}

// index returns where the needle is in s first, or -1.
func (n *needle) index(s []byte) int {
	last := len(s) - len(n.text) // where it may start at the latest
	if len(n.text) == 0 || last < 0 {
		if len(n.text) == 0 {
			return 0
		}
		return -1
	}
	if n.paired {
		return n.indexPair(s, last)
	}
	window := s[:last+n.rare+1] // where the byte may be
	if n.a == n.b {
		for i := n.rare; i < len(window); i++ {
			k := bytes.IndexByte(window[i:], n.a)
			if k < 0 {
				return -1
			}
			if i += k; n.at(s[i-n.rare:]) {
				return i - n.rare
			}
		}
		return -1
	}
	// Where one form is common and the other rare, the text would be read to its end for each of the many hits: what is
	// looked at grows with the distance from the start.
	for from, step := n.rare, 256; from < len(window); from, step = from+step, 2*step {
		part := window[:min(from+step, len(window))]
		i, j := seek(part, from, n.a), seek(part, from, n.b)
		for i < len(part) || j < len(part) {
			k := min(i, j)
			if n.at(s[k-n.rare:]) {
				return k - n.rare
			}
			if k == i {
				i = seek(part, i+1, n.a)
			} else {
				j = seek(part, j+1, n.b)
			}
		}
	}
	return -1
}

// indexPair is index by two bytes of the needle. It may start at last at the latest.
func (n *needle) indexPair(s []byte, last int) int {
	const step = 32
	mask, want, mask2, want2 := n.pair[0].mask, n.pair[0].want, n.pair[1].mask, n.pair[1].want
	// A byte of differs is 0 where both match; zeros tells of a zero byte by its top bit, now and then of another.
	differs := func(a, b []byte) uint64 {
		return (binary.LittleEndian.Uint64(a) | mask) ^ want | (binary.LittleEndian.Uint64(b) | mask2) ^ want2
	}
	zeros := func(z uint64) uint64 { return (z - eight) & ^z & (eight << 7) }
	i := 0
	for a, b := s[n.pair[0].at:], s[n.pair[1].at:]; len(a) >= step && len(b) >= step; a, b = a[step:], b[step:] {
		z := [step / 8]uint64{differs(a, b), differs(a[8:], b[8:]), differs(a[16:], b[16:]), differs(a[24:], b[24:])}
		if zeros(z[0])|zeros(z[1])|zeros(z[2])|zeros(z[3]) != 0 {
			for j, z := range z {
				for hit := zeros(z); hit != 0; hit &= hit - 1 {
					if k := i + 8*j + bits.TrailingZeros64(hit)/8; k <= last && n.at(s[k:]) {
						return k
					}
				}
			}
		}
		i += step
	}
	for ; i <= last; i++ {
		if n.at(s[i:]) {
			return i
		}
	}
	return -1
}

// seek returns where c is in s from i on, or len(s).
func seek(s []byte, i int, c byte) int {
	if k := bytes.IndexByte(s[i:], c); k >= 0 {
		return i + k
	}
	return len(s)
}

// at reports whether s, which is no shorter than the needle, begins with it.
func (n *needle) at(s []byte) bool {
	switch {
	case !n.fold:
		return string(s[:len(n.text)]) == string(n.text)
	case n.ascii:
		for i, c := range n.text {
			if d := s[i]; d != c && (d^c != 'a'-'A' || c < 'a' || c > 'z') {
				return false
			}
		}
		return true
	}
	i := 0
	for _, forms := range n.alts {
		size := len(forms[0])
		if !slices.ContainsFunc(forms, func(f []byte) bool { return string(f) == string(s[i:i+size]) }) {
			return false
		}
		i += size
	}
	return true
}
