package look

import (
	"encoding/binary"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// AnyText is the style for monospaced text of several lines in any writing. Fyne makes a line as high as the face asks
// for, and then draws it as far down as the highest of the faces that it falls back to: in a line of the plain
// monospace face the feet of Chinese, and of all text beside it, are cut off. The face of this style asks for the room
// of those faces. No text is a symbol and monospaced, so the two together are its mark.
var AnyText = fyne.TextStyle{Monospace: true, Symbol: true}

// What Noto Sans CJK asks for above and below the line, in parts of the size of the text. No common face for Chinese,
// Japanese or Korean asks for more.
const (
	tallAscent  = 1.16
	tallDescent = 0.288
)

// tallMono returns Fyne's monospace face with the room for other writings, or as it is where it cannot be read.
func tallMono() fyne.Resource {
	mono := theme.DefaultTheme().Font(fyne.TextStyle{Monospace: true})
	data := append([]byte(nil), mono.Content()...)
	if !raise(data) {
		return mono
	}
	return fyne.NewStaticResource("tall-"+mono.Name(), data)
}

// raise gives a face the room of tall ones, in its table hhea and in OS/2, where another reader may look for it
// (https://learn.microsoft.com/typography/opentype/spec/otff).
func raise(data []byte) bool {
	head, hhea, os2 := table(data, "head"), table(data, "hhea"), table(data, "OS/2")
	if len(head) < 20 || len(hhea) < 8 {
		return false
	}
	unit := float64(binary.BigEndian.Uint16(head[18:]))
	put := func(dst []byte, part float64) { binary.BigEndian.PutUint16(dst, uint16(int16(math.Round(part*unit)))) }
	put(hhea[4:], tallAscent)
	put(hhea[6:], -tallDescent)
	if len(os2) >= 72 {
		put(os2[68:], tallAscent)
		put(os2[70:], -tallDescent)
	}
	return true
}

// table returns a table of a font file, nil if it has none of that name.
func table(data []byte, name string) []byte {
	const header, record = 12, 16
	if len(data) < header {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := header + i*record
		if len(data) < at+record {
			return nil
		}
		r := data[at : at+record]
		from, size := uint64(binary.BigEndian.Uint32(r[8:])), uint64(binary.BigEndian.Uint32(r[12:]))
		if string(r[:4]) == name && from+size <= uint64(len(data)) {
			return data[from : from+size]
		}
	}
	return nil
}
