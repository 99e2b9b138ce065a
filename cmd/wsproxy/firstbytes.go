package main

import (
	"errors"
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

// firstBytes waits for whoever of client and server speaks first, so that a server
// that does is not held up. What the client said is returned; what the server said
// is read again from the connection that takes its place.
func firstBytes(client, server net.Conn) (first []byte, _ net.Conn, err error) {
	spoke, stopped := make([]byte, firstSize), make(chan struct{})
	go func() {
		defer close(stopped)
		n, _ := server.Read(spoke)
		spoke = spoke[:n]
		client.SetReadDeadline(time.Unix(1, 0))
	}()
	first = make([]byte, firstSize)
	n, err := client.Read(first)
	server.SetReadDeadline(time.Unix(1, 0))
	<-stopped
	server.SetReadDeadline(time.Time{})
	client.SetReadDeadline(time.Time{})
	if len(spoke) > 0 {
		server = &begun{Conn: server, first: spoke}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) || err == io.EOF { // that end is read again
		err = nil
	}
	return first[:n], server, err
}
