package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Key names a key of a project file by its way from the top: "name", "auth.user". A key of a route has the route's
// index, counted from 0, "route[0].to"; [Key.Route] takes it apart.
type Key string

// RouteKey returns the key of route i that [Keys] lists as "route.name".
func RouteKey(i int, name string) Key { return Key(fmt.Sprintf("route[%d].%s", i, name)) }

// Route returns the index of the route that k belongs to, or -1, and the key as [Keys] lists it.
func (k Key) Route() (index int, listed Key) {
	rest, ok := strings.CutPrefix(string(k), "route[")
	number, name, closed := strings.Cut(rest, "].")
	i, err := strconv.Atoi(number)
	if !ok || !closed || err != nil || i < 0 {
		return -1, k
	}
	return i, Key("route." + name)
}

// Type is what kind of value a key takes.
type Type uint8

// The types of keys, and what [Draft] has for them.
const (
	TypeText     Type = iota // string
	TypeBool                 // bool
	TypeNumber               // int64, not negative
	TypeDuration             // string, as time.ParseDuration reads it
	TypeList                 // []string
	TypeMap                  // map[string]string
)

// KeyInfo is what a form needs to know about a key.
type KeyInfo struct {
	Key      Key // keys of routes are without index, "route.to"
	Type     Type
	Required bool   // of its table, if that is there; route.to may give way to route.root or route.redirect
	Default  string // the value that a file without the key has, as the file would have it; "" is none, nothing or nobody
}

// Keys returns the keys of a project file in the order of the documentation, in which [Draft] puts new ones too.
func Keys() []KeyInfo {
	return []KeyInfo{
		{Key: "name", Type: TypeText, Required: true},
		{Key: "description", Type: TypeText},
		{Key: "group", Type: TypeText},
		{Key: "listen", Type: TypeList, Default: `["` + DefaultListen + `"]`},
		{Key: "hosts", Type: TypeList, Default: `["localhost", "NAME.localhost"]`},
		{Key: "redirect_http", Type: TypeBool, Default: "false"},
		{Key: "idle_timeout", Type: TypeDuration, Default: `"0"`},
		{Key: "max_connections", Type: TypeNumber, Default: "0"},
		{Key: "backlog", Type: TypeNumber, Default: "0"},
		{Key: "allow", Type: TypeList, Default: `["127.0.0.0/8", "::1"]`},
		{Key: "deny", Type: TypeList, Default: "[]"},
		{Key: "auth.user", Type: TypeText, Required: true},
		{Key: "auth.password_env", Type: TypeText, Required: true},
		{Key: "certificate.file", Type: TypeText, Required: true},
		{Key: "certificate.key", Type: TypeText},
		{Key: "certificate.alias", Type: TypeText},
		{Key: "certificate.password_env", Type: TypeText},
		{Key: "cors.origins", Type: TypeList, Required: true},
		{Key: "cors.methods", Type: TypeList},
		{Key: "cors.headers", Type: TypeList},
		{Key: "cors.credentials", Type: TypeBool, Default: "false"},
		{Key: "route.path", Type: TypeText, Default: `"/"`},
		{Key: "route.exact", Type: TypeBool, Default: "false"},
		{Key: "route.listen", Type: TypeList},
		{Key: "route.to", Type: TypeList, Required: true},
		{Key: "route.root", Type: TypeText},
		{Key: "route.fallback", Type: TypeText},
		{Key: "route.redirect", Type: TypeText},
		{Key: "route.strip_prefix", Type: TypeBool, Default: "false"},
		{Key: "route.host", Type: TypeText, Default: `"` + HostPreserve + `"`},
		{Key: "route.connect_timeout", Type: TypeDuration, Default: `"10s"`},
		{Key: "route.read_timeout", Type: TypeDuration, Default: `"0"`},
		{Key: "route.send_timeout", Type: TypeDuration, Default: `"0"`},
		{Key: "route.set_headers", Type: TypeMap},
		{Key: "route.auth", Type: TypeBool, Default: "true"},
		{Key: "route.allow", Type: TypeList},
		{Key: "route.deny", Type: TypeList},
	}
}

// names returns the keys that may stand in a table, "" or one such as "auth", in the order of the documentation.
func names(table string) []string {
	var list []string
	for _, k := range Keys() {
		name := string(k.Key)
		if table != "" {
			var ok bool
			if name, ok = strings.CutPrefix(name, table+"."); !ok {
				continue
			}
		}
		name, _, _ = strings.Cut(name, ".")
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// rank returns the place of a path, without a route's index, in the order of [Keys]; -1 if no key is there. A table is
// where its first key is.
func rank(path []string) int {
	return slices.IndexFunc(Keys(), func(k KeyInfo) bool {
		parts := strings.Split(string(k.Key), ".")
		n := min(len(parts), len(path))
		return slices.Equal(parts[:n], path[:n])
	})
}
