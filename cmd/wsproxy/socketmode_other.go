//go:build !linux

package main

import (
	"io/fs"
	"syscall"
)

// withMode does nothing: elsewhere the file has its mode a moment after it is made.
func withMode(fs.FileMode) func(network, address string, c syscall.RawConn) error { return nil }
