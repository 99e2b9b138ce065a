package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"
)

func TestUsage(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		args string
		code int
		want string // in what is said on stderr
	}{
		{"--help", 0, "--require-cookie NAME[=VALUE]"},
		{"--no-such-flag", 2, "chatserver: hint: "},
		{"argument", 2, `chatserver: error: unexpected argument "argument"`},
		{"--cert x", 2, "--cert and --key go together"},
		{"--cert no-such --key no-such --addr 127.0.0.1:0", 1, "loading certificate"},
		{"--addr " + taken.Addr().String(), 1, "address already in use"},
	} {
		var stderr strings.Builder
		code := run(t.Context(), strings.Fields(c.args), io.Discard, &stderr)
		if code != c.code || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: exit code %d, want %d; it said:\n%s", c.args, code, c.code, stderr.String())
		}
	}
}

// TestSignal runs the program itself: it serves until it is told to stop, and
// then says goodbye.
func TestSignal(t *testing.T) {
	program := filepath.Join(t.TempDir(), "chatserver")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	server := exec.CommandContext(t.Context(), program, "--addr", "127.0.0.1:0", "-v")
	server.Stderr = os.Stderr
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`ws://\S+/echo`).FindString(line)
	conn, _, err := websocket.DefaultDialer.DialContext(context.Background(), url, nil)
	if err != nil {
		t.Fatalf("dialling %q of %q: %v", url, line, err)
	}
	defer conn.Close()
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("got %v, want Close 1001", err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
