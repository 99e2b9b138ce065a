//go:build !linux

package sniff

import "errors"

// Live captures on an interface, on Linux.
type Live struct{}

// ErrQuiet says that no packet came for a while.
var ErrQuiet = errors.New("no packet came")

// Listen fails: only Linux has what it needs.
func Listen(string, bool) (*Live, error) { return nil, errors.New("sniffing needs Linux") }

// Next reads no packet.
func (*Live) Next(*Packet) error { return ErrQuiet }

// Dropped returns 0.
func (*Live) Dropped() uint64 { return 0 }

// Known returns 0.
func (*Live) Known() uint64 { return 0 }

// Close does nothing.
func (*Live) Close() error { return nil }
