package project

import (
	"fmt"
	"slices"
)

// scope is a table that is being read, with the name that its keys have in messages.
type scope struct {
	*reader
	table  *table
	name   string // "route."
	offset int    // of the table's header
}

// fault is what is wrong with a value, and what to do about it.
type fault struct{ what, fix string }

// sub returns the scope of the table that key holds, and whether there is one.
func (s scope) sub(key string) (scope, bool) {
	v := s.get(key, kindTable)
	if v == nil {
		return scope{}, false
	}
	return scope{s.reader, v.table, s.name + key + ".", v.offset}, true
}

// known reports the keys of the table that are not among names.
func (s scope) known(names ...string) {
	for _, e := range s.table.entries {
		if !slices.Contains(names, e.name) {
			s.report(e.offset, s.name+shown(e.name), "unknown key", unknownFix(e.name, names))
		}
	}
}

// require reports key as missing if it is; not if it may be there in a line that could not be read, or misspelt.
func (s scope) require(key string) {
	misspelt := func(e *entry) bool { return nearest(e.name, []string{key}) != "" }
	if !s.broken && !slices.ContainsFunc(s.table.entries, misspelt) {
		s.report(s.offset, s.name+key, "is missing", "write "+example(key))
	}
}

// get returns the value of key; nil if there is none or, reported, one of another kind.
func (s scope) get(key string, k kind) *value {
	e := s.table.index[key]
	if e == nil || !s.is(e.value, key, k) {
		return nil
	}
	return e.value
}

// is returns whether v, which belongs to key, is a k, and reports it if not.
func (s scope) is(v *value, key string, k kind) bool {
	if v.kind != k {
		s.report(v.offset, s.name+shown(key), fmt.Sprintf("is %s, but must be %s", v.kind, k), "write "+example(key))
	}
	return v.kind == k
}

// boolean sets to from key, if it is there.
func (s scope) boolean(key string, to *bool) {
	if v := s.get(key, kindBoolean); v != nil {
		*to = v.boolean
	}
}

// count sets to from key, if it is there.
func (s scope) count(key string, most int64, to *int) {
	v := s.get(key, kindInteger)
	switch {
	case v == nil:
	case v.integer < 0 || v.integer > most:
		s.report(v.offset, s.name+key, fmt.Sprintf("is not between 0 and %d", most), "write "+example(key))
	default:
		*to = int(v.integer)
	}
}

// text sets to from key, if it is there and parse takes it.
func text[T any](s scope, key string, to *T, parse func(string) (T, *fault)) {
	if v := s.get(key, kindText); v != nil {
		parsed, f := parse(v.text)
		if f != nil {
			s.report(v.offset, s.name+shown(key), f.what, f.fix)
			return
		}
		*to = parsed
	}
}

// list sets to from key, if it is there, to those of its items that parse takes. Two items that mean the same are a
// problem, and so is an empty list, but for deny: no key needs one to say its default, and reading it as "all" or as
// "none" would be a guess.
func list[T any](s scope, key string, to *[]T, parse func(string) (T, *fault)) {
	v := s.get(key, kindList)
	if v == nil {
		return
	}
	if len(v.items) == 0 && key != "deny" {
		s.report(v.offset, s.name+key, "is empty", "write "+example(key)+", or take the line out")
	}
	lines := make(map[string]int)
	for _, item := range v.items {
		if !s.is(item, key, kindText) {
			continue
		}
		parsed, f := parse(item.text)
		if f != nil {
			s.report(item.offset, s.name+key, f.what, f.fix)
			continue
		}
		name := fmt.Sprint(parsed)
		if line, ok := lines[name]; ok {
			s.report(item.offset, s.name+key, fmt.Sprintf("%q is already there in line %d", item.text, line),
				"keep one of the two")
			continue
		}
		lines[name] = s.position(item.offset).line
		*to = append(*to, parsed)
	}
}

// example returns a right line for a key.
func example(key string) string {
	switch key {
	case "name":
		return `name = "web-chat"`
	case "listen":
		return `listen = ["127.0.0.1:8443"]`
	case "hosts":
		return `hosts = ["localhost", "web-chat.localhost"]`
	case "redirect_http", "strip_prefix", "exact", "credentials":
		return key + " = true, without quotes"
	case "idle_timeout", "connect_timeout", "read_timeout", "send_timeout":
		return key + ` = "60s", or "0" for none`
	case "max_connections", "backlog":
		return key + " = 100, or 0 for the default"
	case "allow", "deny":
		return key + ` = ["127.0.0.0/8", "::1"]`
	case "user":
		return `user = "dev"`
	case "password_env":
		return `password_env = "CHAT_PASSWORD"`
	case "file":
		return `file = "node1.jks"`
	case "origins":
		return `origins = ["https://localhost:5173"]`
	case "methods":
		return `methods = ["GET", "POST"]`
	case "headers":
		return `headers = ["X-Requested-With"]`
	case "auth", "certificate", "cors":
		return "[" + key + "] on a line of its own, its keys below it"
	case "route":
		return `[[route]] and below it to = ["ws://127.0.0.1:8080"]`
	case "path":
		return `path = "/ws"`
	case "to":
		return `to = ["ws://127.0.0.1:8080"]`
	case "root":
		return `root = "./dist"`
	case "fallback":
		return `fallback = "index.html"`
	case "redirect":
		return `redirect = "/new/place"`
	case "host":
		return `host = "preserve"`
	case "set_headers":
		return `set_headers = { "X-From" = "culvert" }`
	}
	return shown(key) + ` = "text"`
}
