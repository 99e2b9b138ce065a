package main

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// canRedirect says that the system can tell where a redirected connection was going.
const canRedirect = true

// originalDst is SO_ORIGINAL_DST, and IP6T_SO_ORIGINAL_DST, of the kernel's netfilter
// headers, which x/sys does not have.
const originalDst = 80

// originalDestination asks the kernel where a connection was going before it was
// redirected.
func originalDestination(c *net.TCPConn) (to netip.AddrPort, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return to, err
	}
	ask := destination6
	if unmapped(c.RemoteAddr()).Addr().Is4() {
		ask = destination4
	}
	failed := raw.Control(func(fd uintptr) { to, err = ask(int(fd)) })
	if failed != nil {
		return to, failed
	}
	return to, err
}

// destination4 asks for a sockaddr_in. The call that is borrowed has room for 20
// bytes: two of the family, the port, the address.
func destination4(fd int) (netip.AddrPort, error) {
	m, err := unix.GetsockoptIPv6Mreq(fd, unix.IPPROTO_IP, originalDst)
	if err != nil {
		return netip.AddrPort{}, err
	}
	a := m.Multiaddr[:]
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a[4:8])), binary.BigEndian.Uint16(a[2:4])), nil
}

// destination6 asks for a sockaddr_in6, with which the struct of the call that is
// borrowed begins.
func destination6(fd int) (netip.AddrPort, error) {
	m, err := unix.GetsockoptIPv6MTUInfo(fd, unix.IPPROTO_IPV6, originalDst)
	if err != nil {
		return netip.AddrPort{}, err
	}
	var port [2]byte
	binary.NativeEndian.PutUint16(port[:], m.Addr.Port) // it is as on the wire
	return netip.AddrPortFrom(netip.AddrFrom16(m.Addr.Addr), binary.BigEndian.Uint16(port[:])), nil
}
