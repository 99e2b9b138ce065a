package relay

import (
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Unpaced prepares a socket that listens at an address or connects to one, as the
// Control of net.ListenConfig and net.Dialer. Within one machine no path can be
// congested. Where the system has BBR for all connections, which sends by the clock,
// a proxy's would pass a fifth less; so they get Reno, which each system has
// (RFC 5681). Nothing else changes, also not where that fails.
func Unpaced(_, address string, c syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
		return nil
	}
	return c.Control(func(fd uintptr) {
		how, err := unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		if err == nil && strings.HasPrefix(how, "bbr") {
			unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, "reno")
		}
	})
}
