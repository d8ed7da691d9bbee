package payload

import (
	"github.com/mattn/go-runewidth"

	"culvert/ui/ink"
)

// Section is a heading and the fields under it.
type Section struct {
	Heading string // none: the fields stand alone
	Fields  []Field
}

// Field is one line of a section.
type Field struct {
	Name  string  // none: the value begins the line
	Value []byte  // of the traffic, or a text of the window
	Ink   ink.Ink // of the value
	Note  string  // follows the value, faint
}

// Sheet is a document of names and values, such as the headers of a handshake.
type Sheet struct {
	lines []sheetLine
}

type sheetLine struct {
	heading string
	field   Field
	width   int // cells of the longest name of the section
}

// maxNameWidth is how far values are moved to the right, in cells, to stand below each other.
const maxNameWidth = 28

// Fields returns the document of the sections, an empty line between them.
func Fields(sections ...Section) *Sheet {
	s := new(Sheet)
	for _, section := range sections {
		if len(s.lines) > 0 {
			s.lines = append(s.lines, sheetLine{})
		}
		if section.Heading != "" {
			s.lines = append(s.lines, sheetLine{heading: section.Heading})
		}
		width := 0
		for _, f := range section.Fields {
			if w := runewidth.StringWidth(f.Name); w <= maxNameWidth {
				width = max(width, w)
			}
		}
		for _, f := range section.Fields {
			s.lines = append(s.lines, sheetLine{field: f, width: width})
		}
	}
	return s
}

// Lines returns the number of lines.
func (s *Sheet) Lines() int { return len(s.lines) }

// Line appends the spans of line i.
func (s *Sheet) Line(i int, dst []ink.Span) []ink.Span {
	l := s.lines[i]
	if l.heading != "" {
		return append(dst, ink.Span{Text: []byte(l.heading), Bold: true})
	}
	if l.field.Name != "" {
		name := []byte(l.field.Name)
		for w := runewidth.StringWidth(l.field.Name); w < l.width+2; w++ {
			name = append(name, ' ')
		}
		if len(name) == len(l.field.Name) {
			name = append(name, "  "...)
		}
		dst = append(dst, ink.Span{Text: name, Ink: ink.Dim})
	}
	dst = append(dst, ink.Span{Text: l.field.Value, Ink: l.field.Ink})
	if l.field.Note != "" {
		dst = append(dst, ink.Span{Text: []byte("  " + l.field.Note), Ink: ink.Faint})
	}
	return dst
}

// Tap does nothing: fields do not fold.
func (s *Sheet) Tap(line, column int) bool { return false }
