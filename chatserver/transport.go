package chatserver

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// transport is a connection taken over from net/http, with what all dialects
// share: the bytes that came early, the deadlines, and the way TCP is closed.
type transport struct {
	net.Conn
	conf  *Config
	early bytes.Reader  // came with the request, from behind its head
	idle  time.Duration // how long a read may take

	mu      sync.Mutex
	leaving bool // we have started to close
}

// takeOver hijacks the connection of a request whose handshake was found good.
func takeOver(w http.ResponseWriter, conf *Config) (*transport, error) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	t := &transport{Conn: conn, conf: conf, idle: conf.HandshakeTimeout}
	early, err := rw.Reader.Peek(rw.Reader.Buffered())
	if err != nil {
		return nil, err
	}
	t.early.Reset(bytes.Clone(early))
	return t, nil
}

// Read reads what came early first. Each read has its own deadline, until
// leave sets one for all that are left.
func (t *transport) Read(p []byte) (int, error) {
	if t.early.Len() > 0 {
		return t.early.Read(p)
	}
	t.mu.Lock()
	if !t.leaving {
		t.Conn.SetReadDeadline(time.Now().Add(t.idle))
	}
	t.mu.Unlock()
	return t.Conn.Read(p)
}

// leave gives the client so long to end its side.
func (t *transport) leave(wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.leaving {
		t.leaving = true
		t.Conn.SetReadDeadline(time.Now().Add(wait))
	}
}

// left reports whether leave was called.
func (t *transport) left() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.leaving
}

// hangUp closes TCP, or TLS and TCP, as RFC 6455 §7.1.1 wants it: our FIN first,
// then what still comes is discarded until the client's. Closing with bytes
// unread would be a reset, which can take our last frame from the client.
func (t *transport) hangUp() {
	defer t.Conn.Close()
	half, ok := t.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	t.Conn.SetReadDeadline(time.Now().Add(t.conf.CloseTimeout))
	io.Copy(io.Discard, t.Conn)
}
