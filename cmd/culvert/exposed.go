package main

import (
	"net/netip"

	"culvert/tunnel/control"
)

// warningSign begins a line that warns of something that works.
const warningSign = "⚠"

// exposure says of an address that other machines can reach it, and what to do where they should not. guarded tells that
// only this machine is let in there.
func exposure(addr string, guarded bool) (what, fix string) {
	own := "127.0.0.1"
	if at, err := netip.ParseAddrPort(addr); err == nil && at.Addr().Is6() {
		own = "[::1]"
	}
	what, fix = addr+" is reachable from other machines", "write "+own+" to keep it to this one"
	if guarded {
		what += ", which are refused: allow lets in this one alone"
		fix = "write " + own + ", or name in allow who is to be let in"
	}
	return what, fix
}

// warnings are the lines that warn of a project's addresses that other machines can reach.
func warnings(p control.Project) (lines []string) {
	for _, addr := range p.Exposed {
		what, fix := exposure(addr, p.Guarded)
		lines = append(lines, warningSign+" "+p.Name+": "+what+" ("+fix+")")
	}
	return lines
}
