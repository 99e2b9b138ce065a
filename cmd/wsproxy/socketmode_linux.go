package main

import (
	"io/fs"
	"syscall"
)

// withMode prepares a Unix socket whose file is to have a mode from its first moment:
// Linux makes the file with that of the socket.
func withMode(mode fs.FileMode) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), uint32(mode.Perm())) })
		if failed != nil {
			return failed
		}
		return err
	}
}
