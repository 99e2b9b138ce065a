package relay

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// congestion returns how a connection avoids congestion.
func congestion(t *testing.T, c net.Conn) string {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
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

// as returns a Control that sets what the system would have chosen, before Unpaced.
func as(how string, failed *error) func(_, _ string, _ syscall.RawConn) error {
	return func(network, address string, c syscall.RawConn) error {
		c.Control(func(fd uintptr) {
			*failed = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, how)
		})
		return Unpaced(network, address, c)
	}
}

func TestUnpaced(t *testing.T) {
	for how, want := range map[string]string{"bbr": "reno", "cubic": "cubic"} {
		var failed error
		control := as(how, &failed)
		l, err := (&net.ListenConfig{Control: control}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if failed != nil {
			t.Logf("%s is not to be had here: %v", how, failed)
			continue
		}
		c, err := (&net.Dialer{Control: control}).DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if a, b := congestion(t, c), congestion(t, s); a != want || b != want {
			t.Errorf("what was %s is %s where it connected and %s where it was accepted, not %s", how, a, b, want)
		}
	}
}

// TestPacedElsewhere has what is not of this machine stay as the system has it.
func TestPacedElsewhere(t *testing.T) {
	var failed error
	l, err := (&net.ListenConfig{Control: as("bbr", &failed)}).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if failed != nil {
		t.Skip("BBR is not to be had here: ", failed)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if how := congestion(t, s); how != "bbr" {
		t.Errorf("%s, not bbr", how)
	}
}
