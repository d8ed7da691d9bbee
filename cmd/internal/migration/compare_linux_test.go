package migration

import (
	"slices"
	"strings"
	"testing"
)

// difference is what only one front has of an exchange, and why that is right. A line that ends in "…" stands for those
// that begin so.
type difference struct {
	nginx, culvert []string
	why            string
}

// compare sends every exchange through both fronts. What they say is the same but for the exchange's own differences,
// each of which is there, and for the common ones, each of which is there at least once.
func compare(t *testing.T, nginx, culvert front, exchanges []exchange, common []difference) {
	t.Helper()
	used := make([]bool, len(common))
	for _, e := range exchanges {
		t.Run(e.name, func(t *testing.T) {
			left, right := e.run(t, nginx), e.run(t, culvert)
			whole := "\n\nnginx:\n" + strings.Join(left, "\n") + "\n\nCulvert:\n" + strings.Join(right, "\n")
			if missing := append(without(e.want, left), without(e.want, right)...); len(missing) > 0 {
				t.Errorf("no line is %q%s", missing, whole)
			}
			if a, b := talked(left), talked(right); a != nil && b != nil && !slices.Equal(a, b) {
				t.Errorf("what came on the socket differs%s", whole)
			}
			left, right = without(left, right), without(right, left)
			for _, d := range e.differs {
				if !d.in(left, right) {
					t.Errorf("the difference is gone: %s", d.why)
				}
				left, right = d.takenFrom(left, right)
			}
			for i, d := range common {
				if d.in(left, right) {
					used[i] = true
					left, right = d.takenFrom(left, right)
				}
			}
			if len(left)+len(right) > 0 {
				t.Errorf("only nginx: %q\nonly Culvert: %q%s", left, right, whole)
			}
			if testing.Verbose() {
				t.Log(whole)
			}
		})
	}
	for i, d := range common {
		if !used[i] && !t.Failed() {
			t.Errorf("the difference is gone: %s", d.why)
		}
	}
}

// talked returns what came on a socket, in its order, nil if none opened.
func talked(lines []string) []string {
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "frame: ") || strings.HasPrefix(l, "the end: ") }); i >= 0 {
		return lines[i:]
	}
	return nil
}

// in reports whether the lines that are left have all of the difference.
func (d difference) in(nginx, culvert []string) bool {
	return has(nginx, d.nginx) && has(culvert, d.culvert)
}

func (d difference) takenFrom(nginx, culvert []string) (_, _ []string) {
	return without(nginx, d.nginx), without(culvert, d.culvert)
}

func has(lines, wanted []string) bool {
	return len(lines)-len(without(lines, wanted)) == len(wanted)
}

// without returns the lines less those that are taken, each once.
func without(lines, taken []string) []string {
	rest := slices.Clone(lines)
	for _, line := range taken {
		i := slices.IndexFunc(rest, func(l string) bool {
			begin, open := strings.CutSuffix(line, "…")
			return l == line || open && strings.HasPrefix(l, begin)
		})
		if i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
	}
	return rest
}

// said wants each of the texts in what the import said.
func (f front) said(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(f.notes, text) {
			t.Errorf("the import does not say %q", text)
		}
	}
}
