package probe

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestStartTellsWhatTheTargetPrinted(t *testing.T) {
	p, err := startProcess("echo no such module >&2; exit 3", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	err = p.listens(context.Background(), "127.0.0.1:1", 10*time.Second)
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "no such module") {
		t.Errorf("got %v", err)
	}
}

func TestStopEndsTheWholeGroup(t *testing.T) {
	p, err := startProcess("sleep 100 & echo $!; wait", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	group := p.cmd.Process.Pid
	p.stop()
	// Signal 0 asks whether anything of the group is left; a zombie that init
	// has yet to reap still counts, hence the patience.
	for range 100 {
		if syscall.Kill(-group, 0) == syscall.ESRCH {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("something of the process group lives on")
}

func TestTailKeepsTheEnd(t *testing.T) {
	var out tail
	for range 3 * keepOutput / 10 {
		out.Write([]byte("123456789\n"))
	}
	out.Write([]byte("the end"))
	if s := out.String(); len(s) > keepOutput || !strings.HasSuffix(s, "the end") {
		t.Errorf("kept %d bytes", len(s))
	}
}
