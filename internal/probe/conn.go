package probe

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// conn is one connection of a case. A goroutine reads and lets lint judge what
// comes; everything else, every write included, is done by the player alone.
type conn struct {
	p    *player
	name string
	tcp  net.Conn

	mu       sync.Mutex // guards what the reader shares
	session  *lint.Session
	queue    []lint.Event // the target's events that no step has consumed
	pings    [][]byte     // payloads of its pings that are not answered yet
	gotClose *lint.Event
	ended    *lint.Event
	received int64                // bytes
	flood    string               // why no more is read
	owed     int                  // messages and pings sent by the case, less what came back
	talked   bool                 // we sent what may be answered with data
	recorded *record.Conversation // nil where nobody asks for the bytes
	arrived  chan struct{}        // has a token when something was added
	done     chan struct{}        // closed when the reader has ended

	sentClose bool
	badClose  bool          // ours may be taken for a protocol error
	closedAt  time.Duration // when our Close was sent
	finished  bool          // we can send no more: FIN, reset or a failed write
	endTaken  bool          // a step expected the end of the stream, and it came
	controls  [][]byte      // payloads of the pings and pongs that the case sent
	said      [][]byte      // payloads of its data frames
	garbled   bool          // it sent data of which not all is in said
	provoked  *lint.Event   // how the target may end this for what we sent; see touchy
	questions int           // how many pings asked whether the connection works
	deflater  *wire.Deflater
	packed    []byte // what it made last
}

// newConn starts reading from tcp.
func newConn(p *player, name string, tcp net.Conn) *conn {
	c := &conn{
		p: p, name: name, tcp: tcp,
		session: lint.New(lint.Options{Keep: keepPayload, Inflate: keepPayload, Blind: true, Secure: p.target.secure}),
		arrived: make(chan struct{}, 1), done: make(chan struct{}),
		recorded: p.recorded(name, tcp),
	}
	go c.read()
	return c
}

// read feeds lint until the stream ends or we close it.
func (c *conn) read() {
	defer close(c.done)
	buf := make([]byte, 64<<10)
	for {
		n, err := c.tcp.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if c.feed(buf[:n], err); err != nil || c.flooded() != "" {
			return
		}
	}
}

// feed gives bytes, or the end of the stream, to lint.
func (c *conn) feed(p []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.log.now()
	c.received += int64(len(p))
	c.recorded.Data(lint.Server, now, p)
	if len(p) > 0 {
		c.take(c.session.Feed(lint.Server, now, p))
	}
	if err != nil {
		c.take(c.session.End(lint.Server, now, howEnded(err)))
		c.recorded.End(lint.Server, now, howEnded(err))
	}
	c.limit()
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

// limit sees whether the target has sent more than a connection may cost.
func (c *conn) limit() {
	switch {
	case c.received > maxReceived:
		c.flood = fmt.Sprintf("the target sent more than %d MiB", maxReceived>>20)
	case len(c.queue) > maxQueued:
		c.flood = fmt.Sprintf("the target sent more than %d messages that nobody waited for", maxQueued)
	}
}

// flooded says what the target sent too much of, so that no more is read; "" is
// nothing.
func (c *conn) flooded() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flood
}

// howEnded tells a FIN from a reset.
func howEnded(err error) lint.End {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lint.EndFIN
	}
	return lint.EndReset
}

// answer sends what the protocol owes the target: pongs, and a Close for a
// Close (RFC 6455 §5.5.1, §5.5.2).
func (c *conn) answer() {
	c.mu.Lock()
	pings, closing := c.pings, c.gotClose
	c.pings = nil
	c.mu.Unlock()
	if c.sentClose || c.finished || !c.between() {
		return
	}
	for _, payload := range pings {
		c.sendControl(wire.OpPong, payload)
	}
	if closing == nil {
		return
	}
	var body []byte
	if m := closing.Message; m.Code != 0 {
		body = []byte{byte(m.Code >> 8), byte(m.Code)}
	}
	c.sendControl(wire.OpClose, body)
}

// state returns what the reader has learned.
func (c *conn) state() (open bool, gotClose, ended *lint.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Open(), c.gotClose, c.ended
}

// over reports whether nothing more will come.
func (c *conn) over() bool {
	_, _, ended := c.state()
	return ended != nil || c.flooded() != ""
}

// talks is told before we send what may be answered with data: so many messages.
func (c *conn) talks(messages int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.talked = true
	c.owed += messages
}

// between reports whether what we sent ends with a whole frame, so that another
// would be read as one. A length that lied, or raw bytes, may have cut one off.
func (c *conn) between() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Between(lint.Client)
}

// agreed returns what the opening handshake agreed about permessage-deflate.
func (c *conn) agreed() *wire.DeflateParams {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Deflate()
}

// drop closes the connection and waits for its reader.
func (c *conn) drop() {
	c.closes()
	c.tcp.Close()
	<-c.done
}
