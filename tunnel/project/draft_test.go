package project

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// draft returns a draft of a text that is TOML.
func draft(t *testing.T, text string) *Draft {
	t.Helper()
	d, err := NewDraft([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// edits are changes to texts: "…" in want stands for what text has in the same place.
func edits(t *testing.T, list []edit) {
	t.Helper()
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			for _, nl := range []string{"\n", "\r\n"} {
				if !strings.Contains(c.text, "\n") && nl != "\n" {
					continue // no line to tell by
				}
				crlf := func(s string) string { return strings.ReplaceAll(s, "\n", nl) }
				d := draft(t, crlf(c.text))
				if c.do != nil {
					c.do(d)
				} else if err := d.Set(c.key, c.value); err != nil {
					t.Fatal(err)
				}
				if got := string(d.Text()); got != crlf(c.want) {
					t.Errorf("got\n%q\nwant\n%q", got, crlf(c.want))
				}
			}
		})
	}
}

type edit struct {
	name, text string
	key        Key
	value      any
	do         func(d *Draft) // instead of setting key
	want       string
}

func TestAValueIsReplacedInItsPlace(t *testing.T) {
	edits(t, []edit{
		{
			"text, with a comment behind", "name   =   \"a\"   # me\n\n#x\n", "name", "b", nil,
			"name   =   \"b\"   # me\n\n#x\n",
		},
		{"text in single quotes stays so", "name = 'a'", "name", "b", nil, "name = 'b'"},
		{"what single quotes cannot hold gets double ones", "description = 'a'", "description", "it's", nil, `description = "it's"`},
		{
			"text of several lines becomes a line", "description = \"\"\"\na\nb\"\"\" # c\ngroup = \"g\"\n", "description", "d", nil,
			"description = \"d\" # c\ngroup = \"g\"\n",
		},
		{"a number", "backlog=1_000#c", "backlog", int64(5), nil, "backlog=5#c"},
		{"true and false", "redirect_http = true  # r\n", "redirect_http", false, nil, "redirect_http = false  # r\n"},
		{"a value of the wrong kind", "listen = 'a' # l\n", "listen", []string{"b"}, nil, "listen = [\"b\"] # l\n"},
		{"a key in quotes", "\"name\" = \"a\"\n", "name", "b", nil, "\"name\" = \"b\"\n"},
		{"a dotted key", "auth . user = \"a\"\n", "auth.user", "b", nil, "auth . user = \"b\"\n"},
		{"a key in braces", "auth = { user = 'a', password_env = 'P' } # x\n", "auth.user", "b", nil, "auth = { user = 'b', password_env = 'P' } # x\n"},
		{"a key below a header", "[ auth ] # c\n user='a'\n", "auth.user", "b", nil, "[ auth ] # c\n user='b'\n"},
		{"a key of a route", "[[route]]\npath='/a'\n[[route]]\npath='/b'\n", RouteKey(1, "path"), "/c", nil, "[[route]]\npath='/a'\n[[route]]\npath='/c'\n"},
		{"a key of a route in braces", "route = [{path='/a'},{path='/b'}]", RouteKey(1, "path"), "/c", nil, "route = [{path='/a'},{path='/c'}]"},
		{"behind a byte order mark", "\ufeffname = 'a'\n", "name", "b", nil, "\ufeffname = 'b'\n"},
	})
}

