package migration

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
)

// node is a node of the chat system's IM cluster: a program of Node.js with the library ws, which knows nothing of ours.
type node struct {
	address string
	kill    func() // and waits until it is gone, with its port
}

// startNode starts a node on a port; "0" is a free one.
func startNode(t *testing.T, name, port string) node {
	t.Helper()
	c := exec.Command("node", "testdata/chat/node.js", name, port)
	c.Env = append(os.Environ(), "NODE_PATH=/usr/share/nodejs")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatalf("%v (run: apt-get install nodejs node-ws)", err)
	}
	kill := func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	t.Cleanup(kill)
	listens := bufio.NewScanner(out)
	if !listens.Scan() {
		t.Fatal("Node ended before it listened (run: apt-get install node-ws)")
	}
	return node{"127.0.0.1:" + listens.Text(), kill}
}
