package capture

import "encoding/binary"

// appendFields appends texts with their lengths, so that they can be searched, and numbers: the payload of a row that is
// a record. Each text is cut at maxHead.
func appendFields(p []byte, texts []*string, numbers []int64) []byte {
	for _, s := range texts {
		v := *s
		v = v[:min(len(v), maxHead)]
		p = binary.AppendUvarint(p, uint64(len(v)))
		p = append(p, v...)
	}
	for _, n := range numbers {
		p = binary.AppendVarint(p, n)
	}
	return p
}

// readFields is the reverse of appendFields; false where p does not hold as many.
func readFields(p []byte, texts []*string, numbers []int64) bool {
	for _, s := range texts {
		n, k := binary.Uvarint(p)
		if k <= 0 || n > uint64(len(p)-k) {
			return false
		}
		*s = string(p[k : k+int(n)])
		p = p[k+int(n):]
	}
	for i := range numbers {
		v, k := binary.Varint(p)
		if k <= 0 {
			return false
		}
		numbers[i], p = v, p[k:]
	}
	return true
}