func TestAListIsChangedItemByItem(t *testing.T) {
	long := "listen = [ # all\n\t\"a\", # one\n\t# the second\n\t'b'\n\t, # two\n\t\"c\" # three\n\t# end\n] # l\n"
	edits(t, []edit{
		{"one is replaced", long, "listen", []string{"a", "x", "c"}, nil, strings.ReplaceAll(long, "'b'", "'x'")},
		{"one is added at the end", long, "listen", []string{"a", "b", "c", "d"}, nil, strings.ReplaceAll(long, "\"c\" # three", "\"c\", # three\n\t\"d\"")},
		{"one is added in front", long, "listen", []string{"z", "a", "b", "c"}, nil, strings.ReplaceAll(long, "\t\"a\"", "\t\"z\",\n\t\"a\"")},
		{
			"one is taken out with its comments", long, "listen",
			[]string{"a", "c"},
			nil,
			"listen = [ # all\n\t\"a\", # one\n\t\"c\" # three\n\t# end\n] # l\n",
		},
		{
			"the last is taken out", long, "listen",
			[]string{"a", "b"},
			nil,
			"listen = [ # all\n\t\"a\", # one\n\t# the second\n\t'b'\n\t # two\n\t# end\n] # l\n",
		},
		{
			"they are moved with their comments", long, "listen",
			[]string{"c", "a", "b"},
			nil,
			"listen = [ # all\n\t\"c\", # three\n\t\"a\", # one\n\t# the second\n\t'b'\n\t # two\n\t# end\n] # l\n",
		},
		{"in one line", `listen = ["a", "b"] # l`, "listen", []string{"b"}, nil, `listen = ["b"] # l`},
		{"moved in one line", `listen = ["a", "b"]`, "listen", []string{"b", "a"}, nil, `listen = ["b", "a"]`},
		{"added to one line", `listen = [ "a" ]`, "listen", []string{"a", "b"}, nil, `listen = [ "a", "b" ]`},
		{"added in front in one line", `listen = ["a","b"]`, "listen", []string{"c", "a", "b"}, nil, `listen = ["c", "a","b"]`},
		{"a comma at the end stays", "listen = [\"a\",]\n", "listen", []string{"a", "b"}, nil, "listen = [\"a\", \"b\",]\n"},
		{"an empty one is filled", "deny = [] # d\n", "deny", []string{"a", "b"}, nil, "deny = [\"a\", \"b\"] # d\n"},
		{"one is emptied", "deny = [ 'a', 'b' ] # d\n", "deny", []string{}, nil, "deny = [] # d\n"},
	})
}

func TestANewKeyStandsWhereItBelongs(t *testing.T) {
	edits(t, []edit{
		{"in an empty file", "", "name", "a", nil, "name = \"a\"\n"},
		{"in a file of a comment", "# c", "name", "a", nil, "# c\nname = \"a\"\n"},
		{"behind the key before it, whose line has no end", "name = \"a\"", "group", "g", nil, "name = \"a\"\ngroup = \"g\""},
		{
			"behind the key before it and its comment", "name = \"a\" # n\n\n[[route]]\n", "group", "g", nil,
			"name = \"a\" # n\ngroup = \"g\"\n\n[[route]]\n",
		},
		{
			"between its neighbours", "name = \"a\"\n# hosts\nhosts = []\n", "listen",
			[]string{"l"},
			nil,
			"name = \"a\"\nlisten = [\"l\"]\n# hosts\nhosts = []\n",
		},
		{
			"in front of those behind it", "# head\n\n# about the group\ngroup = 'g'\n", "name", "a", nil,
			"# head\n\nname = \"a\"\n# about the group\ngroup = 'g'\n",
		},
		{"below the comment that begins the file", "# head\ngroup = 'g'\n", "name", "a", nil, "# head\nname = \"a\"\ngroup = 'g'\n"},
		{"above the first table", "\n# about auth\n[auth]\nuser='u'\n", "name", "a", nil, "\nname = \"a\"\n\n# about auth\n[auth]\nuser='u'\n"},
		{
			"aligned and moved in as the others are", "  name        = \"a\"\n  description = \"d\"\n", "listen",
			[]string{"l"},
			nil,
			"  name        = \"a\"\n  description = \"d\"\n  listen      = [\"l\"]\n",
		},
		{"without blanks as the others", "name='a'\n", "group", "g", nil, "name='a'\ngroup=\"g\"\n"},
		{
			"in a table of its own", "name = \"a\"\n\n# the page\n[[route]]\nto = []\n", "auth.user", "u", nil,
			"name = \"a\"\n\n[auth]\nuser = \"u\"\n\n# the page\n[[route]]\nto = []\n",
		},
		{"in a table of its own at the end", "name = \"a\"", "cors.origins", []string{"*"}, nil, "name = \"a\"\n\n[cors]\norigins = [\"*\"]\n"},
		{"behind routes in braces", "route = [{}]\n", "cors.origins", []string{"*"}, nil, "route = [{}]\n\n[cors]\norigins = [\"*\"]\n"},
		{"in a table that is there", "[auth] # c\nuser='u'\n\n[cors]\n", "auth.password_env", "P", nil, "[auth] # c\nuser='u'\npassword_env=\"P\"\n\n[cors]\n"},
		{"in an empty table", "[auth] # c\n\n[cors]\n", "auth.user", "u", nil, "[auth] # c\nuser = \"u\"\n\n[cors]\n"},
		{"beside a dotted key", "auth.user = 'u'\nname = 'a'\n", "auth.password_env", "P", nil, "auth.user = 'u'\nauth.password_env = \"P\"\nname = 'a'\n"},
		{"in braces", "auth = { user = 'u' }\n", "auth.password_env", "P", nil, "auth = { user = 'u', password_env = \"P\" }\n"},
		{"in empty braces", "auth = {}\n", "auth.user", "u", nil, "auth = { user = \"u\" }\n"},
		{"first in braces", "auth = { password_env = 'P' }\n", "auth.user", "u", nil, "auth = { user = \"u\", password_env = 'P' }\n"},
		{"in a route", "[[route]]\nto = []\n[[route]]\nto = []\n", RouteKey(0, "path"), "/", nil, "[[route]]\npath = \"/\"\nto = []\n[[route]]\nto = []\n"},
		{"in a route in braces", "route = [{ to = [] }]\n", RouteKey(0, "path"), "/", nil, "route = [{ path = \"/\", to = [] }]\n"},
	})
}

