package capture

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"culvert/tunnel/frame"
)

// childVariable makes the test binary record instead of test.
const childVariable = "CULVERT_CAPTURE_TEST_CHILD"

const childBudget = 128 << 20

// One million frames of mixed size, compressed ones and HTTP among them, searched and exported meanwhile, take no more
// memory of the process than the budget and a tenth.
func TestAMillionFramesStayWithinTheBudget(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("reads /proc/self/status, and takes seconds")
	}
	if raceEnabled {
		t.Skip("the race detector takes memory of its own")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestAMillionFramesStayWithinTheBudget$")
	cmd.Env = append(os.Environ(), childVariable+"=1")
	if os.Getenv(childVariable) != "" {
		recordAMillion()
		return
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var before, after, rows, memory int64
	line, _, _ := strings.Cut(string(out), "\n")
	if _, err := fmt.Sscanf(line, "before %d after %d rows %d memory %d", &before, &after, &rows, &memory); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	t.Logf("%d rows; the log counts %d KiB, the process grew by %d KiB of a budget of %d KiB",
		rows, memory>>10, after-before, childBudget>>10)
	if memory > childBudget {
		t.Errorf("the log counts %d bytes", memory)
	}
	if grown := (after - before) << 10; grown > childBudget/10*11 {
		t.Errorf("the process grew by %d bytes, the budget is %d", grown, childBudget)
	}
}

func recordAMillion() {
	before := peak()
	l := New(childBudget)
	defer l.Close()
	c := openedWith(l, "permessage-deflate; server_no_context_takeover")
	text := prose(64 << 10)
	r := rand.New(rand.NewPCG(1, 2))
	var p []byte
	z := newDeflater(nil).frame(frame.Received, string(text[:3000]))
	q, _ := ParseQuery("needle")
	for i := range 1_000_000 {
		size := r.IntN(300)
		if i%100 == 0 {
			size = r.IntN(len(text))
		}
		p = frame.AppendFrame(p[:0], frame.Header{Opcode: frame.Text, Fin: true, Masked: true, Key: [4]byte{1, 2, 3, 4}}, text[:size])
		c.Data(frame.Sent, time.Now(), p)
		switch {
		case i%50 == 0:
			c.Data(frame.Received, time.Now(), z)
			l.HTTP(Exchange{Time: time.Now(), Method: "GET", URL: "https://localhost/x", Status: 200})
		case i%200_000 == 1:
			_, _, _ = l.Find(context.Background(), q, 0, 0, 0)
			_ = l.WriteHAR(context.Background(), io.Discard, q, "")
		}
	}
	s := l.Stats()
	fmt.Printf("before %d after %d rows %d memory %d\n", before, peak(), s.Next-s.First, s.Memory)
}

// peak returns the most memory that the process has had resident, in KiB.
func peak() (kib int64) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kib); err == nil {
			return kib
		}
	}
	return 0
}
