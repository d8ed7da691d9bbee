package trust

import (
	"bytes"
	"encoding/binary"
)

// sqliteHolds reports whether a row of an SQLite database has the bytes in one of its values. Rows that were deleted, whose
// bytes may lie in the file still, do not count (https://sqlite.org/fileformat.html §1.6). Of values that are too long
// for their page only the beginning is looked at.
func sqliteHolds(database, value []byte) bool {
	const header = 100 // of the database, in its first page
	if len(database) < header || !bytes.HasPrefix(database, []byte(sqliteMagic)) {
		return false
	}
	size := int(binary.BigEndian.Uint16(database[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 {
		return false
	}
	for start := 0; start+size <= len(database); start += size {
		offset := 0
		if start == 0 {
			offset = header
		}
		if pageHolds(database[start:start+size], offset, value) {
			return true
		}
	}
	return false
}

// pageHolds is sqliteHolds for one page, whose header is at the offset.
func pageHolds(page []byte, offset int, value []byte) bool {
	const tableLeaf, header, pointer = 0x0d, 8, 2
	if page[offset] != tableLeaf {
		return false
	}
	cells := int(binary.BigEndian.Uint16(page[offset+3:]))
	for i := range cells {
		at := offset + header + i*pointer
		if at+pointer > len(page) {
			return false
		}
		cell := page[min(int(binary.BigEndian.Uint16(page[at:])), len(page)):]
		length, n := sqliteVarint(cell)
		_, m := sqliteVarint(cell[n:])
		payload := cell[n+m:]
		if uint64(len(payload)) > length {
			payload = payload[:length]
		}
		if bytes.Contains(payload, value) {
			return true
		}
	}
	return false
}

// sqliteVarint reads a number at the beginning of the data, and how many bytes it takes: at most nine, of which the last
// has eight bits of it and each other one seven.
func sqliteVarint(data []byte) (number uint64, n int) {
	for n < len(data) && n < 8 {
		b := data[n]
		number = number<<7 | uint64(b&0x7f)
		n++
		if b < 0x80 {
			return number, n
		}
	}
	if n < len(data) {
		return number<<8 | uint64(data[n]), n + 1
	}
	return number, n
}