func TestAKeyIsTakenOut(t *testing.T) {
	edits(t, []edit{
		{"with the comment in its line", "name = 'a'\ngroup = 'g' # x\nbacklog = 1\n", "group", nil, nil, "name = 'a'\nbacklog = 1\n"},
		{"with the comment above it", "name = 'a'\n\n# the team\n# of two\ngroup = 'g'\n\nbacklog = 1\n", "group", nil, nil, "name = 'a'\n\nbacklog = 1\n"},
		{"without a comment that the next key may need", "name = 'a'\n# both\ngroup = 'g'\nbacklog = 1\n", "group", nil, nil, "name = 'a'\n# both\nbacklog = 1\n"},
		{"without the comment that begins the file", "# web\ngroup = 'g'\n\nbacklog = 1\n", "group", nil, nil, "# web\n\nbacklog = 1\n"},
		{"with all its lines", "name = 'a'\nlisten = [\n 'l', # x\n\n]\n", "listen", nil, nil, "name = 'a'\n"},
		{"which is the last line and has no end", "name = 'a'\n\ngroup = 'g'", "group", nil, nil, "name = 'a'\n"},
		{"with its table, of which it was the last", "name = 'a'\n\n# who\n[auth]\nuser = 'u'\n# old = 1\n\n[cors]\n", "auth.user", nil, nil, "name = 'a'\n\n[cors]\n"},
		{"but not with its route", "[[route]]\nto = []\n", RouteKey(0, "to"), nil, nil, "[[route]]\n"},
		{"out of braces", "auth = { user = 'u', password_env = 'P' }\n", "auth.user", nil, nil, "auth = { password_env = 'P' }\n"},
		{"last out of braces", "name = 'a'\nauth = { user = 'u' }\n", "auth.user", nil, nil, "name = 'a'\n"},
		{"last out of a route in braces", "route = [{ path = '/' }]", RouteKey(0, "path"), nil, nil, "route = [{}]"},
		{"though it is of the wrong kind", "name = 'a'\nlisten = 5\n", "listen", nil, nil, "name = 'a'\n"},
		{"which is not there", "name = 'a'\n", "listen", nil, nil, "name = 'a'\n"},
	})
}

