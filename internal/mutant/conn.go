package mutant

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"wsprobe/internal/wire"
)

// conn is a TCP connection of the server and what has come in on it.
type conn struct {
	net.Conn
	*server
	in  []byte // received and not yet used
	buf []byte // what in is a part of

	holding sync.Mutex
	held    []byte      // what is to go out with what comes next
	release *time.Timer // when it goes out at the latest; nil: nothing is held
}

func newConn(c net.Conn, s *server) *conn {
	return &conn{Conn: c, server: s, buf: make([]byte, 16<<10)}
}

// is reports whether the server is the mutant of that fault.
func (c *conn) is(f fault) bool { return c.mutant.is(f) }

// serve runs the connection from its first byte to its last.
func (c *conn) serve(crowded bool) {
	for c.request(crowded) {
	}
	c.hangUp()
}

// request takes one request, and says whether another may follow.
func (c *conn) request(crowded bool) (another bool) {
	c.SetReadDeadline(time.Now().Add(handshakeTime))
	r, bad := c.readRequest()
	if bad == nil && crowded {
		bad = refuse(503, "too many connections")
	}
	if bad == nil {
		bad = c.upgrade(r)
	}
	if bad == nil {
		return false
	}
	err := c.writeAnswer(bad.answer(), c.refusalGarbler())
	return c.is(keepsAliveAfterRefusing) && err == nil && r != nil && bad.status != 0 && noBody(r)
}

// upgrade opens the connection in the dialect that the request asks for, and
// runs it; or it says why not.
func (c *conn) upgrade(r *wire.Request) *refusal {
	bad := c.checkHTTP(r)
	if bad == nil {
		bad = c.turnAway(r)
	}
	if bad != nil {
		return bad
	}
	d := c.dialect(r)
	if d.Traits().Hixie {
		bad = c.admit(r)
	}
	switch {
	case bad != nil:
		return bad
	case d == wire.Hixie75:
		return c.upgrade75(r)
	case d == wire.Hixie76:
		return c.upgrade76(r)
	default:
		return c.upgradeHybi(r, d)
	}
}

// more reads what comes next, behind what is still unused.
func (c *conn) more() error {
	if len(c.in) == len(c.buf) {
		c.buf = make([]byte, 2*len(c.buf))
	}
	have := copy(c.buf, c.in)
	n, err := c.Read(c.buf[have:])
	c.in = c.buf[:have+n]
	if n > 0 {
		return nil
	}
	return err
}

// take returns the next n bytes once they are there.
func (c *conn) take(n int) ([]byte, error) {
	for len(c.in) < n {
		if err := c.more(); err != nil {
			return nil, err
		}
	}
	p := c.in[:n]
	c.in = c.in[n:]
	return p, nil
}

// write sends p whole, all at once but for a mutant.
func (c *conn) write(p []byte) error {
	if c.mutant != nil && c.mutant.write != nil {
		return c.mutant.write(c, p)
	}
	return c.writeNow(p)
}

// writeNow sends p whole, within the time that one write may take.
func (c *conn) writeNow(p []byte) error {
	c.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := c.Write(p)
	return err
}

// hangUp ends the connection with a FIN. It reads on for a while, since bytes
// left unread would turn the FIN into an RST and could cost the peer our last
// words.
func (c *conn) hangUp() {
	if c.closeWrite() == nil && !c.is(closesTCPAtOnce) && !c.is(goesAfterLargeHead) {
		c.SetReadDeadline(time.Now().Add(lingerTime))
		io.CopyN(io.Discard, c.Conn, lingerBytes)
	}
	c.Close()
}

// endSoon ends our side now and the client's after a while, whoever reads.
func (c *conn) endSoon() {
	c.closeWrite()
	time.AfterFunc(lingerTime, func() { c.Close() })
}

// closeWrite sends a FIN; on a connection that cannot, it is an error.
func (c *conn) closeWrite() error {
	c.flush()
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

// timedOut reports whether a read ended at its deadline.
func timedOut(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}
