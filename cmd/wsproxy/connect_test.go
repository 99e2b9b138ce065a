package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

// freePort returns an address of this machine where nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A proxy in front of itself ends the connection, rather than to connect on and on.
func TestToItself(t *testing.T) {
	own := freePort(t)
	_, port, _ := strings.Cut(own, ":")
	for _, target := range []string{own, "localhost:" + port, "0.0.0.0:" + port} {
		_, stop := proxied(t, target, io.Discard, "--listen", own)
		if c, err := net.Dial("tcp", own); err == nil { // else it was reset even before that
			if n, err := c.Read(make([]byte, 1)); err == nil {
				t.Errorf("%s: %d bytes", target, n)
			}
			c.Close()
		}
		stop()
	}
}

// A client too many costs the one its place that has waited longest.
func TestFrontIsBounded(t *testing.T) {
	var f front
	var first net.Conn
	for i := range maxFront + 1 {
		ours, theirs := net.Pipe()
		_, leave := f.enter(t.Context(), ours)
		defer leave()
		if i == 0 {
			first = theirs
		}
	}
	if _, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Error(err)
	}
	if n := f.waiting.Len(); n != maxFront {
		t.Errorf("%d wait", n)
	}
}
