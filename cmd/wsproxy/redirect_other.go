//go:build !linux

package main

import (
	"errors"
	"net"
	"net/netip"
)

// canRedirect says that the system can tell where a redirected connection was going.
const canRedirect = false

func originalDestination(*net.TCPConn) (netip.AddrPort, error) {
	return netip.AddrPort{}, errors.ErrUnsupported
}
