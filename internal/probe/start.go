package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a target that we started: a process group of its own, so that
// what it starts is stopped with it.
type process struct {
	cmd    *exec.Cmd
	output tail
	exited chan struct{}
	err    error // of Wait, once exited is closed
}

// keepOutput is how many bytes of a target's output are kept, the last ones.
const keepOutput = 16 << 10

// startProcess runs command with the shell, {port} filled in.
func startProcess(command, dir string, port int) (*process, error) {
	p := &process{exited: make(chan struct{})}
	p.cmd = exec.Command("/bin/sh", "-c", fillPort(command, port))
	p.cmd.Dir = dir
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	// A grandchild that keeps the pipes open must not hold up Wait.
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the target: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// listens waits until something accepts connections at addr.
func (p *process) listens(ctx context.Context, addr string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err == nil {
			conn.Close()
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("the target ended before it listened at %s: %s%s", addr, p.how(), p.said())
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return fmt.Errorf("the target does not listen at %s after %v%s", addr, limit, p.said())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// how says how the process ended.
func (p *process) how() string {
	if p.err != nil {
		return p.err.Error()
	}
	return "exit status 0"
}

// said returns the last lines of the output, ready to stand behind a message.
func (p *process) said() string {
	out := strings.TrimSpace(p.output.String())
	if out == "" {
		return "; it printed nothing"
	}
	lines := strings.Split(out, "\n")
	if len(lines) > 12 {
		lines = lines[len(lines)-12:]
	}
	return "; it printed:\n  " + strings.Join(lines, "\n  ")
}

// dead reports whether the process has ended.
func (p *process) dead() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// ends reports whether the process has ended, or does so within that time.
func (p *process) ends(within time.Duration) bool {
	select {
	case <-p.exited:
		return true
	case <-time.After(within):
		return false
	}
}

// stop ends the process group: SIGTERM, and SIGKILL for what is left after a while.
func (p *process) stop() {
	group := -p.cmd.Process.Pid
	syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(3 * time.Second):
	}
	syscall.Kill(group, syscall.SIGKILL)
	<-p.exited
}

func fillPort(s string, port int) string {
	return strings.ReplaceAll(s, "{port}", strconv.Itoa(port))
}

// freePort returns a loopback port that nothing listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the last keepOutput bytes written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - keepOutput; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}