func TestHeadersAreChangedOneByOne(t *testing.T) {
	headers := RouteKey(0, "set_headers")
	m := func(pairs ...string) map[string]string {
		m := make(map[string]string)
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	edits(t, []edit{
		{"the first", "[[route]]\nto = []\n", headers, m("X-A", "1", "X-B", "2"), nil, "[[route]]\nto = []\nset_headers = { \"X-A\" = \"1\", \"X-B\" = \"2\" }\n"},
		{"a value", "[[route]]\nset_headers = { X-A = '1', 'X-B' = '2' } # h\n", headers, m("X-A", "1", "X-B", "3"), nil, "[[route]]\nset_headers = { X-A = '1', 'X-B' = '3' } # h\n"},
		{"another", "[[route]]\nset_headers = {X-A='1'}\n", headers, m("X-A", "1", "X-B", "3"), nil, "[[route]]\nset_headers = {X-A='1', X-B=\"3\"}\n"},
		{
			"a name", "[[route]]\nset_headers = { X-A = '1', 'X-B' = '2' } # h\n", headers, m("X-A", "1", "X-C", "3"), nil,
			"[[route]]\nset_headers = { X-A = '1', \"X-C\" = '3' } # h\n",
		},
		{"a dotted name", "[[route]]\nset_headers.X-A = '1'\n", headers, m("X A", "1"), nil, "[[route]]\nset_headers.\"X A\" = '1'\n"},
		{"one less", "[[route]]\nset_headers = { X-A = '1', X-B = '2' }\n", headers, m("X-B", "2"), nil, "[[route]]\nset_headers = { X-B = '2' }\n"},
		{"none", "[[route]]\nto = []\nset_headers = { X-A = '1', X-B = '2' }\n", headers, m(), nil, "[[route]]\nto = []\n"},
		{
			"in a table of their own", "[[route]]\n[route.set_headers]\nX-A = '1' # a\nX-B = '2'\n\n[[route]]\n", headers, m("X-A", "1", "X-C", "3"), nil,
			"[[route]]\n[route.set_headers]\nX-A = '1' # a\nX-C = '3'\n\n[[route]]\n",
		},
		{"with their table", "[[route]]\n[route.set_headers]\nX-A = '1'\nX-B = '2'\n", headers, nil, nil, "[[route]]\n"},
		{"with their empty table", "[[route]]\n[route.set_headers]\n# X-A = '1'\n", headers, nil, nil, "[[route]]\n"},
		{"dotted", "[[route]]\nset_headers.X-A = '1'\n", headers, m("X-A", "2", "X.B", "3"), nil, "[[route]]\nset_headers.X-A = '2'\nset_headers.\"X.B\" = \"3\"\n"},
		{"of the wrong kind", "[[route]]\nset_headers = 5\n", headers, m("X-A", "2"), nil, "[[route]]\nset_headers = { \"X-A\" = \"2\" }\n"},
	})
}

func TestRoutesAreAddedTakenOutAndMoved(t *testing.T) {
	const (
		a = "# about a\n[[route]] # first\npath = '/a'\n[route.set_headers]\nX-A = '1'\n# X-B\n"
		b = "[[route]]\npath = '/b'\nto = [\n  '1',\n]\n"
		c = "# about c\n[[route]]\n\npath = '/c'\n"
	)
	add := func(d *Draft) { d.AddRoute() }
	remove := func(i int) func(d *Draft) { return func(d *Draft) { d.RemoveRoute(i) } }
	move := func(i, to int) func(d *Draft) { return func(d *Draft) { d.MoveRoute(i, to) } }
	edits(t, []edit{
		{"the first", "name = 'a'\n", "", nil, add, "name = 'a'\n\n[[route]]\n"},
		{"the first of an empty file", "", "", nil, add, "[[route]]\n"},
		{"another", a + "\n# free\n\n[cors]\n", "", nil, add, a + "\n[[route]]\n\n# free\n\n[cors]\n"},
		{"another behind a line without an end", "[[route]]", "", nil, add, "[[route]]\n\n[[route]]\n"},
		{"another in braces", "route = [\n  { path = '/a' }, # a\n]\n", "", nil, add, "route = [\n  { path = '/a' }, # a\n  {},\n]\n"},
		{"out from between", "name = 'a'\n\n" + a + "\n" + b + "\n" + c, "", nil, remove(1), "name = 'a'\n\n" + a + "\n" + c},
		{"out first", "name = 'a'\n\n" + a + "\n" + b, "", nil, remove(0), "name = 'a'\n\n" + b},
		{"out last", a + "\n" + b + "\n# free\n\n" + c, "", nil, remove(2), a + "\n" + b + "\n# free\n"},
		{"out with tables elsewhere", "[[route]]\n\n[auth]\nuser = 'u'\n\n[route.set_headers]\nA = 'a'\n", "", nil, remove(0), "[auth]\nuser = 'u'\n"},
		{"out of braces", "route = [{ path = '/a' }, { path = '/b' }]\n", "", nil, remove(0), "route = [{ path = '/b' }]\n"},
		{"up", "name = 'a'\n\n" + a + "\n\n# free\n\n" + b + "\n" + c, "", nil, move(2, 0), "name = 'a'\n\n" + c + "\n\n# free\n\n" + a + "\n" + b},
		{"down", a + "\n" + b + "\n" + c, "", nil, move(0, 2), b + "\n" + c + "\n" + a},
		{"onto a line without an end", "[[route]] # 1\n\n[[route]] # 2", "", nil, move(0, 1), "[[route]] # 2\n\n[[route]] # 1"},
		{"to where it is", a + "\n" + b, "", nil, move(1, 1), a + "\n" + b},
		{
			"with tables elsewhere", "[[route]] # 1\n\n[auth]\nuser = 'u'\n\n[route.set_headers]\nA = 'a'\n\n[[route]] # 2\n", "", nil, move(0, 1),
			"[[route]] # 2\n\n[auth]\nuser = 'u'\n\n\n\n[[route]] # 1\n\n[route.set_headers]\nA = 'a'\n",
		},
		{"in braces", "route = [\n  { path = '/a' }, # a\n  { path = '/b' } # b\n]\n", "", nil, move(0, 1), "route = [\n  { path = '/b' }, # b\n  { path = '/a' } # a\n]\n"},
	})
}

func TestValuesAreReadAsWritten(t *testing.T) {
	d := draft(t, "name = 'a'\nlisten = ['x', \"y\\\"\"]\nhosts = [1]\nredirect_http = true\nbacklog = 0x10\nidle_timeout = 1.5\nmax_connections = -1\ngroup = 5\n"+
		"auth.user = \"\"\"\nu\"\"\"\n[[route]]\nset_headers = {A = ''}\n[[route]]\nset_headers.B = 'b'\n[[route]]\n[route.set_headers]\n[[route]]\nset_headers = {A = 1}\n")
	for key, want := range map[Key]any{
		"name": "a", "listen": []string{"x", `y"`}, "hosts": nil, "redirect_http": true, "backlog": int64(16), "idle_timeout": nil,
		"max_connections": nil, "group": nil,
		"auth.user": "u", "route[0].set_headers": map[string]string{"A": ""}, "route[1].set_headers": map[string]string{"B": "b"},
		"route[2].set_headers": map[string]string{}, "route[3].set_headers": nil,
	} {
		if v, ok := d.Value(key); !ok || !reflect.DeepEqual(v, want) {
			t.Errorf("%s: got %#v, %t, want %#v", key, v, ok, want)
		}
	}
	for _, key := range []Key{"description", "auth.password_env", "auth", "colour", "route.to", "route[0].to", "route[9].to", "route[9].set_headers", "name.x"} {
		if v, ok := d.Value(key); ok {
			t.Errorf("%s: got %v", key, v)
		}
	}
}

func TestWhatCannotBeSetChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name, text string
		key        Key
		value      any
		want       string
	}{
		{"an unknown key", "name = 'a'", "colour", "red", `project files have no key "colour"`},
		{"a key of no route", "name = 'a'", "route.to", []string{"x"}, `project files have no key "route.to"`},
		{"a route that is not there", "[[route]]", "route[1].path", "/", `route[1].path: there are 1 routes`},
		{"a wrong type", "name = 'a'", "name", 5, "name: takes no int"},
		{"a negative number", "name = 'a'", "backlog", int64(-1), "backlog: takes no int64"},
		{"a key of what is no table", "auth = 'dev'", "auth.user", "dev", "cannot set auth.user: 1:1: auth: "},
		{"text that is no text", "name = 'a'", "description", "\xff", "cannot set description: invalid UTF-8 character in basic string (save the file as UTF-8)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draft(t, c.text)
			err := d.Set(c.key, c.value)
			if err == nil || !strings.HasPrefix(err.Error(), strings.ReplaceAll(c.want, "1:1: ", "")) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if got := string(d.Text()); got != c.text {
				t.Errorf("changed to %q", got)
			}
		})
	}
}

