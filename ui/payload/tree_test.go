package payload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/ui/payload"
)

func tree(t testing.TB, text string) *payload.Tree {
	t.Helper()
	d, ok := payload.JSON([]byte(text))
	if !ok {
		t.Fatalf("%.80q is not JSON", text)
	}
	d.Zone = time.UTC
	return d
}

func TestTreeShows(t *testing.T) {
	for _, c := range []struct {
		name, json string
		want       []string
	}{
		{
			"an object as the payload has it",
			`{"type":"join","room":42,"user":{"id":7,"name":"王小明"},"at":1763733801355}`,
			[]string{
				`▾ {} 4 keys`,
				`  "type": "join"`,
				`  "room": 42`,
				`  ▾ "user": {} 2 keys`,
				`    "id": 7`,
				`    "name": "王小明"`,
				`  "at": 1763733801355 2025-11-21 14:03:21.355`,
			},
		},
		{
			"keys in their order, the same key twice",
			`{"b":1,"a":2,"b":3}`,
			[]string{`▾ {} 3 keys`, `  "b": 1`, `  "a": 2`, `  "b": 3`},
		},
		{
			"numbers as they are written",
			`[1.0, 1E+2, -0, 12345678901234567890123, 0.10]`,
			[]string{`▾ [] 5 items`, `  0: 1.0`, `  1: 1E+2`, `  2: -0`, `  3: 12345678901234567890123`, `  4: 0.10`},
		},
		{
			"empty brackets without a marker",
			"[ {} ,[ ]\n]",
			[]string{`▾ [] 2 items`, `  0: {}`, `  1: []`},
		},
		{
			"seconds and milliseconds with the time they may be",
			`[1763733801,1763733801355,999999999,9999999999,-1763733801]`,
			[]string{
				`▾ [] 5 items`, `  0: 1763733801 2025-11-21 14:03:21`, `  1: 1763733801355 2025-11-21 14:03:21.355`,
				`  2: 999999999`, `  3: 9999999999`, `  4: -1763733801`,
			},
		},
		{
			"escapes of what is printable as what they mean, others as they are",
			`["\u738b\ud83d\ude00\u0041\n\"\u200e\ud83d"]`,
			[]string{`▾ [] 1 item`, `  0: "王😀\u0041\n\"\u200e\ud83d"`},
		},
		{"a single string", `"x"`, []string{`"x"`}},
		{"a single number", ` 7 `, []string{`7`}},
		{
			"values after each other, folded if they are many",
			"{\"a\":1}\n[2]\n3\n",
			[]string{`▾ {} 1 key`, `  "a": 1`, `▾ [] 1 item`, `  0: 2`, `3`},
		},
		{
			"a Socket.IO packet",
			`42/admin,7["say",{"a":1}]`,
			[]string{`42/admin,7`, `▾ [] 2 items`, `  0: "say"`, `  ▾ 1: {} 1 key`, `    "a": 1`},
		},
	} {
		t.Run(c.name, func(t *testing.T) { equal(t, lines(tree(t, c.json)), c.want) })
	}
}

func TestWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{
		"", " ", "hello", "{", "}", "[1,]", "[,1]", `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, "[1}", "01", "1.", "+1", "1e", "-",
		"tru", "nulls", `"a`, "\"a\nb\"", `"\x"`, `"\u12g4"`, "[1][2]", "[1] x", "CONNECT\n\n\x00", "\xff", "2probe", "42/a[1",
	} {
		if _, ok := payload.JSON([]byte(text)); ok {
			t.Errorf("%q is taken for JSON", text)
		}
	}
}

