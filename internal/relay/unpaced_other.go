//go:build !linux

package relay

import "syscall"

// Unpaced does nothing: systems but Linux have no such choice.
func Unpaced(_, _ string, _ syscall.RawConn) error { return nil }
