package relay

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"

	"wsprobe/internal/lint"
)

// TestNothingStaysCorked has what may be the header of another large frame sent at
// once where nothing follows it.
func TestNothingStaysCorked(t *testing.T) {
	r := New(Options{})
	defer r.Close()
	l, err := newLoop(r)
	if err != nil {
		t.Fatal(err)
	}
	defer l.end()
	client, near := tcp(t)
	far, server := tcp(t)
	var fds [2]int
	if fds[lint.Client], err = takeOver(near); err != nil {
		t.Fatal(err)
	}
	if fds[lint.Server], err = takeOver(far); err != nil {
		t.Fatal(err)
	}
	k := newLink(fds[lint.Client], fds[lint.Server], newNotes())
	k.start(l)
	e := &k.ends[lint.Client]
	e.large = true
	if _, err := client.Write(bytes.Repeat([]byte("x"), peekSize)); err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Poll([]unix.PollFd{{Fd: int32(e.fd), Events: unix.POLLIN}}, -1); err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	e.read(l)
	unsent, err := unix.IoctlGetInt(fds[lint.Server], unix.SIOCOUTQNSD)
	if err != nil || unsent != 0 || e.other().corked {
		t.Errorf("%d bytes wait for more to come, which nothing says will (%v)", unsent, err)
	}
	got := make([]byte, peekSize)
	if n, err := server.Read(got); err != nil || n == 0 {
		t.Errorf("%d bytes came: %v", n, err)
	}
}
