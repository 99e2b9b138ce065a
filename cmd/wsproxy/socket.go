package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"wsprobe/internal/record"
)

// socketHost is the host of what is asked of a server at a Unix socket, which has no
// name: other clients say so, too.
const socketHost = "localhost"

// maxSocket is how long the path of a Unix socket may be.
const maxSocket = len(syscall.RawSockaddrUnix{}.Path) - 1

// checkSocket returns a path as a socket can have it. A name with @ is one of Linux that
// is not in the file system.
func checkSocket(path string) (string, error) {
	if path == "" {
		return "", errors.New("which socket? unix:/PATH")
	}
	if !unnamed(path) {
		path = filepath.Clean(path)
	}
	if len(path) > maxSocket {
		return "", fmt.Errorf("%s: the path of a Unix socket has at most %d bytes, not %d", path, maxSocket, len(path))
	}
	return path, nil
}

// unnamed reports whether a socket is not in the file system.
func unnamed(path string) bool { return runtime.GOOS == "linux" && strings.HasPrefix(path, "@") }

// whole returns a path as it is from anywhere.
func whole(path string) string {
	if abs, err := filepath.Abs(path); err == nil && !unnamed(path) {
		return abs
	}
	return path
}

// parseSocket takes the Unix socket of a server from an argument: unix:PATH or, as the
// npm library ws has it, ws+unix:PATH and ws+unix:PATH:/TARGET. is says that it is one.
func parseSocket(arg string) (d destination, is bool, err error) {
	scheme, path, _ := strings.Cut(arg, ":")
	target := ""
	switch scheme {
	case "unix":
		scheme = "ws+unix"
	case "ws+unix", "wss+unix":
		path, target, _ = strings.Cut(path, ":")
	default:
		return d, false, nil
	}
	d = destination{socket: true, fixed: true, secure: scheme == "wss+unix"}
	if d.addr, err = checkSocket(path); err != nil {
		return d, true, err
	}
	d.url = scheme + "://" + whole(d.addr)
	if target != "" {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return d, true, fmt.Errorf("%q: %q is no path of a URL", arg, target)
		}
		d.target = u.RequestURI()
		d.url += ":" + d.target
	}
	return d, true, nil
}

// busySocket is how often a server is asked again whose queue is full, which for a Unix
// socket is an error at once.
const busySocket = 10 * time.Millisecond

// connect connects to a server, as far as it is reached without TLS.
func (d *destination) connect(ctx context.Context, dialer *net.Dialer) (net.Conn, error) {
	if !d.socket {
		return dialer.DialContext(ctx, "tcp", d.addr)
	}
	for {
		c, err := dialer.DialContext(ctx, "unix", d.addr)
		if !errors.Is(err, syscall.EAGAIN) {
			return c, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(busySocket):
		}
	}
}

// sameSocket reports whether two paths lead to the same socket.
func sameSocket(a, b string) bool {
	at, err := os.Stat(a)
	to, errTo := os.Stat(b)
	return a == b || err == nil && errTo == nil && os.SameFile(at, to)
}

// addressName names an address as the flags do.
func addressName(a net.Addr) string {
	if u, ok := a.(*net.UnixAddr); ok {
		return record.SocketName(u.Name)
	}
	return a.String()
}

// end returns the address of an end of a connection, or the path of its Unix socket.
func end(a net.Addr) (addr netip.AddrPort, socket string) {
	if u, ok := a.(*net.UnixAddr); ok {
		return addr, whole(u.Name)
	}
	return unmapped(a), ""
}
