package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"strconv"
	"syscall"

	gonet "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"
)

const closedWhy = "Its addresses are closed: a browser finds nobody there."

// notServed finds a project that is not served, for another reason than its ports.
func notServed(ctx context.Context, p *Patient) []Finding {
	switch {
	case !p.On:
		return []Finding{{
			Severity: Warning,
			What:     "The project is switched off.",
			Why:      closedWhy,
			Fixes:    []Fix{p.switchOn("switch it on")},
		}}
	case p.Project == nil && p.Reason != "", p.Project != nil && p.Running && !p.Served && !p.explained(ctx):
		return []Finding{{
			Severity: Error,
			What:     "The project is not served.",
			Evidence: safe(p.Reason),
			Why:      closedWhy,
			Fixes:    []Fix{p.edit("correct the project file"), p.switchOn("then switch it on again")},
		}}
	case !p.Running:
		return []Finding{{
			Severity: Warning,
			What:     "No culvert runs, so the project is not served.",
			Why:      closedWhy,
			Fixes:    []Fix{{What: "start the app, or serve without a window", Command: "culvert run"}},
		}}
	}
	return nil
}

func (p *Patient) switchOn(what string) Fix {
	return Fix{What: what, Command: "culvert on " + word(p.Name), Action: Switch, Args: []string{p.Name}}
}

// hasPort reports whether an address has a port of its own, which others may have taken.
func hasPort(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	return err == nil && port != "0"
}

// wsaAddrInUse is what Windows says of a port that is taken (WSAEADDRINUSE); syscall.EADDRINUSE is made up there.
const wsaAddrInUse = syscall.Errno(10048)

// closedPorts tries the addresses that are to be open and are not, and returns why each cannot be.
func (p *Patient) closedPorts(ctx context.Context) map[string]error {
	faults := map[string]error{}
	if p.Served {
		return faults
	}
	for _, addr := range p.Project.Listen {
		if !hasPort(addr) {
			continue
		}
		if err := p.machine.listen(ctx, addr); err != nil {
			faults[addr] = err
		}
	}
	return faults
}

// explained reports whether another check says why the project is not served.
func (p *Patient) explained(ctx context.Context) bool {
	return p.portFault(ctx) || p.own().err != nil || p.lacksPassword()
}

// portFault reports whether another check says why an address cannot be opened.
func (p *Patient) portFault(ctx context.Context) bool {
	for _, err := range p.closedPorts(ctx) {
		if inUse(err) || errors.Is(err, fs.ErrPermission) {
			return true
		}
	}
	return false
}

func inUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddrInUse) }

// portTaken finds ports of the project on which another program listens.
func portTaken(ctx context.Context, p *Patient) (found []Finding) {
	faults := p.closedPorts(ctx)
	for _, addr := range p.Project.Listen {
		if !inUse(faults[addr]) {
			continue
		}
		who, pid := holder(ctx, addr)
		if pid == os.Getpid() {
			continue // another project's tunnel, which shares it
		}
		_, port, _ := net.SplitHostPort(addr)
		f := Finding{
			Severity: Error,
			What:     fmt.Sprintf("The port %s is taken by another program.", port),
			Evidence: fmt.Sprintf("%s: %s listens there", addr, who),
			Why:      "The tunnel cannot listen, and what answers at the address is not the tunnel.",
			Fixes:    []Fix{p.edit("choose another port in listen, or leave the port out for a free one")},
		}
		if pid != 0 {
			f.Fixes = append([]Fix{{What: "end that program", Command: endCommand(pid)}}, f.Fixes...)
		} else {
			f.Fixes = append(f.Fixes, Fix{What: "find out who it is", Command: whoCommand(port)})
		}
		found = append(found, f)
	}
	return found
}

func endCommand(pid int) string {
	if runtime.GOOS == "windows" {
		return fmt.Sprintf("taskkill /PID %d", pid)
	}
	return fmt.Sprintf("kill %d", pid)
}

func whoCommand(port string) string {
	switch runtime.GOOS {
	case "windows":
		return "netstat -ano | findstr :" + port
	case "darwin":
		return "sudo lsof -nP -sTCP:LISTEN -iTCP:" + port
	}
	return "sudo ss -ltnp sport = :" + port
}

// holder tells who listens on the port of an address; pid 0 where that is not to be seen, as of another user's program.
func holder(ctx context.Context, addr string) (who string, pid int) {
	who = "a program that this user may not see"
	host, number, _ := net.SplitHostPort(addr)
	port, _ := strconv.Atoi(number)
	list, err := gonet.ConnectionsWithContext(ctx, "tcp")
	if err != nil {
		return who, 0
	}
	ip := net.ParseIP(host)
	for _, c := range list {
		on := net.ParseIP(c.Laddr.IP)
		overlaps := on.Equal(ip) || on.IsUnspecified() || ip.IsUnspecified()
		if c.Status != "LISTEN" || int(c.Laddr.Port) != port || !overlaps || c.Pid == 0 {
			continue
		}
		name := "a program"
		if proc, err := process.NewProcessWithContext(ctx, c.Pid); err == nil {
			if n, err := proc.NameWithContext(ctx); err == nil {
				name = safe(n)
			}
		}
		return fmt.Sprintf("%s (pid %d)", name, c.Pid), int(c.Pid)
	}
	return who, 0
}

// privilegedPort finds ports that the user may not listen on.
func privilegedPort(ctx context.Context, p *Patient) (found []Finding) {
	faults := p.closedPorts(ctx)
	for _, addr := range p.Project.Listen {
		if !errors.Is(faults[addr], fs.ErrPermission) {
			continue
		}
		_, port, _ := net.SplitHostPort(addr)
		f := Finding{
			Severity: Error,
			What:     fmt.Sprintf("This user may not listen on the port %s.", port),
			Evidence: fmt.Sprintf("%s: %v", addr, faults[addr]),
			Why:      "Ports below 1024 belong to root on most systems, and the app does not run as root.",
			Fixes:    p.portFixes(port),
		}
		if runtime.GOOS == "windows" {
			f.Why = "Windows keeps ranges of ports for itself, among others for virtual machines; netsh interface ipv4 show " +
				"excludedportrange protocol=tcp lists them."
		}
		found = append(found, f)
	}
	return found
}

// portFixes are the ways out of a privileged port.
func (p *Patient) portFixes(port string) []Fix {
	fixes := []Fix{p.edit("choose a port from 1024 up, such as 8443")}
	if runtime.GOOS != "linux" {
		return fixes
	}
	return append(fixes,
		Fix{
			What:    "or give the program the right, until it is built or installed anew",
			Command: `sudo setcap cap_net_bind_service=+ep "$(command -v culvert)"`,
		},
		Fix{
			What:    "or let users listen on ports from " + port + " up, until the next start of the machine",
			Command: "sudo sysctl net.ipv4.ip_unprivileged_port_start=" + port,
		},
		Fix{
			What:    "or lead the port to another on which the tunnel listens",
			Command: "sudo iptables -t nat -A OUTPUT -o lo -p tcp --dport " + port + " -j REDIRECT --to-ports 8443",
		})
}
