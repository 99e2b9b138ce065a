package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What passes on the loopback is seen once, shown and recorded, up to the moment at
// which it is ended.
func TestSniff(t *testing.T) {
	server := bundled(t)
	file := filepath.Join(t.TempDir(), "live.pcapng")
	var shown bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said, talk := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"sniff", "lo", "--write", file}, &shown, talk)
		talk.Close()
	}()
	lines := bufio.NewReader(said)
	first, _ := lines.ReadString('\n')
	if strings.Contains(first, "operation not permitted") && os.Getenv("CI") == "" {
		t.Logf("nothing was tried: %s", first)
		io.Copy(io.Discard, lines)
		return
	}
	c := dialed(t, server)
	for _, s := range []string{"one", "two", "three"} {
		c.WriteMessage(1, []byte(s+" on the wire"))
		c.ReadMessage()
	}
	c.Close()
	cancel()
	rest, _ := io.ReadAll(lines)
	if code := <-done; code != 0 || !strings.Contains(string(rest), "connections") {
		t.Errorf("%d %s%s", code, first, rest)
	}
	if n := strings.Count(shown.String(), "two on the wire"); n != 2 {
		t.Errorf("shown %d times: %s", n, shown.String())
	}
	_, again, _ := called("read", file)
	if n := strings.Count(again, "three on the wire"); n != 2 {
		t.Errorf("recorded %d times: %s", n, again)
	}
}

// An interface that is not there is named.
func TestSniffNowhere(t *testing.T) {
	if _, err := net.InterfaceByName("nowhere0"); err == nil {
		t.Fatal("there is such an interface")
	}
	code, _, talk := called("sniff", "nowhere0")
	if code != 1 || !strings.Contains(talk, `no interface "nowhere0"`) {
		t.Errorf("%d %s", code, talk)
	}
	if code, _, _ := called("sniff"); code != 2 {
		t.Errorf("without an interface: %d", code)
	}
}
