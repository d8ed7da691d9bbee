package frame_test

import (
	"strings"
	"testing"

	"culvert/tunnel/frame"
)

func TestParseDeflateReadsWhatAServerAccepts(t *testing.T) {
	plain := frame.Deflate{ServerBits: 15, ClientBits: 15}
	for _, c := range []struct {
		name   string
		values []string
		want   frame.Deflate
		ok     bool
	}{
		{"no field", nil, frame.Deflate{}, false},
		{"an empty field", []string{""}, frame.Deflate{}, false},
		{"another extension", []string{"x-webkit-deflate-frame"}, frame.Deflate{}, false},
		{"another extension with parameters", []string{`foo; a=1; b="2"; c, bar`}, frame.Deflate{}, false},
		{"a name that only begins alike", []string{"permessage-deflate2"}, frame.Deflate{}, false},
		{"no parameters", []string{"permessage-deflate"}, plain, true},
		{"blanks and empty elements", []string{" ,\t, permessage-deflate ,"}, plain, true},
		{"after another extension", []string{"foo, permessage-deflate"}, plain, true},
		{"in a second field", []string{"foo;x=y", "permessage-deflate"}, plain, true},
		{"before another extension", []string{"permessage-deflate, foo"}, plain, true},
		{
			"every parameter",
			[]string{"permessage-deflate; server_no_context_takeover; client_no_context_takeover;server_max_window_bits=9 ; client_max_window_bits=10"},
			frame.Deflate{ServerNoTakeover: true, ClientNoTakeover: true, ServerBits: 9, ClientBits: 10},
			true,
		},
		{"the least window", []string{"permessage-deflate; server_max_window_bits=8"}, frame.Deflate{ServerBits: 8, ClientBits: 15}, true},
		{"the largest window", []string{"permessage-deflate; client_max_window_bits=15"}, plain, true},
		{"a quoted value", []string{`permessage-deflate; server_max_window_bits="12"`}, frame.Deflate{ServerBits: 12, ClientBits: 15}, true},
		{"a quoted value with escapes", []string{`permessage-deflate; server_max_window_bits="\1\2"`}, frame.Deflate{ServerBits: 12, ClientBits: 15}, true},
		{"blanks around the sign", []string{"permessage-deflate; server_max_window_bits = 11"}, frame.Deflate{ServerBits: 11, ClientBits: 15}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok, err := frame.ParseDeflate(c.values)
			if err != nil || ok != c.ok || got != c.want {
				t.Errorf("got %+v, %v, %v; want %+v, %v", got, ok, err, c.want, c.ok)
			}
		})
	}
}

func TestParseDeflateRefusesWhatAServerMayNotAnswer(t *testing.T) {
	for _, c := range []struct{ name, value, word string }{
		{"an unknown parameter", "permessage-deflate; mode=1", `"mode"`},
		{"a parameter twice", "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", "twice"},
		{"a bare parameter twice", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", "twice"},
		{"the extension twice", "permessage-deflate, permessage-deflate; server_max_window_bits=10", "twice"},
		{"a value for no_context_takeover", "permessage-deflate; client_no_context_takeover=1", "may have none"},
		{"no value for client_max_window_bits, as only an offer has it", "permessage-deflate; client_max_window_bits", "has no value"},
		{"no value for server_max_window_bits", "permessage-deflate; server_max_window_bits", "has no value"},
		{"a window of 7 bits", "permessage-deflate; server_max_window_bits=7", "from 8 to 15"},
		{"a window of 16 bits", "permessage-deflate; server_max_window_bits=16", "from 8 to 15"},
		{"a leading zero", "permessage-deflate; server_max_window_bits=09", "from 8 to 15"},
		{"a sign", "permessage-deflate; server_max_window_bits=+9", "from 8 to 15"},
		{"an empty value", "permessage-deflate; server_max_window_bits=", "missing"},
		{"an empty quoted value", `permessage-deflate; server_max_window_bits=""`, "empty"},
		{"an open quote", `permessage-deflate; server_max_window_bits="9`, "does not end"},
		{"a quote that ends in a backslash", `permessage-deflate; server_max_window_bits="9\`, "holds"},
		{"a blank in quotes", `permessage-deflate; server_max_window_bits="1 0"`, `" "`},
		{"a semicolon at the end", "permessage-deflate;", "missing"},
		{"no comma between extensions", "permessage-deflate foo", "unexpected"},
		{"a name that is none", "permessage-deflate; =9", "missing"},
		{"another extension that is malformed", "permessage-deflate, foo; =", "missing"},
		{"bytes that are no token", "涵洞", "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ok, err := frame.ParseDeflate([]string{c.value})
			if err == nil || ok || !strings.Contains(err.Error(), c.word) {
				t.Errorf("got %v, %v; want an error with %s", ok, err, c.word)
			}
		})
	}
}

func TestParseDeflateReadsTheTable(t *testing.T) {
	for _, c := range cases() {
		if c.Deflate == nil {
			continue
		}
		if got, ok, err := frame.ParseDeflate([]string{c.Extensions}); err != nil || !ok || got != *c.Deflate {
			t.Errorf("%s: %s: got %+v, %v, %v; want %+v", c.ID, c.Extensions, got, ok, err, *c.Deflate)
		}
	}
}

func FuzzParseDeflate(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits=\"1\\0\"", "foo")
	f.Add("permessage-deflate; server_no_context_takeover; mux=\"a", ",permessage-deflate")
	f.Fuzz(func(t *testing.T, a, b string) {
		d, ok, err := frame.ParseDeflate([]string{a, b})
		switch {
		case err != nil && ok:
			t.Fatal("both in use and refused")
		case !ok && d != frame.Deflate{}:
			t.Fatalf("not in use, yet %+v", d)
		case ok && (d.ServerBits < 8 || d.ServerBits > 15 || d.ClientBits < 8 || d.ClientBits > 15):
			t.Fatalf("%+v", d)
		}
		if both, okBoth, errBoth := frame.ParseDeflate([]string{a + "," + b}); err == nil && (errBoth != nil || okBoth != ok || both != d) {
			t.Fatalf("two fields %+v, %v; one field %+v, %v, %v", d, ok, both, okBoth, errBoth)
		}
	})
}