func TestARouteIsNotAddedToWhatIsNone(t *testing.T) {
	d := draft(t, "route = 5\n")
	if i := d.AddRoute(); i != -1 || string(d.Text()) != "route = 5\n" {
		t.Errorf("got %d, %q", i, d.Text())
	}
}

func TestADraftOfNoTOMLSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"name = \"a":               "name:",
		"name = 'a'\nname = 'b'\n": "2:1",
		"name = 'a'\n[route\n":     "2:",
	} {
		_, err := NewDraft([]byte(text))
		var problems Errors
		if !errors.As(err, &problems) || problems[0].Line == 0 {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestProblemsBelongToKeys(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"of the top", "name = '!'\nlisten = ['1']\n" + foot, "name listen"},
		{"of a table", "name = 'a'\n[auth]\nuser = ':'\n" + foot, "auth.password_env auth.user"},
		{"of routes", head + "[[route]]\n[[route]]\npath = 'x'\nto = ['ws://a']\n[route.set_headers]\n'!:' = ''\n", "route[0].to route[1].path route[1].set_headers"},
		{"of routes in braces", head + "route = [{}, { path = 'x', to = ['ws://a'] }, {}]\n", "route[0].to route[1].path route[2].to route[2].path"},
		{"of no route", head, "route"},
		{"of an unknown key", head + foot + "too = 1\n", "route[0].too"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draft(t, c.text)
			_, err := d.Check("culvert.toml")
			var problems Errors
			if !errors.As(err, &problems) {
				t.Fatal(err)
			}
			var keys []string
			for _, p := range problems {
				keys = append(keys, string(d.Key(p)))
			}
			if got := strings.Join(keys, " "); got != c.want {
				t.Errorf("got %s, want %s\n%v", got, c.want, err)
			}
		})
	}
}

