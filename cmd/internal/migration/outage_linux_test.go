package migration

import (
	"net"
	"slices"
	"testing"
)

func TestADeadUpstreamDoesNotCostAUserTheirSocket(t *testing.T) {
	t.Parallel()
	dead, alive := deadAddress(t), startNode(t, "node", freePort(t))
	s := &site{t: t, folder: "cluster", shared: map[string]string{"node1": dead, "node2": alive.address}, roles: []string{"wss"}}
	nginx, culvert := s.nginx(), s.culvert()
	socket := exchange{name: "one of two nodes is dead", url: "wss://localhost:{wss}/ws", frames: []string{"text hello", "close 1000"}}
	socket.want = append(slices.Clone(opened), "backend: node", `frame: text "hello"`)
	compare(t, nginx, culvert, []exchange{socket, socket, socket}, []difference{ownServer})

	alive.kill()
	socket.name, socket.want, socket.differs = "both are dead", []string{"status 502"}, []difference{ownPage("502 Bad Gateway")}
	compare(t, nginx, culvert, []exchange{socket}, []difference{ownServer})

	for _, address := range []string{dead, alive.address} {
		_, port, _ := net.SplitHostPort(address)
		startNode(t, "node", port)
	}
	socket.name, socket.want, socket.differs = "both are back, and the user asks again", nil, []difference{{
		nginx:   []string{"status 502", "Content-Type: text/html", "nginx's page: 502 Bad Gateway"},
		culvert: append(slices.Clone(opened), "backend: node", `frame: text "hello"`, `frame: close 1000 ""`, "the end: closed"),
		why:     "nginx asks nobody until fail_timeout is over; here a node that was dead is tried before a client is turned away",
	}}
	compare(t, nginx, culvert, []exchange{socket}, []difference{ownServer})
}
