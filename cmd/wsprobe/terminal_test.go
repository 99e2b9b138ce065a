//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const oneFailure = `suite: ping
about: A ping and its pong.
cases:
  - id: text
    about: A ping is answered, which is said here at some length so that there is something to wrap.
    rule: ping.answered
    steps:
      - send:   {ping: hi}
      - expect: {pong: hi}
`

// TestTerminal runs wsprobe on a terminal of 60 columns: colour, a line of
// progress that is cleared, and text that keeps to the width. With NO_COLOR
// there is none, and every word still stands.
func TestTerminal(t *testing.T) {
	s, err := startServer("ignores-pings", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	args := []string{"run", "--timeout-scale", "0.1", "--url", s.url, "ping.yaml"}
	colored := onTerminal(t, nil, args...)
	for _, want := range []string{"\x1b[1;31mFAIL\x1b[0m  ping/text", "\r\x1b[K"} {
		if !strings.Contains(colored, want) {
			t.Errorf("no %q in:\n%q", want, colored)
		}
	}
	plain := onTerminal(t, []string{"NO_COLOR=1"}, args...)
	if strings.Contains(plain, "\x1b[1") || strings.Contains(plain, "\x1b[3") {
		t.Errorf("colour in spite of NO_COLOR:\n%q", plain)
	}
	for _, want := range []string{"FAIL  ping/text", "wanted: a pong"} {
		if !strings.Contains(plain, want) {
			t.Errorf("no %q in:\n%s", want, plain)
		}
	}
	for line := range strings.Lines(plain[strings.LastIndex(plain, "\x1b[K")+3:]) {
		if n := len([]rune(strings.TrimRight(line, "\r\n"))); n > 60 && !strings.Contains(line, "again:") && !strings.Contains(line, "wsprobe: ") {
			t.Errorf("%d columns on a terminal of 60: %s", n, line)
		}
	}
	if dumb := onTerminal(t, []string{"TERM=dumb"}, args...); strings.Contains(dumb, "\x1b") {
		t.Errorf("escape sequences on a dumb terminal:\n%q", dumb)
	}
}

// onTerminal runs wsprobe with a terminal as its standard output and error, and
// returns what that was sent.
func onTerminal(t *testing.T, env []string, args ...string) string {
	t.Helper()
	ours, theirs := openTerminal(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ping.yaml"), []byte(oneFailure), 0o666); err != nil {
		t.Fatal(err)
	}
	// Under this name, the test's binary is wsprobe: see TestMain.
	program := filepath.Join(dir, "wsprobe")
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, program)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, theirs, theirs
	cmd.Env = append([]string{"TERM=xterm", "PATH=" + os.Getenv("PATH")}, env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	var out bytes.Buffer
	io.Copy(&out, ours) // ends with EIO once wsprobe has
	cmd.Wait()
	return out.String()
}

// openTerminal makes a pseudo-terminal of 60 columns.
func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close() })
	fd := int(ours.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 60})
	}
	if err == nil {
		theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}
