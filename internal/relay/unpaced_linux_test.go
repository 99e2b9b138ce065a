package relay

import (
	"errors"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// congestion returns how a connection avoids congestion.
func congestion(t *testing.T, c *net.TCPConn) string {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var how string
	raw.Control(func(fd uintptr) { how, err = unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION) })
	if err != nil {
		t.Fatal(err)
	}
	return how
}

// as returns a control that sets what the system would have chosen, before Unpaced.
func as(how string, failed *error) control {
	return func(network, address string, c syscall.RawConn) error {
		c.Control(func(fd uintptr) {
			*failed = errors.Join(*failed, unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, how))
		})
		return Unpaced(network, address, c)
	}
}

func TestUnpaced(t *testing.T) {
	for how, want := range map[string]string{"bbr": "reno", "cubic": "cubic"} {
		var failed error
		c, s := tcpAt(t, "127.0.0.1:0", as(how, &failed), as(how, &failed))
		if failed != nil {
			t.Logf("%s is not to be had here: %v", how, failed)
			continue
		}
		if a, b := congestion(t, c), congestion(t, s); a != want || b != want {
			t.Errorf("what was %s is %s where it connected and %s where it was accepted, not %s", how, a, b, want)
		}
	}
}

// TestPacedElsewhere has what is not of this machine stay as the system has it.
func TestPacedElsewhere(t *testing.T) {
	var failed error
	_, s := tcpAt(t, ":0", as("bbr", &failed), nil)
	if failed != nil {
		t.Skip("BBR is not to be had here: ", failed)
	}
	if how := congestion(t, s); how != "bbr" {
		t.Errorf("%s, not bbr", how)
	}
}
