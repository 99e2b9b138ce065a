package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
)

// socketListener accepts clients at a Unix socket of ours.
type socketListener struct {
	*net.UnixListener
	path  string
	file  fs.FileInfo // nil: it is not in the file system
	close sync.Once
}

// listenSocket listens at a Unix socket, for whom mode lets in. A socket that is there is
// replaced where nobody listens at it, and nothing else is.
func listenSocket(ctx context.Context, path string, mode fs.FileMode) (net.Listener, error) {
	path, err := checkSocket(path)
	if err != nil {
		return nil, mistake{err}
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{Control: withMode(mode)}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	s := &socketListener{UnixListener: l.(*net.UnixListener), path: path}
	if unnamed(path) {
		return s, nil
	}
	s.SetUnlinkOnClose(false) // it may be another's by then
	if err = os.Chmod(path, mode); err == nil {
		s.file, err = os.Lstat(path)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// removeStale removes a socket that was left behind.
func removeStale(ctx context.Context, path string) error {
	if unnamed(path) {
		return nil
	}
	about, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case about.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("listen unix %s: there is a file, and it is no socket", path)
	}
	c, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		c.Close()
		return fmt.Errorf("listen unix %s: another program listens there", path)
	case !errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("listen unix %s: it is not known whether another program listens there: %w", path, err)
	}
	return os.Remove(path)
}

// Accept implements net.Listener.
func (s *socketListener) Accept() (net.Conn, error) {
	c, err := s.AcceptUnix()
	if err != nil {
		return nil, err
	}
	return socketClient{c}, nil
}

// Close implements net.Listener. The file goes first: once we do not listen any more,
// another program may put its own there.
func (s *socketListener) Close() (err error) {
	s.close.Do(func() {
		if now, gone := os.Lstat(s.path); s.file != nil && gone == nil && os.SameFile(s.file, now) {
			os.Remove(s.path)
		}
		err = s.UnixListener.Close()
	})
	return err
}

// socketClient is a client that came to a Unix socket. It is known by that: it has no
// address of its own.
type socketClient struct{ *net.UnixConn }

// RemoteAddr implements net.Conn.
func (c socketClient) RemoteAddr() net.Addr { return c.LocalAddr() }
