// Package rewrite changes heads of HTTP/1 messages as they pass on a connection,
// and leaves every other byte as it is: bodies, what follows an upgrade, and
// whatever is no HTTP.
package rewrite

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"wsprobe/internal/wire"
)

const (
	// maxHead is how long a head may be to be changed. A longer one passes as it is,
	// and so does what follows it.
	maxHead = 64 << 10
	// maxAsked is how many requests may wait for their answers. With more, no more
	// answers are changed.
	maxAsked = 64
	// moveTimeout is how long a server may take to end its connection, once the
	// client goes on with another.
	moveTimeout = 5 * time.Second
)

// Changes says what becomes of heads.
type Changes interface {
	// Request returns what goes to the server in place of a request head, and what
	// changes the heads of the answers to it. A head of nil is for another server:
	// nothing more of what the client sends goes to this one.
	Request(r *wire.Request) (head []byte, answer func(*wire.Response) []byte)
}

// Conn is the connection of a client whose request heads are changed as they are
// read from it, and response heads as they are written to it.
type Conn struct {
	net.Conn
	changes Changes
	server  net.Conn
	gone    chan struct{}
	goes    sync.Once

	out []byte // to be read, before anything else is
	err error  // to be returned then

	mu       sync.Mutex // guards what follows
	up, down stream
	asked    []asked
	lost     bool // there were more than maxAsked
	moving   bool // up.held is for another server
}

// asked is a request whose final answer has not come.
type asked struct {
	method  string
	upgrade bool // what follows it may be no HTTP
	answer  func(*wire.Response) []byte
}

// New makes a connection of a client's, of which first has been read already.
func New(client, server net.Conn, first []byte, changes Changes) *Conn {
	c := &Conn{Conn: client, server: server, changes: changes, gone: make(chan struct{})}
	c.up.head, c.down.head = c.request, c.response
	c.take(first, nil)
	return c
}

// Read returns what the server is to get.
func (c *Conn) Read(p []byte) (int, error) {
	for len(c.out) == 0 && c.err == nil {
		n, err := c.Conn.Read(p)
		if c.take(p[:n], err) {
			return n, err
		}
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	if len(c.out) > 0 {
		return n, nil
	}
	c.out = nil
	return n, c.err
}

// take puts out what the server is to get of p. It reports whether that is just p,
// which it leaves alone.
func (c *Conn) take(p []byte, err error) (as bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.up.phase == phaseRaw {
		return true
	}
	c.out = c.up.feed(nil, p)
	switch {
	case c.moving:
		c.err = io.EOF
		time.AfterFunc(moveTimeout, func() { c.server.Close() })
	case err != nil:
		c.out, c.err = c.up.flush(c.out), err
	}
	return false
}

// Write takes what the server sent.
func (c *Conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	raw := c.down.phase == phaseRaw
	out := p
	if !raw {
		out = c.down.feed(nil, p)
	}
	c.mu.Unlock()
	if len(out) == 0 {
		return len(p), nil
	}
	n, err := c.Conn.Write(out)
	if raw {
		return n, err
	}
	return len(p), err
}

// CloseWrite writes what was held of a head that the server did not finish. The
// end of the stream is up to whoever knows the connection below.
func (c *Conn) CloseWrite() error {
	c.mu.Lock()
	rest := c.down.flush(nil)
	c.mu.Unlock()
	if len(rest) == 0 {
		return nil
	}
	_, err := c.Conn.Write(rest)
	return err
}

// NetConn returns the connection below; nil while the client goes on with another
// server.
func (c *Conn) NetConn() net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moving {
		return nil
	}
	return c.Conn
}

// Close ends the connection, or its part with this server.
func (c *Conn) Close() error {
	c.CloseWrite()
	defer c.goes.Do(func() { close(c.gone) })
	if below := c.NetConn(); below != nil {
		return below.Close()
	}
	return nil
}

// Next waits until the connection is closed, or ctx ends. Where the client goes on
// with another server, it returns what that is to get; nil: it does not.
func (c *Conn) Next(ctx context.Context) []byte {
	select {
	case <-c.gone:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.moving:
		return nil
	case ctx.Err() != nil:
		c.Conn.Close()
		return nil
	}
	return slices.Clone(c.up.held)
}
