package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// begun is a connection of which the first bytes have been read already.
type begun struct {
	net.Conn
	first []byte
	mute  bool // nothing more is written
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) == 0 {
		return b.Conn.Read(p)
	}
	n := copy(p, b.first)
	b.first = b.first[n:]
	return n, nil
}

func (b *begun) Write(p []byte) (int, error) {
	if b.mute {
		return len(p), nil
	}
	return b.Conn.Write(p)
}

// NetConn returns what it is a layer on, as that of crypto/tls does.
func (b *begun) NetConn() net.Conn { return b.Conn }

// firstSize is how much is read of whoever speaks first.
const firstSize = 1 << 10

// firstTimeout is how long client and server may both say nothing where it is not
// known yet whether the client uses TLS. Browsers keep connections that they may need
// for as long, and servers give up before: that ends the wait, as all that they do.
const firstTimeout = 5 * time.Minute

// errSilent says that neither of the two said anything.
var errSilent = fmt.Errorf("neither it nor its server said anything for %v", firstTimeout)

// firstBytes waits for whoever of client and server speaks first, so that a server
// that does is not held up. What the client said is returned; what the server said
// is read again from the connection that takes its place. The end of either is read
// again, too, but for the end of the patience with both, which is errSilent.
func firstBytes(client, server net.Conn, patience time.Duration) (first []byte, _ net.Conn, err error) {
	spoke, stopped := make([]byte, firstSize), make(chan error, 1)
	client.SetReadDeadline(time.Now().Add(patience))
	go func() {
		n, err := server.Read(spoke)
		spoke = spoke[:n]
		client.SetReadDeadline(time.Unix(1, 0))
		stopped <- err
	}()
	first = make([]byte, firstSize)
	n, err := client.Read(first)
	server.SetReadDeadline(time.Unix(1, 0))
	silent := errors.Is(<-stopped, os.ErrDeadlineExceeded) && errors.Is(err, os.ErrDeadlineExceeded)
	server.SetReadDeadline(time.Time{})
	client.SetReadDeadline(time.Time{})
	if len(spoke) > 0 {
		server = &begun{Conn: server, first: spoke}
	}
	switch {
	case silent:
		return nil, server, errSilent
	case errors.Is(err, os.ErrDeadlineExceeded) || err == io.EOF:
		err = nil
	}
	return first[:n], server, err
}
