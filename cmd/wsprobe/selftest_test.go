package main

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"testing"
	"time"
)

// timely are the servers and rules that time decides: how long is waited, and
// what comes first. The whole selftest would take too long here.
var timely = []string{
	"close.*", "fail.*", "ping.*", "utf8.*", "handshake.segments", "takes-its-time", "trickles", "chatters",
	"heartbeat-of-pings", "echoes-from-another-thread", "waits-for-fin", "serves-one-at-a-time",
}

// On a machine whose cores all have other work, faults are found as ever, and
// who is right is not accused.
func TestSelftestOnABusyMachine(t *testing.T) {
	for range runtime.NumCPU() {
		busy := exec.CommandContext(t.Context(), "busy")
		if _, err := busy.StdinPipe(); err != nil { // which ends with us, however that is
			t.Fatal(err)
		}
		if err := busy.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { busy.Wait() }) // the context has killed it by then
	}
	args := []string{"selftest"}
	for _, name := range timely {
		args = append(args, "--only", name)
	}
	out, err := exec.CommandContext(t.Context(), "wsprobe", args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !regexp.MustCompile(`(?m)^[1-9]\d faults: [1-9]\d found, 0 missed\n[1-9]\d* lawful servers: 0 accused\n`).Match(out) {
		t.Errorf("said\n%s", out)
	}
}

// keepBusy does nothing useful, for as long as the longest test may take, or until
// nobody holds its standard input any more.
func keepBusy() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); {
	}
}
