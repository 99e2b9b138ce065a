//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// A recording that cannot be written is told once, and the traffic goes on.
func TestDiskFull(t *testing.T) {
	name := filepath.Join(t.TempDir(), "full.jsonl")
	if err := os.Symlink("/dev/full", name); err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(filepath.Dir(name), "good.jsonl")
	server := bundled(t)
	for _, more := range [][]string{nil, {"--lossless"}} {
		r := start(t, "", nil, append(more, "--quiet", "--write", name, "--write", good, server)...)
		for range 3 {
			talk(t, "ws://"+r.addr+"/echo", false, "Hello", strings.Repeat("long ", 100000))
		}
		code, said := r.stop()
		if code != 1 || strings.Count(said, "not written any more") != 1 || !strings.Contains(said, "no space left on device") {
			t.Errorf("exit code %d, said:\n%s", code, said)
		}
		closes := 0
		for _, l := range lines(t, good) {
			if l.Type == "close" {
				closes++
			}
		}
		if closes != 3 {
			t.Errorf("the other recording has %d connections of 3", closes)
		}
	}
}

// As in wsproxy … | head: the console is given up, not the traffic.
func TestConsoleGone(t *testing.T) {
	ours, its, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, "", its, bundled(t))
	its.Close()
	talk(t, "ws://"+r.addr+"/echo", false, "shown")
	if _, err := ours.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	ours.Close()
	for range 3 {
		talk(t, "ws://"+r.addr+"/echo", false, "not shown")
	}
	code, said := r.stop()
	if code != 0 || !strings.Contains(said, "connections 4") || strings.Count(said, "wsproxy: nobody reads standard output any more; forwarding goes on\n") != 1 {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
}

// As in wsproxy read … | head: there is nothing else to be done, and no word of it.
func TestReadUnread(t *testing.T) {
	name := filepath.Join(t.TempDir(), "long")
	addr, stop := proxied(t, bundled(t), io.Discard, "--write", name+".jsonl", "--write", name+".pcapng")
	talk(t, "ws://"+addr+"/echo", false, strings.Fields(strings.Repeat("text ", 2000))...)
	stop()
	for _, ending := range []string{".jsonl", ".pcapng"} {
		ours, its, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ours.Close()
		var said strings.Builder
		if code := run(t.Context(), []string{"read", name + ending}, its, &said); code != 0 || said.String() != "" {
			t.Errorf("%s: exit code %d, said:\n%s", ending, code, said.String())
		}
		its.Close()
	}
}

// As in wsproxy read -f … | grep -m1: that ends although nothing more comes.
func TestFollowUnread(t *testing.T) {
	name := filepath.Join(t.TempDir(), "short.jsonl")
	addr, stop := proxied(t, bundled(t), io.Discard, "--write", name)
	talk(t, "ws://"+addr+"/echo", false, "once")
	stop()
	ours, its, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer its.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ended := make(chan error, 1)
	var said strings.Builder
	go func() {
		run(ctx, []string{"read", "-f", name}, its, &said)
		ended <- ctx.Err()
	}()
	if _, err := ours.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	ours.Close()
	if <-ended != nil {
		t.Errorf("it did not end, and said:\n%s", said.String())
	}
}

// Where nobody reads the console, the traffic goes on, and an interrupt is the end.
func TestConsoleStalled(t *testing.T) {
	ours, its, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	r := start(t, "", its, bundled(t))
	its.Close()
	texts := make([]string, 2000)
	for i := range texts {
		texts[i] = strings.Repeat("x", 10000)
	}
	talk(t, "ws://"+r.addr+"/echo", false, texts...)
	if code, said := r.stop(); code != 1 || !strings.Contains(said, "not recorded: ") || !strings.Contains(said, "nothing was taken") {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
}

// With --lossless it is the traffic that waits, and an interrupt is the end all the same.
func TestConsoleStalledLossless(t *testing.T) {
	ours, its, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	r := start(t, "", its, "--lossless", swallow(t))
	its.Close()
	c := handshaken(t, r.addr, "")
	frame := wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: wire.OpBinary, Masked: true, Mask: [4]byte{1}, Length: 1000}, make([]byte, 1000))
	stalled := make(chan struct{})
	go func() {
		defer close(stalled)
		for { // until nothing is taken any more, and the end
			if _, err := c.Write(frame); err != nil {
				return
			}
		}
	}()
	// The first that is shown came through a pipe that is full by the end.
	if _, err := ours.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if code, said := r.stop(); code > 1 {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
	<-stalled
}

// Without a file descriptor to spare nobody new is served, and all is well when
// there are some again.
func TestOutOfFiles(t *testing.T) {
	server := bundled(t)
	r := start(t, "ulimit -n 40;", nil, "--quiet", server)
	kept := handshaken(t, r.addr+"/echo", "")
	var flood []net.Conn
	for range 200 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		flood = append(flood, c)
	}
	echoed(t, kept, "still here")
	for _, c := range flood {
		c.Close()
	}
	for { // some of these still wait for their turn
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
		answer, _ := io.ReadAll(c)
		c.Close()
		if strings.HasPrefix(string(answer), "HTTP/1") {
			break
		}
	}
	talk(t, "ws://"+r.addr+"/echo", false, "again")
	if code, said := r.stop(); code != 0 {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
}