func TestTapFoldsAndUnfolds(t *testing.T) {
	d := tree(t, `{"a":{"b":{"c":1}},"d":2}`)
	steps := []struct {
		line, column int
		changed      bool
		want         []string
	}{
		{1, 4, false, []string{`▾ {} 2 keys`, `  ▾ "a": {} 1 key`, `    ▾ "b": {} 1 key`, `      "c": 1`, `  "d": 2`}},
		{2, 4, true, []string{`▾ {} 2 keys`, `  ▾ "a": {} 1 key`, `    ▸ "b": {} 1 key`, `  "d": 2`}},
		{1, 2, true, []string{`▾ {} 2 keys`, `  ▸ "a": {} 1 key`, `  "d": 2`}},
		{2, 2, false, []string{`▾ {} 2 keys`, `  ▸ "a": {} 1 key`, `  "d": 2`}},
		{1, 3, true, []string{`▾ {} 2 keys`, `  ▾ "a": {} 1 key`, `    ▸ "b": {} 1 key`, `  "d": 2`}},
		{0, 0, true, []string{`▸ {} 2 keys`}},
		{7, 0, false, []string{`▸ {} 2 keys`}},
		{0, 0, true, []string{`▾ {} 2 keys`, `  ▸ "a": {} 1 key`, `  "d": 2`}},
	}
	for _, s := range steps {
		if got := d.Tap(s.line, s.column); got != s.changed {
			t.Fatalf("Tap(%d, %d) = %v", s.line, s.column, got)
		}
		equal(t, lines(d), s.want)
	}
	d.Unfold(100)
	if got := d.Lines(); got != 5 {
		t.Errorf("unfolded it has %d lines", got)
	}
	d.Fold()
	equal(t, lines(d), steps[2].want)
}

func TestALongStringIsCutAndUnfoldsIntoItsText(t *testing.T) {
	said := strings.Repeat("wörd ", 100)
	d := tree(t, `{"s":"`+said+`","t":"`+strings.Repeat("x", 70)+`\nend"}`)
	got := lines(d)
	if want := `  ▸ "s": "` + strings.Repeat("wörd ", 19) + `wörd…" 600 B`; got[1] != want {
		t.Errorf("got %q, want %q", got[1], want)
	}
	d.Tap(1, 2)
	got = lines(d)
	var text strings.Builder
	for _, l := range got[2 : len(got)-1] {
		if !strings.HasPrefix(l, "    ") {
			t.Fatalf("%q is not indented", l)
		}
		text.WriteString(l[4:])
	}
	if text.String() != said {
		t.Errorf("the unfolded text is %q", text.String())
	}
	if got := d.Path(3); got != ".s" {
		t.Errorf("the text's path is %q", got)
	}
	d.Tap(1, 2)
	d.Tap(2, 2)
	equal(t, lines(d)[3:], []string{"    " + strings.Repeat("x", 70), "    end"})
}

func TestJSONInAStringUnfolds(t *testing.T) {
	d := tree(t, `{"body":"{\"name\":\"\\u738b\",\"list\":[1,2]}","no":"{oops}"}`)
	d.Tap(1, 2)
	equal(t, lines(d), []string{
		`▾ {} 2 keys`,
		`  ▾ "body": "{\"name\":\"\\u738b\",\"list\":[1,2]}"`,
		`    "name": "王"`,
		`    ▸ "list": [] 2 items`,
		`  ▸ "no": "{oops}"`,
	})
	d.Tap(3, 4)
	if got, want := d.Path(5), ".body.list[1]"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	if got, want := string(d.Value(3)), "[1,2]"; got != want {
		t.Errorf("value %q, want %q", got, want)
	}
	d.Tap(6, 2)
	if got, want := lines(d)[7], "    {oops}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStringsEndAtTheirQuote(t *testing.T) {
	for n := range 80 {
		for _, tail := range []string{"", `\\`, `\"`, `\\\"`, `\\\\`, `\"x\\`} {
			s := `"` + strings.Repeat("x", n) + tail + `"`
			d := tree(t, "["+s+","+s+"]")
			if got := string(d.Value(2)); got != s {
				t.Errorf("%s is %s", s, got)
			}
			if _, ok := payload.JSON([]byte(s[:1+n] + "\x1f" + s[1+n:])); ok {
				t.Errorf("a control behind %d letters is taken", n)
			}
		}
	}
}

func TestPathIsThatOfJavaScript(t *testing.T) {
	d := tree(t, `[{"a":{"first-name":1,"名":2,"":3,"1x":4}}]`)
	for line, want := range []string{"", "[0]", "[0].a", `[0].a["first-name"]`, "[0].a.名", `[0].a[""]`, `[0].a["1x"]`} {
		if got := d.Path(line); got != want {
			t.Errorf("line %d: %q, want %q", line, got, want)
		}
	}
}

