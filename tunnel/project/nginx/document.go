package nginx

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"culvert/tunnel/project"
)

// entry is a key with its value as the project file has them.
type entry struct {
	key, value string
	from       *directive // nil where nothing in the configuration says it
	note       string     // a comment behind it
	line       int        // where it stands, once the document is written
}

// table is a part of a project file below its header.
type table struct {
	header  string // "" above the first
	above   []string
	entries []*entry
	off     bool   // it is there as a comment
	route   *route // that it is from
}

// document is a project file that is being made.
type document struct {
	intro  []string
	tables []*table
	outro  []string
}

// set adds a key, unless the value is empty.
func (t *table) set(key, value string, from *directive) *entry {
	if value == "" {
		return &entry{}
	}
	e := &entry{key: key, value: value, from: from}
	t.entries = append(t.entries, e)
	return e
}

func (t *table) text(key, s string, from *directive) *entry {
	if s == "" {
		return &entry{}
	}
	return t.set(key, project.Quote(s), from)
}

func (t *table) list(key string, items []string, from *directive) *entry {
	if len(items) == 0 {
		return &entry{}
	}
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = project.Quote(s)
	}
	return t.set(key, "["+strings.Join(quoted, ", ")+"]", from)
}

func (t *table) boolean(key string, is bool, from *directive) *entry {
	if !is {
		return &entry{}
	}
	return t.set(key, "true", from)
}

// write returns the document as text, and tells each entry its line.
func (d *document) write() []byte {
	w := &lines{}
	for _, s := range d.intro {
		w.comment(s)
	}
	for _, t := range d.tables {
		w.table(t)
	}
	if len(d.outro) > 0 {
		w.line("")
	}
	for _, s := range d.outro {
		w.comment(s)
	}
	return []byte(w.b.String())
}

// lines writes lines and counts them.
type lines struct {
	b     strings.Builder
	count int
}

func (w *lines) line(s string) {
	w.b.WriteString(s + "\n")
	w.count++
}

func (w *lines) comment(s string) { w.line(commented(s)) }

// commented returns s as a comment.
//
// SECURITY: nothing in it ends the comment: texts of nginx and names of files may have line breaks.
func commented(s string) string {
	return strings.TrimRight("# "+strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s), " ")
}

func (w *lines) table(t *table) {
	if w.count > 0 && (t.header != "" || len(t.above) > 0) {
		w.line("")
	}
	for _, s := range t.above {
		w.comment(s)
	}
	off := ""
	if t.off {
		off = "# "
	}
	if t.header != "" {
		w.line(off + t.header)
	}
	widest, longest := 0, 0
	for _, e := range t.entries {
		widest = max(widest, len(e.key))
		longest = max(longest, min(utf8.RuneCountInString(e.value), 48))
	}
	for _, e := range t.entries {
		text := fmt.Sprintf("%s%-*s = %s", off, widest, e.key, e.value)
		if e.note != "" {
			text += strings.Repeat(" ", max(longest-utf8.RuneCountInString(e.value), 0)) + "  " + commented(e.note)
		}
		w.line(text)
		e.line = w.count
	}
}

// drop takes the entry at a line out, with its whole table if that cannot do without, and returns it.
func (d *document) drop(line int) (*entry, *table) {
	for i, t := range d.tables {
		for j, e := range t.entries {
			if e.line != line || t.off {
				continue
			}
			switch e.key {
			case "path", "to", "root", "redirect", "user", "password_env", "origins":
				d.tables = append(d.tables[:i:i], d.tables[i+1:]...)
			default:
				t.entries = append(t.entries[:j:j], t.entries[j+1:]...)
			}
			return e, t
		}
	}
	return nil, nil
}