func TestADuplicateDiffersInNameAndAddressOnly(t *testing.T) {
	text := "# the client\nname = 'a' # short\n\nlisten = [\n '127.0.0.1:1', # TLS\n]\n" + foot
	for _, c := range []struct {
		listen []string
		want   string
	}{
		{[]string{"127.0.0.1:2"}, "# the client\nname = 'b' # short\n\nlisten = [\n '127.0.0.1:2', # TLS\n]\n" + foot},
		{nil, "# the client\nname = 'b' # short\n\n" + foot},
	} {
		got, err := Renamed([]byte(text), "b", c.listen)
		if err != nil || string(got) != c.want {
			t.Errorf("got %q (%v), want %q", got, err, c.want)
		}
	}
	if _, err := Renamed([]byte("name"), "b", nil); err == nil {
		t.Error("no error for a text that is no TOML")
	}
}

// TestEveryKeyCanBeWrittenAndTakenBack sets each key of a new file, and leaves nothing behind.
func TestEveryKeyCanBeWrittenAndTakenBack(t *testing.T) {
	const text = "name = \"a\"\n\n[[route]]\n"
	d := draft(t, text)
	was := draft(t, whole)
	var keys []Key
	for _, k := range Keys() {
		key := k.Key
		if name, ok := strings.CutPrefix(string(key), "route."); ok {
			key = RouteKey(0, name)
		}
		if v, ok := was.Value(key); ok && key != "name" {
			keys = append(keys, key)
			if err := d.Set(key, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := d.Set("name", "web-chat"); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < was.Routes(); i++ {
		d.AddRoute()
		for _, k := range Keys() {
			name, inRoute := strings.CutPrefix(string(k.Key), "route.")
			v, ok := was.Value(RouteKey(i, name))
			if !inRoute || !ok {
				continue
			}
			if err := d.Set(RouteKey(i, name), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := d.Check("culvert.toml")
	want, _ := Parse("culvert.toml", []byte(whole))
	if err != nil || !same(got, want) {
		t.Fatalf("got %+v (%v) from\n%s", got, err, d.Text())
	}
	for d.Routes() > 1 {
		d.RemoveRoute(1)
	}
	for _, key := range append(keys, "name") {
		if err := d.Set(key, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.TrimSpace(string(d.Text())); got != "[[route]]" {
		t.Errorf("left %q", got)
	}
}

// FuzzDraft changes a key of any text: the others keep their values, the text outside of the key its bytes, and to set
// it back leaves what was there.
func FuzzDraft(f *testing.F) {
	for _, text := range []string{
		whole, strings.ReplaceAll(whole, "\n", "\r\n"), "\ufeff" + head + foot,
		head + "route = [\n { path = '/a', set_headers.A = 'x' }, # a\n {\n # b\n to = [ 'x', # y\n] }\n]",
		"route = [ # v\n{ set_headers.A='c', set_headers.B = 'd' },\n{ # c\n path = '/z', # d\n}\n]\n[ cors ] # h\nheaders = [\n]\n[x.y]\na = 1",
		"listen=['a','b' , # x\n 'c'\n]\ncors = { origins = ['*', # q\n 'b'], methods=[]}\ngroup = 5\nauth . user=\"\"\"\n[x]\n\"\"\"\n# r\n[[route]]",
		"[[route]]\n[auth]\nuser = '''\n#'''\n[route.set_headers]\n# c\n\n[[route]] # d\nset_headers.\"A.B\" = \"c\"\n#e",
	} {
		for i := range Keys() {
			f.Add([]byte(text), uint8(i), uint8(1), "x\ny")
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, number, route uint8, s string) {
		d, err := NewDraft(text)
		if err != nil || d.Routes() > 100 || len(text) > 4096 {
			return
		}
		if string(d.Text()) != string(text) {
			t.Fatalf("a draft of %q is %q", text, d.Text())
		}
		i := 0
		if d.Routes() > 0 {
			i = int(route) % d.Routes()
			testMoves(t, text, i)
		}
		info := Keys()[int(number)%len(Keys())]
		key := info.Key
		if name, ok := strings.CutPrefix(string(key), "route."); ok {
			key = RouteKey(i, name)
		}
		before := values(d)
		if v, ok := d.Value(key); ok && v != nil {
			if err := d.Set(key, v); err != nil || string(d.Text()) != string(text) {
				t.Fatalf("%s set to its own value: %v, %q", key, err, d.Text())
			}
		}
		for _, v := range []any{sample(info.Type, s), sample(info.Type, s+"2"), nil} {
			was := string(d.Text())
			if err := d.Set(key, v); err != nil {
				if string(d.Text()) != was {
					t.Fatalf("%v, but %q became %q", err, was, d.Text())
				}
				continue
			}
			after := values(d)
			if got, ok := d.Value(key); ok != (v != nil) || v != nil && !equal(got, v) {
				t.Fatalf("%s is %#v, want %#v in %q", key, got, v, d.Text())
			}
			delete(before, key)
			delete(after, key)
			if !reflect.DeepEqual(before, after) {
				t.Fatalf("%s = %#v made\n%v\nof\n%v\nin %q", key, v, after, before, d.Text())
			}
		}
	})
}

// testMoves moves a route away and back, and takes it out.
func testMoves(t *testing.T, text []byte, i int) {
	t.Helper()
	d, err := NewDraft(text)
	if err != nil {
		t.Fatal(err)
	}
	n := d.Routes()
	before := values(d)
	d.MoveRoute(i, n-1)
	d.MoveRoute(n-1, i)
	if after := values(d); !reflect.DeepEqual(before, after) {
		t.Fatalf("moved route %d of %q: %q", i, text, d.Text())
	}
	d.RemoveRoute(i)
	if d.Routes() != n-1 {
		t.Fatalf("took route %d out of %q: %q", i, text, d.Text())
	}
	if d.AddRoute() != n-1 {
		t.Fatalf("no route added to %q", d.Text())
	}
}

// values returns what d holds.
func values(d *Draft) map[Key]string {
	m := make(map[Key]string)
	for _, k := range Keys() {
		name, ok := strings.CutPrefix(string(k.Key), "route.")
		if !ok {
			if v, ok := d.Value(k.Key); ok {
				m[k.Key] = fmt.Sprintf("%#v", v)
			}
			continue
		}
		for i := range d.Routes() {
			if v, ok := d.Value(RouteKey(i, name)); ok {
				m[RouteKey(i, name)] = fmt.Sprintf("%#v", v)
			}
		}
	}
	return m
}

// sample returns a value made of s.
func sample(kind Type, s string) any {
	switch kind {
	case TypeBool:
		return len(s)%2 == 0
	case TypeNumber:
		return int64(len(s))
	case TypeList:
		return []string{s, "x"}
	case TypeMap:
		return map[string]string{"A": s, s: "a"}
	}
	return s
}
