package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// separate is wsproxy in a process of its own.
type separate struct {
	*exec.Cmd
	t    *testing.T
	addr string        // where it listens
	read chan struct{} // closed when all that it said is there
	said strings.Builder
}

// start starts wsproxy, which TestMain lends, by a shell, after what is to be done there first.
func start(t *testing.T, first string, stdout *os.File, args ...string) *separate {
	t.Helper()
	r := &separate{t: t, read: make(chan struct{})}
	r.Cmd = exec.Command("sh", append([]string{"-c", first + ` exec "$@"`, "sh", "wsproxy"}, args...)...)
	if stdout != nil {
		r.Stdout = stdout
	}
	stderr, err := r.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Process.Kill() })
	lines := bufio.NewReader(stderr)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	_, rest, _ := strings.Cut(line, "ws://")
	r.addr, _, _ = strings.Cut(rest, "/")
	go func() {
		defer close(r.read)
		io.Copy(&r.said, lines)
	}()
	return r
}

// stop interrupts it, and returns its exit code and what it said.
func (r *separate) stop() (code int, said string) {
	r.t.Helper()
	return r.end(syscall.SIGINT)
}

// end sends it a signal that ends it.
func (r *separate) end(s os.Signal) (code int, said string) {
	r.t.Helper()
	r.Process.Signal(s)
	select {
	case <-r.read:
	case <-time.After(patience):
		r.Process.Kill()
		<-r.read
		r.t.Errorf("%v did not end it", s)
	}
	r.Wait()
	return r.ProcessState.ExitCode(), r.said.String()
}

// A terminal that goes away ends wsproxy as Ctrl-C does, with its record written to
// the end; not so where nohup said that nothing comes of it.
func TestTerminalGoesAway(t *testing.T) {
	handled := make(chan os.Signal, 1)
	signal.Notify(handled, syscall.SIGHUP) // a child gets it then, also where these tests run under nohup
	defer signal.Stop(handled)
	r := start(t, "", nil, bundled(t))
	if code, said := r.end(syscall.SIGHUP); code != 0 || !strings.Contains(said, "connections 0") {
		t.Errorf("%d: %s", code, said)
	}
	r = start(t, "trap '' HUP;", nil, bundled(t))
	r.Process.Signal(syscall.SIGHUP)
	time.Sleep(100 * time.Millisecond)
	if code, said := r.stop(); code != 0 || !strings.Contains(said, "connections 0") {
		t.Errorf("%d: %s", code, said)
	}
}
