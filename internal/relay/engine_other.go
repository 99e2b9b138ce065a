//go:build !linux

package relay

func newEngine(*Relay) engine { return nil }
