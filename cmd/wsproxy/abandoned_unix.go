//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// abandoned reports whether f is a pipe that nobody reads from any more, or a terminal
// that is gone.
func abandoned(f *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(f.Fd())}} // both are told unasked
	n, err := unix.Poll(fds, 0)
	return err == nil && n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0
}