func TestABigTreeOpensAtItsTopOnly(t *testing.T) {
	d := tree(t, string(manyObjects(100_000)))
	if got := d.Lines(); got != 100_001 {
		t.Fatalf("%d lines", got)
	}
	for _, line := range []int{100_000, 1, 50_001, 99_999, 2} {
		if got, want := payload.Text(d, line, line+1), fmt.Sprintf("  ▸ %d: {} 3 keys", line-1); got != want {
			t.Errorf("line %d: %q, want %q", line, got, want)
		}
	}
	d.Tap(50_001, 2)
	if got, want := payload.Text(d, 50_002, 50_003), `    "id": 50000`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := payload.Text(d, 100_003, 100_004), `  ▸ 99999: {} 3 keys`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDeepNestingIsHarmless(t *testing.T) {
	const depth = 1_000_000
	d := tree(t, strings.Repeat("[", depth)+strings.Repeat("]", depth))
	d.Unfold(500)
	for line := d.Lines() - 1; line > d.Lines()-3; line-- {
		payload.Text(d, line, line+1)
	}
	if _, ok := payload.JSON(bytes.Repeat([]byte("["), depth)); ok {
		t.Error("unclosed brackets are taken for JSON")
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,{"b":"\u738b"}],"c":"{\"d\":1}"}`, "[]\n{}\n1", `42["x",null]`, `[1e5,-0.1,true,false]`, `"\ud83d\ude00"`,
		`{"s":"` + strings.Repeat(`\n\u00e9x`, 100) + `"}`, "[[[[[[]]]]]]", `451-/a,1[{"_placeholder":true}]`,
	} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, p []byte, taps uint8) {
		d, ok := payload.JSON(p)
		if valid := json.Valid(p); valid && !ok {
			t.Fatalf("%q is JSON", p)
		}
		if !ok {
			return
		}
		for k := range int(taps) { // unfold and fold here and there
			line := k * 7 % d.Lines()
			for column := range 9 {
				if before := d.Lines(); d.Tap(line, column) && d.Lines() == before {
					t.Fatalf("a tap on line %d changed nothing", line)
				}
			}
		}
		d.Unfold(2000)
		for i := range d.Lines() {
			payload.Text(d, i, i+1)
			d.Path(i)
			if v := d.Value(i); v != nil && !json.Valid(v) && len(v) < 5000 {
				t.Fatalf("the value of line %d is %q", i, v)
			}
		}
		d.Fold()
		payload.Text(d, 0, d.Lines())
	})
}

// manyObjects is an array of n small objects.
func manyObjects(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"user number %d","tags":["one","two"]}`, i, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

const mib16 = 16 << 20

func BenchmarkJSONOpens16MiB(b *testing.B) {
	for name, p := range map[string][]byte{
		"objects": manyObjects(mib16 / 62),
		"numbers": append(append([]byte("[1"), bytes.Repeat([]byte(",1"), mib16/2)...), ']'),
		"string":  append(append([]byte(`{"s":"`), bytes.Repeat([]byte("x"), mib16)...), `"}`...),
		"deep":    append(bytes.Repeat([]byte("["), mib16/2), bytes.Repeat([]byte("]"), mib16/2)...),
		"broken":  append(bytes.Repeat([]byte(`{"a":`), mib16/5), '}'),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				payload.JSON(p)
			}
		})
	}
}

// A page of a viewer is 50 lines.
func BenchmarkJSONDrawsAPageOf16MiB(b *testing.B) {
	d := tree(b, string(manyObjects(mib16/62)))
	var line int
	for b.Loop() {
		line = (line*7919 + 104729) % (d.Lines() - 50)
		for i := range 50 {
			d.Line(line+i, nil)
		}
	}
}

func BenchmarkJSONUnfolds(b *testing.B) {
	p := manyObjects(mib16 / 62)
	for b.Loop() {
		d := tree(b, string(p))
		d.Unfold(10_000)
	}
}
